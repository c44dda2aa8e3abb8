"""The screens of the data: patients, charts, resources with their versions and files. With every right, at no cost."""

import json
import re
from typing import Any

import pytest

from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.criteria import Selection
from tests.mock_athena.web.console.reading import links, words
from tests.mock_athena.web.in_process import ADA
from tests.mock_athena.web.portal.visitor import Visitor

DATA = "/console/data"
HERE = f"{DATA}/production"
REPORT = "a-500001.clinicalresult-100005"


def put(visitor: Visitor, resource: dict[str, Any]) -> str:
    """Store a resource; the screen that shows it."""
    world = visitor.athena.world
    world.environments["production"].store.put(resource, world.clock.now())
    return f"{HERE}/{resource['resourceType']}/{resource['id']}"


def observation(**content: Any) -> dict[str, Any]:
    common = {"resourceType": "Observation", "id": "o", "status": "final", "subject": {"reference": f"Patient/{ADA}"}}
    return {**common, "code": {"text": "Pulse"}, **content}


def test_patients_are_told_by_name_age_sex_and_how_much_there_is_of_them(reader: Visitor) -> None:
    page = reader.open(DATA)
    assert "Annette Caitlin Powers a-500001.E-1 born 1967-06-20, 59 years female 932 a-500001.E-1" in words(page)
    (chart,) = links(page, f"{ADA}/chart")
    assert "932 resources in the chart" in words(reader.open(chart))


@pytest.mark.parametrize("search", ["powers annette", "1967-06-20", ADA, "E-1"])
def test_a_patient_is_found_by_name_birth_date_and_id(reader: Visitor, search: str) -> None:
    reader.open(DATA)
    page = reader.press("search", search=search)
    assert len(links(page, "/chart")) == 1
    assert ADA in page.text
    assert "Nobody is found by zzz" in words(reader.press("search", search="zzz"))


def test_all_patients_are_on_some_page_once(reader: Visitor) -> None:
    page, found = reader.open(DATA), []
    while True:
        found += links(page, "/chart")
        following = links(page, "after=")
        if not following:
            break
        page = reader.open(following[0])
    assert len(found) == len(set(found)) == 25


def test_types_are_counted_in_each_environment(reader: Visitor) -> None:
    for name, environment in reader.athena.world.environments.items():
        page, snapshot = words(reader.open(f"{DATA}?environment={name}")), environment.store.snapshot()
        for type in RESOURCE_TYPES:
            assert f" {type} {snapshot.count(Selection(type)):,} " in f"{page} ", type


def test_counts_follow_what_is_written(visitor: Visitor) -> None:
    assert "Device 0" in words(visitor.open(DATA))
    put(visitor, {"resourceType": "Device", "id": "d", "patient": {"reference": f"Patient/{ADA}"}})
    assert "Device 1" in words(visitor.open(DATA))


def test_a_chart_shows_the_latest_of_each_type_and_all_of_one_by_pages(reader: Visitor) -> None:
    page = reader.open(f"{HERE}/Patient/{ADA}/chart")
    assert "Immunization 17" in words(page)
    assert "Cholesterol [Mass/volume] in Serum or Plasma 2026-07-28 16:35 UTC 200 mg/dL final" in words(page)
    page, found, dates = reader.open(f"{HERE}/Patient/{ADA}/chart?type=Observation"), [], []
    for _ in range(11):
        found += links(page, f"{HERE}/Observation/")
        dates += re.findall(r'class="when">(\d{4}-\d\d-\d\d \d\d:\d\d)', page.text)
        page = reader.open(links(page, "after=")[0]) if links(page, "after=") else page
    assert len(set(found)) == 508
    assert dates == sorted(dates, reverse=True)


def test_a_resource_is_told_in_words_and_its_references_lead_on(reader: Visitor) -> None:
    page = reader.open(f"{HERE}/DiagnosticReport/{REPORT}")
    told = words(page)
    for text in (
        "Conclusion Normal ECG",
        f"Annette Caitlin Powers (Patient/{ADA})",
        "Findings: Sinus rhythm with normal intervals and axis.",
        "Provenance, by target",
        f"http://localhost/fhir/r4/DiagnosticReport/{REPORT}",
    ):
        assert text in told, text
    within = re.findall(r'"<a href="([^"]+)">([^<]+)</a>"', page.text.split('class="json"')[1])
    assert (f"{HERE}/Patient/{ADA}", f"Patient/{ADA}") in within
    for href in links(page, f"{HERE}/"):
        assert "/file/" in href or reader.open(href).status_code == 200, href


def test_the_json_is_what_a_read_answers(reader: Visitor) -> None:
    page = reader.open(f"{HERE}/DocumentReference/a-500001.hpiNote-200010")
    shown = page.text.split('class="json"')[1].split(">", 1)[1].split("</pre>")[0]
    text = re.sub(r"<[^>]+>", "", shown).replace("&#34;", '"').replace("&amp;", "&")
    assert json.loads(text) == reader.athena.get("/DocumentReference/a-500001.hpiNote-200010").get_json()


def test_what_points_to_a_resource_is_bounded_and_leads_to_a_search_for_the_rest(reader: Visitor) -> None:
    page = reader.open(f"{HERE}/Encounter/a-500001.encounter-200010")
    (more,) = links(page, "name=encounter")
    assert len(set(links(page, f"{HERE}/Observation/"))) == 5
    total = reader.athena.get("/Observation?encounter=Encounter/a-500001.encounter-200010").get_json()["total"]
    assert f"{total} found" in words(reader.open(more))


def test_versions_are_compared_and_a_deletion_shows_what_was(visitor: Visitor) -> None:
    place = put(visitor, observation(valueString="low & slow"))
    put(visitor, observation(valueString="high"))
    page = visitor.open(place)
    assert "<ins>+  &#34;valueString&#34;: &#34;high&#34;," in page.text
    assert "<del>-  &#34;valueString&#34;: &#34;low &amp; slow&#34;," in page.text
    assert "low & slow" in words(visitor.open(f"{place}?version=1")).split("JSON")[0]
    world = visitor.athena.world
    world.environments["production"].store.delete("Observation", "o", world.clock.now())
    page = visitor.open(place)
    assert "It was deleted" in words(page)
    assert "Value high" in words(page)


def test_nothing_that_is_stored_can_run_in_the_page(visitor: Visitor) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    place = put(
        visitor,
        observation(
            text={"status": "additional", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{evil}<p>Well.</p></div>'},
            code={"text": evil},
            valueString=evil,
            note=[{"text": evil}],
        ),
    )
    for path in (place, f"{HERE}/Observation?name=_id&value=o", f"{HERE}/Patient/{ADA}/chart?type=Observation"):
        page = visitor.open(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    assert '<p class="narrative">Well.</p>' in visitor.open(place).text


def test_files_are_shown_only_where_nothing_can_run(reader: Visitor) -> None:
    page = reader.open(f"{HERE}/DiagnosticReport/{REPORT}")
    kinds = {}
    for href in links(page, "/file/"):
        file = reader.open(href)
        assert file.status_code == 200
        assert file.headers["Content-Security-Policy"].startswith("sandbox")
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        kinds[file.headers["Content-Type"].partition(";")[0], file.headers["Content-Disposition"].partition(";")[0]] = (
            file.data[:4]
        )
    assert kinds == {
        ("application/pdf", "inline"): b"%PDF",
        ("application/pdf", "attachment"): b"%PDF",
        ("image/png", "inline"): b"\x89PNG",
        ("image/png", "attachment"): b"\x89PNG",
        ("text/html", "attachment"): b"<!DO",
    }


def test_files_of_whatever_sort_are_handed_out_as_what_they_are(visitor: Visitor) -> None:
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "aGk="}
    put(visitor, binary)
    attachments = [
        {"contentType": "image/svg+xml", "data": "PHN2Zy8+"},
        {"contentType": "text/html\r\nX-Evil: 1", "data": "aGk="},
        {"contentType": "application/pdf", "url": "Binary/b"},
        {"contentType": "application/pdf", "url": "https://elsewhere.example/x.pdf"},
        {"contentType": "application/pdf", "url": "Binary/none"},
    ]
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "presentedForm": attachments}
    place = put(visitor, report | {"code": {"text": "x"}, "subject": {"reference": f"Patient/{ADA}"}})
    answers = [visitor.open(f"{place}/file/{n}") for n in range(7)]
    told = [(each.status_code, each.headers["Content-Type"].partition(";")[0]) for each in answers]
    octets = (200, "application/octet-stream")
    assert told == [octets, octets, (200, "text/plain"), *[(404, "text/html")] * 4]
    assert answers[0].headers["Content-Disposition"].startswith("attachment")
    assert answers[2].headers["Content-Disposition"] == 'inline; filename="r-2.txt"'
    assert "is elsewhere" in answers[3].text
    assert visitor.open(f"{HERE}/Binary/b/file/0").data == b"hi"


def test_nothing_of_it_is_charged_or_journaled(visitor: Visitor) -> None:
    for path in (DATA, f"{HERE}/Patient/{ADA}/chart", f"{HERE}/Patient?name=name&value=a", f"{HERE}/Patient/{ADA}"):
        assert visitor.open(path).status_code == 200
    assert visitor.athena.world.journal.counters() == {}
    assert visitor.athena.world.limiter.standings() == []


@pytest.mark.parametrize(
    "path",
    [
        "moon/Patient",
        "production/Nothing",
        "production/Patient/nobody",
        f"production/Patient/{ADA}/chart?type=Slot",
        "production/Patient/nobody/chart",
        f"production/Patient/{ADA}?version=7",
        f"production/Patient/{ADA}/file/0",
        f"production/Patient/{ADA}/elsewhere",
        "go?type=Nothing",
    ],
)
def test_what_is_not_there_is_said(reader: Visitor, path: str) -> None:
    page = reader.open(f"{DATA}/{path}")
    assert page.status_code == 404
    assert "This did not work" in page.text
