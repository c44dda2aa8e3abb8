"""The search builder: the search is the API's own, and a form without scripts is enough for it."""

import json

import pytest

from mock_athena.fhir.registry import RESOURCE_TYPES
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.console.reading import links, words
from tests.mock_athena.web.in_process import ADA
from tests.mock_athena.web.portal.visitor import Visitor

HERE = "/console/data/production"


def test_every_type_has_a_builder_that_tells_its_parameters(reader: Visitor) -> None:
    for name, kind in RESOURCE_TYPES.items():
        page = reader.open(f"{HERE}/{name}")
        assert page.status_code == 200
        for code in kind.parameters:
            assert f'<option value="{code}"' in page.text, (name, code)
    told = words(reader.open(f"{HERE}/Observation"))
    assert "value-quantity quantity gt5.4, 5.4|http://unitsofmeasure.org|mg eq ne gt lt ge le sa eb ap :missing" in told


def test_rows_are_added_and_filled_without_scripts(reader: Visitor) -> None:
    page = reader.open(f"{HERE}/Observation?name=code&value=8867-4&do=more")
    form = next(form for form in reader.forms() if ("do", "more") in form.buttons)
    assert page.text.count('name="value"') == 2
    assert (form.method, form.action) == ("get", f"{HERE}/Observation")
    assert "token · code, system|code, |code · :missing :not :text" in words(page)


def test_what_is_found_is_what_the_api_answers_page_by_page(reader: Visitor) -> None:
    asked = "code=8867-4&date=ge2020&_count=90"
    whole = reader.athena.get(f"/Observation?{asked.replace('90', '1000')}").get_json()
    page = reader.open(f"{HERE}/Observation?name=code&value=8867-4&name=date&value=ge2020&name=_count&value=90")
    assert f"{whole['total']:,} found" in words(page)
    assert f"http://localhost/fhir/r4/Observation?{asked} Copy" in words(page)
    found = []
    while True:
        found += [href.rpartition("/")[2] for href in links(page, f"{HERE}/Observation/")]
        if not links(page, "cursor="):
            break
        page = reader.open(links(page, "cursor=")[0])
    assert found == [entry["resource"]["id"] for entry in whole["entry"]]


def test_what_comes_along_is_told_apart(reader: Visitor) -> None:
    page = reader.open(
        f"{HERE}/Patient?name=_id&value={ADA}&name=_revinclude&value=Provenance:target&name=_count&value=1"
    )
    assert "1 found" in words(page)
    assert page.text.count("comes along") == 18  # as many as there are in the chart


def test_a_page_shows_some_hundred_lines_at_most(reader: Visitor) -> None:
    page = reader.open(f"{HERE}/Observation?name=_count&value=1000")
    assert page.text.count('<th scope="row"><a') == 200
    assert "800 more of this page are not shown" in words(page)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("name=date&value=foo", "Refused, 400 error, invalid at date : Observation?date=foo: 'foo' is not a FHIR date"),
        ("name=date:contains&value=2020", "Refused, 400"),
        ("name=cursor&value=x", "Refused, 400"),
        ("name=frob&value=1", "found"),  # R4 ignores what it does not know
        ("name=code&value=<script>", "Nothing is found"),
    ],
)
def test_refusals_are_readable(reader: Visitor, row: str, said: str) -> None:
    page = reader.open(f"{HERE}/Observation?{row}")
    assert page.status_code == 200
    assert said in words(page)
    assert "<script>" not in page.text


def test_the_profile_is_respected(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(profile="athena"))
    refused = words(visitor.open(f"{HERE}/Observation"))
    assert "Refused, 403" in refused
    page = words(visitor.open(f"{HERE}/Observation?name=patient&value={ADA}&name=category&value=vital-signs"))
    assert "Heart rate" in page
    assert "ah-practice=Organization/a-1.Practice-500001" in page
    resource = words(visitor.open(f"{HERE}/Patient/{ADA}"))
    assert "The profile tells callers of no versions" in resource
    assert f"/fhir/r4/Patient/{ADA}?ah-practice=Organization/a-1.Practice-500001" in resource


def test_the_commands_do_what_they_say(reader: Visitor) -> None:
    page = reader.open(f"{HERE}/Patient?name=name&value=Powers")
    (url,) = [line for line in words(page).split() if line.startswith("http://localhost/fhir/r4/Patient?")][:1]
    answer = reader.athena.get(url.removeprefix("http://localhost/fhir/r4"))
    assert answer.get_json()["total"] == 1
    assert "params=[('name', 'Powers')]" in words(page)
    assert json.dumps("scope=system/Patient.read")[1:-1] in words(page)


def test_nothing_is_read_through_unless_it_is_wished(reader: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_athena.web.console.search._MANY", 1000)
    page = reader.open(f"{HERE}/Observation?name=value-quantity&value=gt5")
    assert "Not searched yet" in words(page)
    assert "found" not in words(page).replace("Not searched yet", "").split("Ask it")[0].lower()
    (anyway,) = links(page, "do=all")
    assert " found " in words(reader.open(anyway))
    quick = f"{HERE}/Observation?name=value-quantity&value=gt5&name=patient&value={ADA}"
    assert " found " in words(reader.open(quick))


def test_another_type_is_chosen(reader: Visitor) -> None:
    reader.open(f"{HERE}/Patient")
    assert "Search Slot" in words(reader.press("type", type="Slot"))
