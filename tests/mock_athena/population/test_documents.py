import json
from base64 import b64decode, b64encode
from hashlib import sha1
from typing import Any

from mock_athena.fhir.placeholders import DOCUMENTS, FHIR_BASE
from mock_athena.population.guide import REPORT_ID

NOTES = {"text/html", "image/png"}


def stored(resources: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each DocumentReference whose first attachment is a Binary, with that attachment."""
    notes = (made for made in resources if made["resourceType"] == "DocumentReference")
    pairs = [(made, made["content"][0]["attachment"]) for made in notes]
    return [pair for pair in pairs if pair[1]["url"].startswith(FHIR_BASE + "/Binary/")]


def test_a_note_points_at_the_binary_that_holds_it(
    resources: list[dict[str, Any]], by_reference: dict[str, Any]
) -> None:
    notes = stored(resources)
    assert notes
    for made, attachment in notes:
        binary = by_reference[attachment["url"].removeprefix(FHIR_BASE + "/")]
        data = b64decode(binary["data"], validate=True)
        assert binary["contentType"] == attachment["contentType"]
        assert attachment["contentType"] in NOTES
        assert binary["securityContext"] == made["subject"]
        assert attachment["size"] == len(data)
        assert attachment["hash"] == b64encode(sha1(data, usedforsecurity=False).digest()).decode()


def test_a_note_tells_of_its_patient(resources: list[dict[str, Any]], patients: dict[str, Any]) -> None:
    pages = [one for one in resources if one["resourceType"] == "Binary" and one["contentType"] == "text/html"]
    assert pages
    for made in pages:
        text = b64decode(made["data"]).decode()
        patient = patients[made["securityContext"]["reference"]]
        assert patient["birthDate"] in text
        assert patient["name"][0]["given"][0] in text


def test_a_report_is_offered_as_a_pdf_under_its_own_id(resources: list[dict[str, Any]]) -> None:
    reports = (one for one in resources if one["resourceType"] == "DiagnosticReport" and one["status"] != "registered")
    for made in (one for one in reports if one["id"] != REPORT_ID):  # whose URL is the guide's own
        form = made["presentedForm"][0]
        assert form["url"] == f"{DOCUMENTS}/{made['id']}.pdf"
        assert form["contentType"] == "application/pdf"


def test_a_picture_is_offered_beside_the_report(resources: list[dict[str, Any]]) -> None:
    forms = [
        (made["id"], form)
        for made in resources
        if made["resourceType"] == "DiagnosticReport"
        for form in made.get("presentedForm", ())[1:]
    ]
    assert forms
    assert all(form["url"] == f"{DOCUMENTS}/{id}.png" for id, form in forms)


def test_placeholder_urls_are_only_where_they_are_substituted(resources: list[dict[str, Any]]) -> None:
    for made in resources:
        forms = len(made.get("presentedForm", ())) + len(made.get("content", ()))
        assert json.dumps(made).count(".mock-athena.invalid") == forms, made["id"]
