"""The document of a report, fetched at the address that the report gives."""

from io import BytesIO

import pytest
import requests
from pypdf import PdfReader

from tests.emulator import PATIENT, RegisteredClient


@pytest.fixture
def url(client: RegisteredClient) -> str:
    search = f"{client.emulator.base}/DiagnosticReport?patient={PATIENT}&_count=1"
    (form,) = client.session().get(search).json()["entry"][0]["resource"]["presentedForm"]
    assert form["contentType"] == "application/pdf"
    return str(form["url"])


def test_it_is_a_pdf_about_the_patient(client: RegisteredClient, url: str) -> None:
    answer = client.session().get(url)
    assert answer.headers["Content-Type"] == "application/pdf"
    patient = client.session().get(f"{client.emulator.base}/Patient/{PATIENT}").json()
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert patient["name"][0]["family"] in text


def test_it_is_the_same_every_time(client: RegisteredClient, url: str) -> None:
    session = client.session()
    assert session.get(url).content == session.get(url).content


def test_it_needs_a_token(url: str) -> None:
    answer = requests.get(url)
    assert answer.status_code == 401
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_it_needs_the_scope_of_the_report(client: RegisteredClient, url: str) -> None:
    answer = client.session("system/Patient.read").get(url)
    assert answer.status_code == 403
    assert "system/DiagnosticReport" in answer.text
