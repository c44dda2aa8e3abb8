"""The document of a note: what the visit left in the chart, and the note's own words around it."""

from base64 import b64encode

import pytest

from mock_athena.documents.rendering import formats_of, rendered
from tests.mock_athena.documents import samples
from tests.mock_athena.documents.samples import NOTE, pdf_of, text_of


@pytest.mark.parametrize(
    "said",
    [
        *("Progress note", "2024-01-15 10:00 to 10:30 -05:00", "Follow-up visit", "Family Medicine"),
        *("Diabetes follow-up; Fatigue for three weeks", "Tired for three weeks.", "Penicillin: Hives"),
        *("138/86 mmHg", "Heart rate", "PHQ-9 total score", "11.80", "Diabetic foot examination", "influenza"),
        *("Type 2 diabetes mellitus without complications", "E11.9", "metformin hydrochloride 500 MG Oral Tablet"),
        *("180 tablet, 3 refills", "New anemia.", "Continue metformin."),
        "Electronically signed by Amara Okafor, MD, 2024-01-15 15:55 UTC",
    ],
)
def test_it_says(said: str) -> None:
    assert said in " ".join(text_of(pdf_of(NOTE)).split())


@pytest.mark.parametrize("unsaid", ["tetanus", "Latex", "{score}"])
def test_it_does_not_say(unsaid: str) -> None:
    assert unsaid not in text_of(pdf_of(NOTE))


def test_the_principal_diagnosis_comes_first_and_the_plan_last() -> None:
    text = text_of(pdf_of(NOTE))
    order = ("Subjective", "Vital signs", "Type 2 diabetes", "Essential", "Assessment", "Plan\n")
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_without_an_encounter_it_says_what_the_note_says() -> None:
    text = text_of(pdf_of(NOTE | {"context": {}}))
    assert ("Continue metformin." in text, "Vital signs" in text) == (True, False)


def test_a_text_that_is_stored_is_the_note() -> None:
    html = "<html><head><title>x</title><style>p{}</style></head><h2>Plan</h2><p>Rest &amp; fluids.</p></html>"
    form = {"contentType": "text/html", "data": b64encode(html.encode()).decode()}
    text = text_of(pdf_of(NOTE | {"content": [{"attachment": form}]}))
    assert ("Rest & fluids." in text, "p{}" in text, "Vital signs" in text) == (True, False, False)


def test_the_text_of_a_binary_that_the_note_names_is_the_note() -> None:
    data = b64encode(b"Plan: Walk every day.\n\nCome back in May.").decode()
    binary = samples.resource("Binary", "b1", contentType="text/plain", data=data)
    text = text_of(pdf_of(NOTE | {"content": [{"attachment": {"url": "Binary/b1"}}]}, binary))
    assert ("Walk every day." in text, "Come back in May." in text, "Vital signs" in text) == (True, True, False)


def test_a_file_that_the_resource_holds_is_its_document() -> None:
    form = {"contentType": "application/pdf", "data": b64encode(b"%PDF-own").decode()}
    assert pdf_of(NOTE | {"content": [{"attachment": form}]}) == b"%PDF-own"


def test_the_filed_copy_of_a_report_shows_the_report() -> None:
    copy = NOTE | {"context": {"related": [{"reference": "DiagnosticReport/report-1"}]}}
    assert pdf_of(copy) == pdf_of(samples.LABORATORY_REPORT)


def test_as_html_it_has_all_letters_and_escapes_them() -> None:
    patient = samples.PEOPLE[0] | {"name": [{"text": "王小明 <b>"}]}
    page = rendered(NOTE, "html", samples.sources(patient))
    assert page is not None
    assert "王小明 &lt;b&gt;" in page.decode()


def test_what_a_stored_text_lists_becomes_the_table_of_the_chart() -> None:
    html = "<h1>Progress note</h1><p>Seen in May.</p><h2>Vital signs</h2><p>BP fine</p><h2>Plan</h2><p>Rest.</p>"
    binary = samples.resource("Binary", "b1", contentType="text/html", data=b64encode(html.encode()).decode())
    content = [{"attachment": {"contentType": "text/html", "url": "http://fhir.mock-athena.invalid/Binary/b1"}}]
    text = text_of(pdf_of(NOTE | {"content": content}, binary))
    assert ("138/86 mmHg" in text, "BP fine" in text, "Rest." in text, "Leukocytes" in text) == (
        True,
        False,
        True,
        False,
    )
    assert text.count("Progress note") == 1


def test_a_scan_is_the_picture_that_is_stored_and_nothing_of_the_visit() -> None:
    scan = b"\x89PNG scanned"
    binary = samples.resource("Binary", "b1", contentType="image/png", data=b64encode(scan).decode())
    content = [{"attachment": {"contentType": "image/png", "url": "http://fhir.mock-athena.invalid/Binary/b1"}}]
    note = {name: value for name, value in NOTE.items() if name != "text"} | {"content": content}
    sources = samples.sources(note, binary)
    assert formats_of(note, sources) == ("pdf", "png", "html")
    assert rendered(note, "png", sources) == scan
    assert "Vital signs" not in text_of(pdf_of(note, binary))
