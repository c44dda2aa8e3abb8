"""Two base paths, two practices, one authorization server: https://docs.athenahealth.com/api/guides/base-fhir-urls."""

import pytest
import requests
from fhirclient.models.patient import Patient

from tests.emulator import PATIENT, SANDBOX_PATIENT, Emulator, RegisteredClient
from tests.integration.browser import decide
from tests.integration.smart import backend_client, smart_client


def path_of(emulator: Emulator, base: str) -> str:
    return {"production": emulator.base, "sandbox": emulator.sandbox}[base]


@pytest.mark.parametrize(("base", "patient"), [("production", PATIENT), ("sandbox", SANDBOX_PATIENT)])
def test_a_patient_is_read_at_the_base_of_its_practice(client: RegisteredClient, base: str, patient: str) -> None:
    server = backend_client(client, path_of(client.emulator, base)).server
    assert Patient.read(patient, server).id == patient


@pytest.mark.parametrize(("base", "patient"), [("production", SANDBOX_PATIENT), ("sandbox", PATIENT)])
def test_the_other_practice_is_not_found(client: RegisteredClient, base: str, patient: str) -> None:
    answer = client.session().get(f"{path_of(client.emulator, base)}/Patient/{patient}")
    assert answer.status_code == 404


def test_pages_files_and_documents_stay_within_the_sandbox(manual_client: RegisteredClient) -> None:
    emulator, session = manual_client.emulator, manual_client.session()
    page = session.get(f"{emulator.sandbox}/Observation", params={"_count": "1"}).json()
    links = {link["relation"]: link["url"] for link in page["link"]}
    assert links["next"].startswith(f"{emulator.sandbox}/Observation?")
    assert page["entry"][0]["fullUrl"].startswith(f"{emulator.sandbox}/Observation/")

    kick_off = session.get(f"{emulator.sandbox}/$export?_type=Patient", headers={"Prefer": "respond-async"})
    status_url = kick_off.headers["Content-Location"]
    assert status_url.startswith(f"{emulator.sandbox}/bulkstatus/")
    emulator.advance(2)
    (file,) = session.get(status_url).json()["output"]
    assert file["url"].startswith(f"{emulator.sandbox}/bulkdata/")
    assert session.get(file["url"]).status_code == 200

    report = session.get(f"{emulator.sandbox}/DiagnosticReport?_count=1").json()["entry"][0]["resource"]
    document = report["presentedForm"][0]["url"]
    assert document.startswith(f"{emulator.origin}/documents/sandbox/")
    assert session.get(document).content.startswith(b"%PDF-")


def test_each_environment_has_its_own_quota(manual_client: RegisteredClient) -> None:
    emulator, session = manual_client.emulator, manual_client.session()
    statuses = [session.get(f"{emulator.sandbox}/Patient/{SANDBOX_PATIENT}").status_code for _ in range(17)]
    assert statuses == [200] * 16 + [429]
    assert session.get(f"{emulator.base}/Patient/{PATIENT}").status_code == 200


def test_the_sandbox_signs_in_its_own_patients(client: RegisteredClient) -> None:
    app = smart_client(client, client.emulator.sandbox)
    app.prepare()
    app.handle_callback(decide(app.authorize_url, patient=SANDBOX_PATIENT))
    assert app.patient.id == SANDBOX_PATIENT


def test_each_base_describes_itself(emulator: Emulator) -> None:
    for base in (emulator.base, emulator.sandbox):
        assert requests.get(f"{base}/metadata").json()["implementation"]["url"] == base
        smart = requests.get(f"{base}/.well-known/smart-configuration").json()
        assert smart["token_endpoint"] == emulator.token_url
