"""The same client against a FHIR server that is not ours: sekmet-fhir, from the Python package index."""

import os
import shutil
import socket
import subprocess
import venv
from collections.abc import Iterator

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from athena_fhir_client import AthenaClient
from athena_fhir_client.errors import Conflict, ForeignHost, Gone, NotFound
from athena_fhir_client.fhir.bundles import Entry

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its FHIR base URL; it is installed apart, since it brings much that we do not need."""
    folder = tmp_path_factory.mktemp("sekmet")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    installed = subprocess.run([python, "-m", "pip", "install", "-q", "sekmet-fhir"], capture_output=True, check=False)
    if installed.returncode and not os.environ.get("CI"):
        pytest.skip("sekmet-fhir could not be installed")
    assert installed.returncode == 0, installed.stderr
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}/fhir"
    environment = {**os.environ, "SEKMET_BASE_URL": base, "SEKMET_DB": str(folder / "data.db")}
    command = [str(python.with_name("sekmet")), "serve", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _answered(f"{base}/metadata")
        yield base
    finally:
        process.terminate()
        process.communicate(timeout=20)
        shutil.rmtree(folder / "venv", ignore_errors=True)


def _answered(url: str) -> None:
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(30, backoff_factor=0.2)))
    assert session.get(url, timeout=10).ok


@pytest.fixture
def client(server: str) -> Iterator[AthenaClient]:
    with AthenaClient(server) as client:
        yield client


def patient(number: int) -> dict[str, object]:
    return {"resourceType": "Patient", "name": [{"family": f"Independent{number}"}], "birthDate": "1990-01-01"}


def test_write_read_search_and_delete(client: AthenaClient) -> None:
    made = [client.create(patient(number)) for number in range(25)]
    first = client.read("Patient", made[0]["id"])
    assert first["name"] == [{"family": "Independent0"}]
    changed = client.update({**first, "gender": "female"}, first["meta"]["versionId"])
    assert "gender" not in client.vread("Patient", first["id"], first["meta"]["versionId"])
    with pytest.raises(Conflict):
        client.update({**first, "gender": "male"}, first["meta"]["versionId"])
    found = {each["id"] for each in client.search("Patient", {"family": "Independent", "_count": 10})}
    assert found == {each["id"] for each in made}
    client.delete("Patient", changed["id"])
    with pytest.raises(Gone):
        client.read("Patient", changed["id"])


def test_a_batch(client: AthenaClient) -> None:
    id = client.create(patient(99))["id"]
    found = client.batch([Entry("GET", f"Patient/{id}"), Entry("GET", "Patient/nobody")])
    assert [each.status for each in found] == [200, 404]


def test_errors_are_in_words(client: AthenaClient) -> None:
    with pytest.raises(NotFound, match="not-found"):
        client.read("Patient", "nobody")


def test_its_pages_are_not_followed_under_another_name(client: AthenaClient, server: str) -> None:
    for number in range(3):
        client.create(patient(number))
    with AthenaClient(server.replace("127.0.0.1", "localhost")) as other, pytest.raises(ForeignHost):
        list(other.search("Patient", {"_count": 2}))
