"""One requirement of R4's and US Core's search after the other, over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_athena import Settings, create_app
from tests.mock_athena.web.in_process import Athena, outcome
from tests.mock_athena.web.small_practice import (
    BASE,
    LOCAL,
    LOINC,
    RESOURCES,
    bundle,
    entries,
    ids,
    link,
    matched,
    walk,
)

OBSERVATIONS = "escaped instant mistaken month since-2021 two-codings until-2019"


@pytest.fixture(scope="module")
def athena(population_cache: Path) -> Iterator[Athena]:
    """One emulator for all of them: a search changes nothing."""
    app = create_app(Settings(clock="manual", patients=2, limits="off", cache_dir=str(population_cache)))
    athena = Athena(app)
    athena.world.environments["production"].store.load(RESOURCES, athena.clock.now())
    yield athena
    app.close()


def post(athena: Athena, type: str, form: dict[str, Any], query: str = "") -> dict[str, Any]:
    path = f"/fhir/r4/{type}/_search{query}"
    answer = athena.send("POST", path, athena.token(), data=form)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def search_of(found: dict[str, Any]) -> str:
    url = link(found, "self")
    assert url is not None
    return url.partition("?")[2]


@pytest.mark.requirement("SRC-001", "SRC-002", "SRC-003", "SRC-011")
def test_get_and_post_find_the_same(athena: Athena) -> None:
    found = bundle(athena, "Observation?patient=p&status=final")
    assert found["total"] == len(entries(found)) == 6
    posted = post(athena, "Observation", {"patient": "p", "status": "final"})
    halved = post(athena, "Observation", {"status": "final"}, "?patient=p")
    assert entries(posted) == entries(halved) == entries(found)
    assert posted["total"] == halved["total"] == 6


@pytest.mark.requirement("SRC-005", "SRC-010", "SRC-055")
@pytest.mark.parametrize(
    "search",
    ["Observation?patient=nobody", "Observation?code=no-such-code", "Patient?_id=nobody", "Patient?family=Xyzzy"],
)
def test_nothing_found_is_an_empty_searchset(athena: Athena, search: str) -> None:
    found = bundle(athena, search)
    assert found["total"] == 0
    assert "entry" not in found


@pytest.mark.requirement("SRC-006", "SRC-054")
def test_self_says_what_was_understood(athena: Athena) -> None:
    found = bundle(athena, "Observation?patient=p&hair=red&code=8867-4&_include=Observation:patient")
    assert search_of(found) == "patient=p&code=8867-4&_include=Observation:patient"


@pytest.mark.requirement("SRC-007", "SRC-008", "SRC-009", "SRC-041")
def test_each_entry_says_where_it_is_and_why_it_came(athena: Athena) -> None:
    search = "MedicationRequest?patient=p"
    alone = bundle(athena, search)
    search += "&_include=MedicationRequest:medication&_include=MedicationRequest:patient&_revinclude=Provenance:target"
    found = bundle(athena, search)
    urls = [entry["fullUrl"] for entry in found["entry"]]
    assert len(set(urls)) == len(urls) == 6
    assert urls == [f"{BASE}/{each['resource']['resourceType']}/{each['resource']['id']}" for each in found["entry"]]
    assert entries(found) == entries(alone)
    assert found["total"] == alone["total"] == 3
    assert sorted(each["resourceType"] for each in entries(found, "include")) == ["Medication", "Patient", "Provenance"]


@pytest.mark.requirement("SRC-012")
def test_a_parameter_that_comes_twice_must_hold_twice(athena: Athena) -> None:
    assert ids(athena, "Observation?patient=p&date=ge2020-01&date=lt2021") == "month two-codings"
    assert ids(athena, "Observation?code=8867-4&code=Pulse") == "two-codings"
    assert ids(athena, "Observation?patient=p&patient=q") == ""


@pytest.mark.requirement("SRC-014")
@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (r"Patient?family=O\,Brien", "p"),
        ("Patient?family=O,Smitherson&_id=p,q", "p q"),
        (r"Observation?code=c\,d\$e\\f", "escaped"),
        (r"Observation?code=urn:a\|b|c\,d\$e\\f", "escaped"),
        (r"Observation?code=urn:a\|b|", "escaped"),
        (r"Observation?code=c\,d\$e\\f,Pulse", "escaped two-codings"),
        ("Observation?code=urn:a|b", ""),
    ],
)
def test_escaped_separators_are_themselves(athena: Athena, search: str, expected: str) -> None:
    assert ids(athena, search) == expected


@pytest.mark.requirement("SRC-015", "SRC-016")
def test_every_type_can_be_searched_by_id_and_by_its_last_change(athena: Athena) -> None:
    assert ids(athena, "Patient?_id=p") == "p"
    (known,) = entries(bundle(athena, "Patient?_id=p"))
    stamp = known["meta"]["lastUpdated"]
    assert ids(athena, f"Patient?_id=p&_lastUpdated=ge{stamp}") == "p"
    assert ids(athena, f"Patient?_id=p&_lastUpdated={stamp[:10]}") == "p"
    assert ids(athena, f"Patient?_id=p&_lastUpdated=lt{stamp}") == ""
    assert ids(athena, f"Patient?_id=p&_lastUpdated=gt{stamp}") == ""


@pytest.mark.requirement("SRC-017", "SRC-018", "SRC-019", "SRC-020", "SRC-021")
@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("Observation?patient=p&code=8867-4", "month two-codings"),
        (f"Observation?patient=p&code={LOINC}|8867-4", "two-codings"),
        (f"Observation?patient=p&code={LOCAL}|8867-4", "month"),
        ("Observation?patient=p&code=urn:other|8867-4", ""),
        ("Observation?patient=p&code=|bare", "two-codings"),
        ("Observation?patient=p&code=|8867-4", ""),
        (f"Observation?patient=p&code={LOINC}|", "two-codings"),
        ("Observation?patient=p&code=pulse", "two-codings"),
        ("Observation?patient=p&code=PULSE", "two-codings"),
        ("Patient?identifier=MRN-7", "p"),
        ("Patient?identifier=urn:test:mrn|MRN-7", "p"),
        ("Patient?identifier=urn:test:other|MRN-7", ""),
        ("Patient?_id=p,q&active=true", "p"),
        ("Patient?_id=p,q&gender=FEMALE", "p"),
    ],
)
def test_tokens(athena: Athena, search: str, expected: str) -> None:
    assert ids(athena, search) == expected


@pytest.mark.requirement("SRC-022", "SRC-023", "SRC-024")
@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("Patient?name=sMiTHers", "q"),
        ("Patient?name=zoe", "p"),
        ("Patient?name=Zoë", "p"),
        ("Patient?name=mitherson", ""),
        ("Patient?name=profess", "p"),
        ("Patient?name=esq", "p"),
        ("Patient?name=the zoe", "p"),
        ("Patient?family:exact=Smitherson", "q"),
        ("Patient?family:exact=smitherson", ""),
        ("Patient?family:exact=Smithers", ""),
        ("Patient?family:contains=ITHERS", "q"),
        ("Patient?family:contains=xyz", ""),
    ],
)
def test_strings(athena: Athena, search: str, expected: str) -> None:
    assert ids(athena, search) == expected


@pytest.mark.requirement("SRC-026")
@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("Patient?_id=p,q&birthdate:missing=true", "q"),
        ("Patient?_id=p,q&birthdate:missing=false", "p"),
        ("Observation?patient=p&date:missing=true", "escaped mistaken"),
        ("Observation?patient=p&status:not=final", "mistaken"),
        ("Observation?patient=p&code:not=unlike", "escaped month two-codings"),
        ("Observation?patient=p&code:text=heart", "two-codings"),
        ("Observation?performer:identifier=urn:test:npi|5", "two-codings"),
        ("Observation?performer:identifier=urn:test:npi|6", ""),
        ("Observation?subject:Patient=q", "of-q"),
        ("Patient?identifier:of-type=urn:test:types|MR|MRN-7", "p"),
        ("Patient?identifier:of-type=urn:test:types|XX|MRN-7", ""),
    ],
)
def test_modifiers(athena: Athena, search: str, expected: str) -> None:
    assert ids(athena, search) == expected


@pytest.mark.requirement("SRC-027", "SRC-028", "SRC-029", "SRC-059")
def test_references_in_every_form(athena: Athena) -> None:
    assert ids(athena, "Observation?patient=p") == OBSERVATIONS
    assert ids(athena, "Observation?patient=Patient/p") == OBSERVATIONS
    assert ids(athena, f"Observation?patient={BASE}/Patient/p") == OBSERVATIONS
    assert ids(athena, "Observation?subject=Patient/p") == OBSERVATIONS
    assert ids(athena, "Observation?subject=Group/p") == "of-group"
    found = entries(bundle(athena, "Observation?patient=p"))
    assert {each["subject"]["reference"].removeprefix(f"{BASE}/") for each in found} == {"Patient/p"}


@pytest.mark.requirement("SRC-030", "SRC-031", "SRC-032", "SRC-033", "SRC-034", "SRC-035", "SRC-037")
@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2020-05", "month two-codings"),
        ("eq2020-05", "month two-codings"),
        ("2020-05-17", "two-codings"),
        ("2020-05-17T15:00:00Z", "two-codings"),
        ("2020-05-17T10:00:00-05:00", "two-codings"),
        ("2020-05-17T20:00:00%2B05:00", "two-codings"),
        ("2020-05-17T20%3A00%3A00%2B05%3A00", "two-codings"),
        ("2020-05-17T10:00:00Z", ""),
        ("ge2020-05-17", "month since-2021 two-codings"),
        ("gt2020-05-17", "month since-2021"),
        ("le2020-05-17", "instant month two-codings until-2019"),
        ("lt2020-05-17", "instant month until-2019"),
        ("gt3000", "since-2021"),
        ("lt1900", "until-2019"),
        ("sa2020-12", "since-2021"),
        ("eb2018-04", "instant"),
        ("eb2020", "instant until-2019"),
        ("2018-03-04T05:06:07.890Z", "instant"),
        ("2018-03-04T05:06:07Z", "instant"),
        ("ne2020-05", "instant since-2021 until-2019"),
    ],
)
def test_dates(athena: Athena, date: str, expected: str) -> None:
    assert ids(athena, f"Observation?patient=p&date={date}") == expected


@pytest.mark.requirement("SRC-037")
def test_periods_where_other_types_have_them(athena: Athena) -> None:
    assert ids(athena, "Condition?patient=p&onset-date=2019") == "c"
    assert ids(athena, "Condition?patient=p&onset-date=2019-06") == ""
    assert ids(athena, "Procedure?patient=p&date=2019-06-01") == "pr"


@pytest.mark.requirement("SRC-042", "PAG-006", "PAG-002", "PAG-004", "PAG-005", "PAG-008")
def test_each_page_brings_what_belongs_to_its_matches(athena: Athena) -> None:
    search = "MedicationRequest?patient=p&_sort=authoredon&_include=MedicationRequest:medication"
    pages = walk(athena, bundle(athena, f"{search}&_revinclude=Provenance:target&_count=1"))
    assert matched(pages) == ["mr-1", "mr-2", "mr-3"]
    along = [sorted(each["id"] for each in entries(page, "include")) for page in pages]
    assert along == [["m", "pv"], ["m"], ["m"]]
    assert [page["total"] for page in pages] == [3, 3, 3]


@pytest.mark.requirement("SRC-043")
def test_includes_of_one_target_type_of_all_references_and_in_turn(athena: Athena) -> None:
    def along(search: str) -> list[str]:
        return sorted(each["resourceType"] for each in entries(bundle(athena, search), "include"))

    assert along("MedicationRequest?_id=mr-1&_include=*") == ["Medication", "Patient"]
    assert along("MedicationRequest?_id=mr-1&_include=MedicationRequest:subject:Patient") == ["Patient"]
    assert along("MedicationRequest?_id=mr-1&_include=MedicationRequest:subject:Group") == []
    in_turn = "Observation?_id=two-codings&_revinclude=Provenance:target&_include{}=Provenance:agent"
    assert along(in_turn.format("")) == ["Provenance"]
    assert along(in_turn.format(":iterate")) == ["Practitioner", "Provenance"]


@pytest.mark.requirement("SRC-045", "SRC-046")
@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("PractitionerRole?practitioner.name=quack", "r"),
        ("PractitionerRole?practitioner.identifier=NPI-9", "r"),
        ("PractitionerRole?practitioner.name=nobody", ""),
        ("Observation?patient.family=smitherson", "of-q"),
        ("Observation?subject:Patient.birthdate=1970&date=ge2021", "since-2021"),
        ("Patient?_has:Observation:patient:code=bare", "p"),
        ("Patient?_has:Observation:patient:_has:Provenance:target:recorded=2020-05-18", "p"),
        ("Patient?_has:MedicationRequest:patient:medication.code=placebo", "p"),
        ("Practitioner?_has:Provenance:agent:target=Observation/two-codings", "d"),
    ],
)
def test_chains_and_reverse_chains(athena: Athena, search: str, expected: str) -> None:
    assert ids(athena, search) == expected


@pytest.mark.requirement("SRC-047", "PAG-003")
def test_the_total_alone(athena: Athena) -> None:
    for way in ("_summary=count", "_count=0"):
        found = bundle(athena, f"Observation?patient=p&{way}")
        assert found["total"] == 7
        assert "entry" not in found
        assert link(found, "next") is None


@pytest.mark.requirement("SRC-048", "SRC-049")
def test_parts_of_resources_say_that_they_are_parts(athena: Athena) -> None:
    def only(way: str) -> dict[str, Any]:
        (found,) = entries(bundle(athena, f"Patient?_id=p&{way}"))
        return found

    elements = only("_elements=identifier")
    # Whether a record is in use at all changes what the rest of it means (isModifier), so it is never left out.
    assert set(elements) == {"resourceType", "id", "meta", "identifier", "active"}
    assert "name" in only("_summary=true")
    assert "name" not in only("_summary=text")
    for part in (elements, only("_summary=true"), only("_summary=text"), only("_summary=data")):
        assert "SUBSETTED" in [tag["code"] for tag in part["meta"]["tag"]]
    assert only("_summary=false") == only("_format=json")
    assert "tag" not in only("_summary=false")["meta"]


@pytest.mark.requirement("SRC-050")
def test_sorted_as_asked(athena: Athena) -> None:
    def order(keys: str) -> list[str]:
        return matched([bundle(athena, f"Observation?patient=p&_sort={keys}")])

    assert order("date")[:5] == ["until-2019", "instant", "month", "two-codings", "since-2021"]
    assert order("-date")[:5] == ["since-2021", "two-codings", "month", "instant", "until-2019"]
    assert set(order("date")[5:]) == set(order("-date")[5:]) == {"escaped", "mistaken"}
    assert order("status,_id") == ["mistaken", *sorted(set(OBSERVATIONS.split()) - {"mistaken"})]
    assert order("_id") == sorted(OBSERVATIONS.split())
    assert order("-_id") == sorted(OBSERVATIONS.split(), reverse=True)


@pytest.mark.requirement("SRC-051")
def test_a_total_where_it_is_wanted(athena: Athena) -> None:
    assert "total" not in bundle(athena, "Observation?patient=p&_total=none")
    assert bundle(athena, "Observation?patient=p&_total=accurate&_count=1")["total"] == 7
    assert bundle(athena, "Observation?patient=p&_total=estimate&_count=1")["total"] == 7


@pytest.mark.requirement("SRC-052")
def test_format_beats_accept(athena: Athena) -> None:
    headers = {"Accept": "application/fhir+xml"}
    assert athena.get("/Patient?_id=p", headers=headers).status_code == 406
    assert bundle(athena, "Patient?_id=p&_format=json", headers=headers)["total"] == 1


@pytest.mark.requirement("SRC-053", "SRC-054", "SRC-056")
def test_what_is_unknown_is_refused_ignored_or_told_as_the_client_prefers(athena: Athena) -> None:
    strict = athena.get("/Patient?_id=p&hair=red", headers={"Prefer": "handling=strict"})
    assert (strict.status_code, outcome(strict)["expression"]) == (400, ["hair"])
    for headers in ({}, {"Prefer": "handling=lenient"}):
        found = bundle(athena, "Patient?_id=p&hair=red", headers=headers)
        assert matched([found]) == ["p"]
        assert search_of(found) == "_id=p"
        told = entries(found, "outcome")
        assert len(told) == len(headers)
        assert all(issue["severity"] in ("warning", "information") for each in told for issue in each["issue"])


@pytest.mark.requirement("SRC-058")
def test_what_was_entered_in_error_is_found_like_everything_else(athena: Athena) -> None:
    assert "mistaken" in ids(athena, "Observation?patient=p").split()
    assert ids(athena, "Observation?patient=p&status=entered-in-error") == "mistaken"


@pytest.mark.requirement("SRC-060", "PAG-014")
def test_nobody_searches_without_a_token_or_beyond_its_scope(athena: Athena) -> None:
    following = link(bundle(athena, "Observation?patient=p&_count=1"), "next")
    assert following is not None
    for path in ("/fhir/r4/Observation?patient=p", following.removeprefix("http://localhost")):
        assert athena.send("GET", path).status_code == 401
        assert athena.send("GET", path, "forged").status_code == 401
        refused = athena.send("GET", path, athena.token("system/Patient.read"))
        assert (refused.status_code, outcome(refused)["code"]) == (403, "forbidden")


@pytest.mark.requirement("SRC-061")
def test_a_patient_sees_the_own_record_only(athena: Athena) -> None:
    token = athena.token("patient/*.read", patient="q")
    assert ids(athena, "Observation", token) == "of-q"
    assert ids(athena, "Observation?patient=p", token) == ""
    assert ids(athena, "Patient", token) == "q"
    assert ids(athena, "Provenance", token) == ""
    assert ids(athena, "Practitioner?_has:Provenance:agent:recorded=2020", token) == ""
    assert ids(athena, "Observation?patient.family=O", token) == ""
    along = bundle(athena, "Observation?_include=*&_revinclude=*", token)
    assert sorted(each["id"] for each in entries(along, "include")) == ["q"]


@pytest.mark.requirement("SRC-062")
def test_links_are_below_the_base_and_tell_nothing(athena: Athena) -> None:
    token = athena.token()
    found = bundle(athena, "Observation?patient=p&_count=1", token)
    for url in (link(found, "self"), link(found, "next")):
        assert url is not None
        assert url.startswith(f"{BASE}/Observation?")
        assert token not in url


@pytest.mark.requirement("SRC-063")
def test_the_compartment_of_a_patient(athena: Athena) -> None:
    assert ids(athena, "Patient/p/Observation") == OBSERVATIONS
    assert ids(athena, "Patient/p/Observation?code=8867-4&date=2020-05-17") == "two-codings"
    found = bundle(athena, "Patient/p/Observation?_count=3")
    assert (link(found, "self") or "").startswith(f"{BASE}/Patient/p/Observation?")
    assert sorted(matched(walk(athena, found))) == OBSERVATIONS.split()
    assert ids(athena, "Patient/p/Provenance") == "pv"


@pytest.mark.requirement("SRC-065", "PAG-010")
def test_everything_of_a_type_in_pages_of_twenty(athena: Athena) -> None:
    pages = walk(athena, bundle(athena, "Observation"))
    sizes = [len(entries(page)) for page in pages]
    assert set(sizes[:-1]) == {20}
    assert len(set(matched(pages))) == len(matched(pages)) == pages[0]["total"] > 100


@pytest.mark.requirement("PAG-001", "PAG-002", "PAG-004", "PAG-005", "PAG-008")
@pytest.mark.parametrize("count", [1, 2, 3, 6, 7, 8])
@pytest.mark.parametrize("rest", ["", "&_sort=-status,date", "&_total=none"])
def test_pages_together_are_the_whole(athena: Athena, count: int, rest: str) -> None:
    whole = matched([bundle(athena, f"Observation?patient=p{rest}")])
    pages = walk(athena, bundle(athena, f"Observation?patient=p{rest}&_count={count}"))
    assert matched(pages) == whole
    assert all(len(entries(page)) == count for page in pages[:-1])
    assert len({page.get("total") for page in pages}) == 1


@pytest.mark.requirement("PAG-007")
def test_no_link_is_given_that_is_not_right(athena: Athena) -> None:
    pages = walk(athena, bundle(athena, "Observation?patient=p&_count=3"))
    assert [{each["relation"] for each in page["link"]} for page in pages] == [{"self", "next"}] * 2 + [{"self"}]


@pytest.mark.requirement("PAG-011")
def test_more_than_the_most_is_the_most(athena: Athena) -> None:
    assert bundle(athena, "Observation?patient=p&_count=1000000")["total"] == 7


@pytest.mark.requirement("PAG-015")
def test_a_search_by_post_has_pages_too(athena: Athena) -> None:
    first = post(athena, "Observation", {"patient": "p", "_count": "2", "_sort": "_id"})
    assert matched(walk(athena, first)) == sorted(OBSERVATIONS.split())


@pytest.mark.requirement("SRC-057")
def test_no_status_is_insisted_on_and_none_is_said_to_be(athena: Athena) -> None:
    for type in ("MedicationRequest", "Observation", "Condition", "Encounter", "CarePlan", "Immunization"):
        assert bundle(athena, f"{type}?_count=1")["total"] > 0


@pytest.mark.requirement("SRC-064")
def test_a_search_across_types_says_that_it_is_not_there(athena: Athena) -> None:
    answer = athena.get("?_type=Patient,Observation")
    assert (answer.status_code, outcome(answer)["code"]) == (405, "not-supported")


@pytest.mark.requirement("SRC-066")
def test_docref_is_there_as_it_is_declared(athena: Athena) -> None:
    rows = athena.send("GET", "/fhir/r4/metadata").get_json()["rest"][0]["resource"]
    (row,) = (row for row in rows if row["type"] == "DocumentReference")
    assert "docref" in {operation["name"] for operation in row["operation"]}
    (patient, *_) = entries(bundle(athena, "DocumentReference?_count=1"))
    who = patient["subject"]["reference"].rpartition("/")[2]
    found = athena.get(f"/DocumentReference/$docref?patient={who}").get_json()
    assert {entry["resource"]["resourceType"] for entry in found["entry"]} == {"DocumentReference"}


def test_the_cursor_of_a_compartment_holds_there_alone(athena: Athena) -> None:
    page = athena.get("/Patient/p/Observation?_count=1").get_json()
    following = next(link["url"] for link in page["link"] if link["relation"] == "next").partition("/fhir/r4")[2]
    assert athena.get(following).status_code == 200
    for elsewhere in ("/Patient/q/Observation", "/Observation"):
        answer = athena.get(following.replace("/Patient/p/Observation", elsewhere))
        assert (answer.status_code, outcome(answer)["expression"]) == (400, ["cursor"])
