import json
from base64 import b64decode, b64encode
from hashlib import sha1
from typing import Any

from mock_athena.fhir.placeholders import DOCUMENTS, FHIR_BASE
from mock_athena.population.guide import REPORT_ID


def test_a_note_points_at_the_binary_that_holds_it(
    resources: list[dict[str, Any]], by_reference: dict[str, Any]
) -> None:
    notes = [made for made in resources if made["resourceType"] == "DocumentReference"]
    assert notes
    for made in notes:
        attachment = made["content"][0]["attachment"]
        assert attachment["url"].startswith(FHIR_BASE + "/Binary/")
        binary = by_reference[attachment["url"].removeprefix(FHIR_BASE + "/")]
        text = b64decode(binary["data"], validate=True)
        assert binary["contentType"] == attachment["contentType"] == "text/html"
        assert binary["securityContext"] == made["subject"]
        assert attachment["size"] == len(text)
        assert attachment["hash"] == b64encode(sha1(text, usedforsecurity=False).digest()).decode()


def test_a_note_tells_of_its_patient(resources: list[dict[str, Any]], patients: dict[str, Any]) -> None:
    for made in (one for one in resources if one["resourceType"] == "Binary"):
        text = b64decode(made["data"]).decode()
        patient = patients[made["securityContext"]["reference"]]
        assert patient["birthDate"] in text
        assert patient["name"][0]["given"][0] in text


def test_a_report_is_offered_as_a_pdf_under_its_own_id(resources: list[dict[str, Any]]) -> None:
    reports = (one for one in resources if one["resourceType"] == "DiagnosticReport")
    for made in (one for one in reports if one["id"] != REPORT_ID):  # whose URL is the guide's own
        (form,) = made["presentedForm"]
        assert form["url"] == f"{DOCUMENTS}/{made['id']}.pdf"
        assert form["contentType"] == "application/pdf"


def test_placeholder_urls_are_only_where_they_are_substituted(resources: list[dict[str, Any]]) -> None:
    for made in resources:
        count = json.dumps(made).count(".mock-athena.invalid")
        assert count == (1 if made["resourceType"] in ("DocumentReference", "DiagnosticReport") else 0), made["id"]
