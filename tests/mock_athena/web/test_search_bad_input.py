"""Whatever a search is given: a 4xx that names the parameter, never a defect, and never silence.

The table has what is known to be wrong; below it, random text goes into every place of a search.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_athena import Settings, create_app
from mock_athena.fhir.registry import COMMON, RESOURCE_TYPES, RESULT_PARAMETERS
from tests.mock_athena.web.in_process import ADA, Athena, outcome


@pytest.fixture(scope="module")
def unlimited(population_cache: Path) -> Iterator[Athena]:
    """One emulator for all of them: a search changes nothing."""
    app = create_app(Settings(clock="manual", patients=2, limits="off", cache_dir=str(population_cache)))
    yield Athena(app)
    app.close()


MALFORMED = [
    # dates
    ("Observation?date=junk", "date"),
    ("Observation?date=2024-13", "date"),
    ("Observation?date=2024-02-30", "date"),
    ("Observation?date=2024-1-1", "date"),
    ("Observation?date=0000", "date"),
    ("Observation?date=2024-01-01T10", "date"),
    ("Observation?date=2024-01-01T24:00:00Z", "date"),
    ("Observation?date=2024-01-01T10:00:00%2B99:00", "date"),
    ("Observation?date=ge", "date"),
    ("Observation?date=ge2024,le", "date"),
    ("Observation?_lastUpdated=junk", "_lastUpdated"),
    ("Patient?birthdate=99", "birthdate"),
    # prefixes
    ("Observation?date=GE2024", "date"),
    ("Observation?date=geq2024", "date"),
    ("Observation?date=%3E2024", "date"),
    ("Observation?value-quantity=xx5", "value-quantity"),
    ("Observation?value-quantity=5,five", "value-quantity"),
    ("Observation?value-quantity=1e", "value-quantity"),
    ("Observation?value-quantity=5|mg", "value-quantity"),
    # ids and references
    ("Patient?_id=a%20b", "_id"),
    ("Patient?_id=" + "a" * 65, "_id"),
    ("Observation?patient=" + "a" * 65, "patient"),
    ("Observation?patient=Patient/", "patient"),
    ("Observation?patient=/Patient/x", "patient"),
    ("Observation?patient=Patient/x/", "patient"),
    ("Observation?patient=Group/x", "patient"),
    ("Observation?patient=http://", "patient"),
    ("Observation?subject=%23contained", "subject"),
    ("Observation?subject:Robot=x", "subject:Robot"),
    # tokens, composites, chains
    ("Patient?identifier=|", "identifier"),
    ("Patient?gender:of-type=a|b|c", "gender:of-type"),
    ("Patient?name:=x", "name:"),
    ("Patient?name:above=x", "name:above"),
    ("Observation?code-value-quantity=" + "$" * 1000, "code-value-quantity"),
    ("Observation?patient.=x", "patient."),
    ("Observation?patient.patient.name=x", "patient.patient.name"),
    (
        "Observation?has-member.has-member.has-member.has-member.has-member.code=x",
        "has-member" + 4 * ".has-member" + ".code",
    ),
    ("Patient?_has=x", "_has"),
    ("Patient?_has:=x", "_has:"),
    ("Patient?_has:::=x", "_has:::"),
    ("Patient?_has:Robot:patient:code=x", "_has:Robot:patient:code"),
    # how results come
    ("Observation?_count=ten", "_count"),
    ("Observation?_count=-1", "_count"),
    ("Observation?_count=1,2", "_count"),
    ("Observation?_sort=" + ",".join(["date"] * 3000), "_sort"),
    ("Observation?_sort=date,,code", "_sort"),
    ("Observation?_include=Robot:x", "_include"),
    ("Observation?_include=", "_include"),
    ("Observation?_revinclude=Provenance:agent:Robot", "_revinclude"),
    ("Observation?_elements=", "_elements"),
    ("Observation?_elements=robot", "_elements"),
    ("Observation?_summary=robot", "_summary"),
    ("Observation?_total=robot", "_total"),
    ("Observation?_pretty=robot", "_pretty"),
    # cursors
    ("Observation?cursor=", "cursor"),
    ("Observation?cursor=abc", "cursor"),
    ("Observation?cursor=" + "A" * 44, "cursor"),
    ("Observation?cursor=%C3%A4", "cursor"),
    # twice
    ("Observation?_count=1&_count=2", "_count"),
    ("Observation?_sort=date&_sort=code", "_sort"),
    ("Observation?_summary=true&_summary=text", "_summary"),
    ("Observation?_format=json&_format=json", "_format"),
    ("Observation?_pretty=true&_pretty=true", "_pretty"),
    # too much
    ("Observation?code=" + ",".join(["1"] * 10_000), "code"),
    ("Observation?" + "&".join(["code=1"] * 1000), "code"),
    # what is no text
    ("Observation?code=%", "code"),
    ("Observation?code=%z1", "code"),
    ("Observation?code=%FF%FE", "code"),
    ("Observation?code=%ED%A0%80", "code"),  # a lone surrogate
    ("Observation?code=%C0%80", "code"),  # a NUL by another way
    ("Observation?code=%00", "code"),
    ("Patient?family=a%00b", "family"),
    ("Patient?family=%1B[31m", "family"),
    ("Patient?family:exact=%07", "family:exact"),
    ("Patient?%00=x", "\\x00"),
    ("Patient?%FFhair=x", "\ufffdhair"),
]


@pytest.mark.requirement("SRC-025", "SRC-036", "SRC-044", "PAG-012", "PAG-013", "ERR-003")
@pytest.mark.parametrize(("search", "parameter"), MALFORMED, ids=[text[:60] for text, _ in MALFORMED])
def test_it_is_refused_by_the_name_of_the_parameter(unlimited: Athena, search: str, parameter: str) -> None:
    answer = unlimited.get(f"/{search}")
    issue = outcome(answer)
    assert answer.status_code == 400, answer.text
    assert issue["severity"] == "error"
    assert issue["expression"] == [parameter]
    assert len(answer.data) < 10_000


def test_the_table_is_refused_by_post_too(unlimited: Athena) -> None:
    for search, parameter in MALFORMED:
        type, _, form = search.partition("?")
        answer = unlimited.send("POST", f"/fhir/r4/{type}/_search", unlimited.token(), **_form(form))
        assert answer.status_code == 400, (search[:60], answer.text[:200])
        assert outcome(answer)["expression"] == [parameter], search[:60]


def _form(text: str | bytes, type: str = "application/x-www-form-urlencoded") -> dict[str, Any]:
    return {"data": text, "content_type": type}


@pytest.mark.requirement("SRC-004")
@pytest.mark.parametrize(
    ("type", "status"),
    [
        ("application/x-www-form-urlencoded", 200),
        ("application/x-www-form-urlencoded; charset=UTF-8", 200),
        ("application/x-www-form-urlencoded; charset=iso-8859-1", 415),
        ("application/x-www-form-urlencoded; charset=utf-16", 415),
        ("application/x-www-form-urlencoded; charset=nonsense", 415),
        ("application/json", 415),
        ("application/fhir+json", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/plain", 415),
        ("", 415),
    ],
)
def test_a_form_is_of_one_type_and_of_utf8(unlimited: Athena, type: str, status: int) -> None:
    answer = unlimited.send("POST", "/fhir/r4/Patient/_search", unlimited.token(), **_form(b"family=x", type))
    assert answer.status_code == status, answer.text
    assert answer.get_json()["resourceType"] == ("Bundle" if status == 200 else "OperationOutcome")


@pytest.mark.parametrize("form", [b"family=\xc4", b"family=%zz", b"family=a&\xff=1", b"family=%ED%A0%80"])
def test_a_form_that_is_not_what_it_says_is_refused(unlimited: Athena, form: bytes) -> None:
    answer = unlimited.send("POST", "/fhir/r4/Patient/_search", unlimited.token(), **_form(form))
    assert answer.status_code == 400, answer.text


def test_a_form_beyond_the_limit_is_413_and_says_the_limit(unlimited: Athena) -> None:
    answer = unlimited.send("POST", "/fhir/r4/Patient/_search", unlimited.token(), **_form(b"family=x&" * 200_000))
    assert answer.status_code == 413
    assert "1,048,576 bytes" in answer.text


@pytest.mark.parametrize("way", ["/Patient?family={}", "/Patient?family:contains={}"])
def test_text_beyond_ascii_is_read_however_it_was_sent(unlimited: Athena, way: str) -> None:
    """Percent-encoded, as it should be, or as the bytes of UTF-8, as curl sends what is typed."""
    name = unlimited.get(f"/Patient/{ADA}").get_json()["name"][0]["family"]
    accented = name[0] + "".join(f"{letter}\u0301" for letter in name[1:])
    for text in (quote(accented), accented.encode().decode("latin-1")):
        path = "/fhir/r4" + way.format("")
        bare, _, query = path.partition("?")
        answer = unlimited.send("GET", bare, unlimited.token(), environ={"QUERY_STRING": query + text})
        assert ADA in answer.text, answer.text


@pytest.mark.parametrize("id", ["a%20b", "%00", "a" * 65])
def test_the_compartment_of_what_is_no_id_is_404(unlimited: Athena, id: str) -> None:
    answer = unlimited.get(f"/Patient/{id}/Observation")
    assert (answer.status_code, outcome(answer)["code"]) == (404, "not-found")


def test_a_cursor_that_was_changed_anywhere_is_refused(unlimited: Athena) -> None:
    first = unlimited.get("/Observation?_count=1").get_json()
    (url,) = (link["url"] for link in first["link"] if link["relation"] == "next")
    query = url.partition("?")[2]
    place = query.index("cursor=") + len("cursor=")
    for at in range(place, len(query)):
        changed = query[:at] + ("B" if query[at] != "B" else "C") + query[at + 1 :]
        assert unlimited.get(f"/Observation?{changed}").status_code == 400, changed
    for other in (query[:-1], query + "A", query + "=", query.replace("_count=1", "_count=2"), query + "&code=1"):
        assert unlimited.get(f"/Observation?{other}").status_code == 400, other


NAMES = sorted({code for kind in RESOURCE_TYPES.values() for code in (*kind.parameters, *COMMON)} | {"_has", "cursor"})
PIECES = [
    *("ge", "ne", "2024", "-01", "T10:00:00Z", "+05:00", "Patient/", "http://", "urn:uuid:", ADA, "|", ",", "$", "\\"),
    *(
        "%",
        "%00",
        "%FF",
        "%F0%9F%98%80",
        "%ED%A0%80",
        "&",
        "=",
        "?",
        "#",
        "[",
        "]",
        "true",
        "1e999",
        "-",
        ".",
        ":",
        "'",
    ),
    *('"', ";", " ", "é", "*", "Observation:patient", "(", "/", "_history/1", "0"),
]
SUFFIXES = ["", "", "", ":missing", ":not", ":exact", ":contains", ":text", ":of-type", ":identifier", ":Patient", ":x"]
CHAINS = ["", "", "", ".name", ".patient.name", ".identifier", "._has:Observation:patient:code", "."]
values = st.lists(st.one_of(st.sampled_from(PIECES), st.characters(codec="utf-8").map(quote)), max_size=6).map("".join)
names = st.builds(
    "{}{}{}".format,
    st.sampled_from([*NAMES, *RESULT_PARAMETERS]),
    st.sampled_from(SUFFIXES),
    st.sampled_from(CHAINS),
)
searches = st.builds(
    lambda name, pairs: f"/{name}?{'&'.join(map('='.join, pairs))}",
    st.sampled_from(sorted(RESOURCE_TYPES)),
    st.lists(st.tuples(names, values), min_size=1, max_size=3),
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(search=searches)
def test_no_text_anywhere_is_a_defect(unlimited: Athena, search: str) -> None:
    path, _, query = search.encode().decode("latin-1").partition("?")
    answer = unlimited.send("GET", f"/fhir/r4{path}", unlimited.token(), environ={"QUERY_STRING": query})
    assert answer.status_code in (200, 400, 404, 406), (search, answer.text)
    body = answer.get_json()
    assert body["resourceType"] == ("Bundle" if answer.status_code == 200 else "OperationOutcome")
    if answer.status_code == 400:
        assert outcome(answer)["expression"], answer.text
