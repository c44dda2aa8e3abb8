"""``_summary`` and ``_elements`` on reads."""

from decimal import Decimal

import pytest

from tests.mock_athena.web.in_process import ADA, Athena, outcome
from tests.mock_athena.web.rest.conftest import Past

ALWAYS = {"resourceType", "id", "meta"}


@pytest.mark.requirement("RED-024")
@pytest.mark.parametrize("path", [f"/Patient/{ADA}", f"/Patient/{ADA}/_history/1"])
@pytest.mark.parametrize("query", ["_elements=name", "_elements=name,birthDate", "_elements=name&_elements=gender"])
def test_only_what_was_asked_for_comes(athena: Athena, path: str, query: str) -> None:
    whole, part = athena.get(path), athena.get(f"{path}?{query}")
    wanted = {name for name in ("name", "birthDate", "gender") if name in query}
    assert set(part.get_json()) == ALWAYS | wanted | ({"active"} & set(whole.get_json()))
    assert part.get_json()["name"] == whole.get_json()["name"]
    assert part.get_json()["meta"]["tag"][-1]["code"] == "SUBSETTED"
    assert part.headers["ETag"] == whole.headers["ETag"]


@pytest.mark.requirement("RED-024")
@pytest.mark.parametrize(
    ("summary", "gone"), [("true", {"text", "communication"}), ("data", {"text"}), ("false", set())]
)
def test_a_summary_leaves_something_out(athena: Athena, past: Past, summary: str, gone: set[str]) -> None:
    text = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}
    past.put("Patient", "p", text=text, communication=[{"language": {"text": "English"}}], gender="other")
    whole, part = athena.get("/Patient/p").get_json(), athena.get(f"/Patient/p?_summary={summary}").get_json()
    assert set(whole) - set(part) == gone
    assert ("tag" in part["meta"]) == (summary != "false")


def test_the_text_alone(athena: Athena, past: Past) -> None:
    past.put("Patient", "p", text={"status": "generated", "div": "<div>x</div>"}, gender="other")
    assert set(athena.get("/Patient/p?_summary=text").get_json()) == ALWAYS | {"text"}


def test_decimals_keep_their_digits(athena: Athena, past: Past) -> None:
    quantity = {"value": Decimal("1.10"), "unit": "é"}
    past.put("Observation", "o", status="final", code={"text": "c"}, valueQuantity=quantity, issued="2024-01-01")
    part = athena.get("/Observation/o?_elements=value")
    assert '"valueQuantity":{"value":1.10,"unit":"é"}' in part.data.decode()
    assert set(part.get_json()) == ALWAYS | {"status", "code", "valueQuantity"}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("_summary=count", "_summary"),
        ("_summary=yes", "_summary"),
        ("_summary=true&_summary=true", "_summary"),
        ("_elements=nmae", "_elements"),
        ("_elements=name.family", "_elements"),
        ("_elements=name&_summary=text", "_summary"),
    ],
)
def test_a_wrong_value_is_named(athena: Athena, query: str, named: str) -> None:
    answer = athena.get(f"/Patient/{ADA}?{query}")
    assert (answer.status_code, named in outcome(answer)["expression"]) == (400, True)


def test_a_binary_has_no_content_in_a_summary(athena: Athena, past: Past) -> None:
    past.put("Binary", "b", contentType="text/plain", data="SGVsbG8=")
    answer = athena.get("/Binary/b?_summary=true", headers={"Accept": "application/fhir+json"})
    assert set(answer.get_json()) == ALWAYS | {"contentType"}


def test_elements_are_of_what_may_come_along_whether_something_does_or_not(athena: Athena) -> None:
    queries = (
        "_revinclude=Observation:subject&_elements=valueQuantity",
        "_include=Patient:organization&_elements=alias",
    )
    asked = [f"/Patient?_id={id}&{query}" for id in (ADA, "nobody") for query in queries]
    assert [athena.get(path).status_code for path in asked] == [200] * 4
    assert athena.get(f"/Patient?_id={ADA}&_include=Patient:organization&_elements=valueQuantity").status_code == 400
