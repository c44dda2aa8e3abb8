"""Clients of bulk exports that others wrote, from a registry, each used as its documentation says.

smart-fetch (https://docs.smarthealthit.org/cumulus/fetch/) exports in bulk, or crawls the REST interface where a server
has no export. curl takes up a download that broke off.
"""

import gzip
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from mock_athena.settings import fixtures_dir
from tests.emulator import Emulator, Emulators, RegisteredClient, clean_environment
from tests.tools import tool

GROUP = "a-1.C-500001"
TYPES = "Patient,Condition,DocumentReference"


@pytest.fixture(scope="module")
def emulator(emulators: Emulators) -> Emulator:
    return emulators.start("--patients", "3", "--export-duration", "1", "--limits", "off")


def fetched(emulator: Emulator, folder: Path, how: str, *options: str) -> Counter[str]:
    """What smart-fetch brought home, by type."""
    command = [
        str(Path(sys.executable).with_name("smart-fetch")),
        how,
        "--fhir-url",
        emulator.base,
        *options,
        str(folder / "out"),
    ]
    environment = clean_environment(folder)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Done" in done.stdout
    found: Counter[str] = Counter()
    for path in sorted((folder / "out").glob("[A-Z]*.ndjson.gz")):
        found.update(json.loads(line)["resourceType"] for line in gzip.decompress(path.read_bytes()).splitlines())
    return found


def backend(folder: Path) -> tuple[str, ...]:
    """Who it is, as a backend service with a key of its own; smart-fetch wants that name at the end of the file's."""
    shutil.copy(fixtures_dir() / "keys" / "mock-backend.private.jwks.json", folder / "keys.jwks")
    return "--smart-client-id", "mock-backend", "--smart-key", str(folder / "keys.jwks")


def by_search(emulator: Emulator) -> dict[str, int]:
    client = emulator.register()
    session = client.session()
    return {type: session.get(f"{emulator.base}/{type}?_summary=count").json()["total"] for type in TYPES.split(",")}


def test_smart_fetch_exports_in_bulk_as_a_backend_service(emulator: Emulator, tmp_path: Path) -> None:
    options = ("--type", TYPES, "--no-default-filters", *backend(tmp_path))
    assert fetched(emulator, tmp_path, "bulk", *options) == by_search(emulator)
    told = emulator.control("GET", "journal?client=mock-backend")["entries"]
    assert {entry["status"] for entry in told} <= {200, 202}
    assert [entry["status"] for entry in told if entry["method"] == "DELETE"] == [202]  # it tidies up


@pytest.mark.parametrize("how", ["bulk", pytest.param("crawl", marks=pytest.mark.long)])
def test_smart_fetch_needs_no_token_where_access_is_open(emulators: Emulators, tmp_path: Path, how: str) -> None:
    emulator = emulators.start("--patients", "3", "--export-duration", "1", "--limits", "off", "--open-access")
    options = ("--type", TYPES, *(["--no-default-filters"] if how == "bulk" else []))
    assert fetched(emulator, tmp_path, how, *options) == by_search(emulator)
    told = emulator.control("GET", "journal?client=open-access")["entries"]
    assert {entry["status"] for entry in told} <= {200, 202}


@pytest.mark.long
def test_smart_fetch_crawls(emulator: Emulator, tmp_path: Path) -> None:
    assert fetched(emulator, tmp_path, "crawl", "--type", TYPES, *backend(tmp_path)) == by_search(emulator)


@pytest.mark.long
def test_smart_fetch_exports_a_group_with_its_own_filters(emulator: Emulator, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(emulator.register().bearer().removeprefix("Bearer "))
    options = ("--bearer-token", str(token), "--group", GROUP, "--type", "Patient,Observation")
    found = fetched(emulator, tmp_path, "bulk", *options)
    assert found["Patient"] == 3
    assert found["Observation"] > 100


@pytest.mark.long
@pytest.mark.parametrize("scenario", ["export-status-503", "export-token-expires"])
def test_smart_fetch_lives_through_what_passes(emulators: Emulators, tmp_path: Path, scenario: str) -> None:
    emulator = emulators.start("--patients", "3", "--export-duration", "1", "--limits", "off", "--scenario", scenario)
    options = ("--type", TYPES, "--no-default-filters", *backend(tmp_path))
    assert fetched(emulator, tmp_path, "bulk", *options) == by_search(emulator)


def test_curl_takes_up_a_download_that_broke_off(emulator: Emulator, tmp_path: Path) -> None:
    client = emulator.register()
    session = client.session()
    file = _exported(session, emulator)
    emulator.control("POST", "faults", {"kind": "drop", "with": {"after": 20_000}, "times": 1, "match": _files(client)})
    path = tmp_path / "file.ndjson"
    command = [tool("curl"), "-sS", "-f", "-H", f"Authorization: {client.bearer()}", "-o", str(path), "-C", "-", file]
    broken = subprocess.run(command, capture_output=True, check=False)
    assert broken.returncode == 18  # CURLE_PARTIAL_FILE
    assert path.stat().st_size == 20_000
    subprocess.run(command, check=True)
    assert path.read_bytes() == session.get(file).content


def test_a_client_without_a_read_timeout_waits_for_a_stalled_file(emulator: Emulator) -> None:
    client = emulator.register()
    session = client.session()
    file = _exported(session, emulator)
    emulator.control("POST", "faults", {"kind": "stalled-body", "with": {"after": 1000}, "match": _files(client)})
    with pytest.raises(requests.ConnectionError, match="timed out"):
        session.get(file, timeout=0.3)
    assert emulator.control("GET", "journal?fault=stalled-body")["entries"]


@pytest.mark.requirement("BFI-017", "BFI-018", "BFI-019")
def test_attachments_are_read_with_the_token_of_the_export(emulator: Emulator) -> None:
    session = emulator.register().session()
    lines = session.get(_exported(session, emulator, "DocumentReference")).content.splitlines()
    attachments = [content["attachment"] for content in json.loads(lines[0])["content"]]
    assert len(attachments) > 1  # a Binary and a document
    for attachment in attachments:
        assert attachment["url"].startswith(f"{emulator.origin}/")
        answer = session.get(attachment["url"], headers={"Accept": attachment["contentType"]})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(attachment["contentType"])
        assert answer.content
    assert session.get(f"{emulator.base}/$export?_type=Binary", headers={"Prefer": "respond-async"}).status_code == 400


def _files(client: RegisteredClient) -> dict[str, Any]:
    return {"path": "*/bulkdata/*", "client": client.id}


def _exported(session: requests.Session, emulator: Emulator, type: str = "Observation") -> str:
    """The file of an export of one type."""
    asked = f"{emulator.base}/$export?_type={type}"
    status = session.get(asked, headers={"Prefer": "respond-async"}).headers["Content-Location"]
    answer = session.get(status)
    while answer.status_code == 202:
        answer = session.get(status)
    return str(answer.json()["output"][0]["url"])
