"""Kept answers are those that would be given anew, and never anybody else's."""

from typing import Any

import pytest

from mock_athena.search import run_search
from mock_athena.store.hot import LARGEST_KEPT, Hot
from tests.mock_athena.web.in_process import ADA, BO, Athena

SEARCH = f"/Observation?patient={ADA}&category=vital-signs"


@pytest.fixture
def athena(make_athena: Any) -> Athena:
    made: Athena = make_athena(limits="off", clock="manual")
    return made


def made_times(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows whenever a search is run."""
    runs: list[int] = []

    def counted(*arguments: Any, **options: Any) -> Any:
        runs.append(1)
        return run_search(*arguments, **options)

    monkeypatch.setattr("mock_athena.web.search.run_search", counted)
    return runs


def test_the_same_search_is_run_once_and_dated_anew(athena: Athena, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = made_times(monkeypatch)
    first = athena.get(SEARCH).get_json()
    athena.control("POST", "clock", {"advance": 60})
    second = athena.get(SEARCH).get_json()
    assert len(runs) == 1
    assert first.pop("timestamp") < second.pop("timestamp")
    assert first == second


@pytest.mark.parametrize("query", ["date=ap2020", "date=2020,ap2021", "code-value-date=8867-4$ap2020"])
def test_what_is_about_a_date_depends_on_now(athena: Athena, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    runs = made_times(monkeypatch)
    athena.get(f"/Observation?{query}&_count=0")
    athena.get(f"/Observation?{query}&_count=0")
    assert len(runs) == 2


def test_a_write_leaves_what_was_kept_behind(athena: Athena) -> None:
    before = athena.get(SEARCH).get_json()["total"]
    body = {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "vital-signs"}]}],
        "code": {"text": "Pulse"},
        "subject": {"reference": f"Patient/{ADA}"},
    }
    token = athena.token("system/*.cruds")
    assert athena.send("POST", "/fhir/r4/Observation", token, json=body).status_code == 201
    assert athena.get(SEARCH).get_json()["total"] == before + 1
    athena.control("POST", "reset")
    assert athena.get(SEARCH).get_json()["total"] == before


@pytest.mark.parametrize(
    "headers",
    [{"Host": "other.test"}, {"Prefer": "handling=lenient"}, {"Host": "one.test", "Prefer": "handling=strict"}],
)
def test_what_a_header_changes_is_another_answer(
    athena: Athena, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    runs = made_times(monkeypatch)
    athena.get(SEARCH)
    athena.get(SEARCH, headers=headers)
    assert len(runs) == 2


def test_nobody_gets_what_was_made_for_somebody_else(athena: Athena) -> None:
    everybody = athena.get("/Observation?_count=0").get_json()["total"]
    totals = [
        athena.get("/Observation?_count=0", athena.token("patient/*.read", patient=who)).get_json()["total"]
        for who in (ADA, BO)
    ]
    assert len({everybody, *totals}) == 3
    included = "/MedicationRequest?_count=5&_revinclude=Provenance:target"
    assert "Provenance/" in athena.get(included).text
    assert "Provenance/" not in athena.get(included, athena.token("system/MedicationRequest.rs")).text


def test_the_two_environments_are_told_apart(athena: Athena) -> None:
    production, sandbox = (
        athena.send("GET", f"{base}/Patient?_count=1", athena.token()).get_json()["entry"][0]["resource"]["id"]
        for base in ("/fhir/r4", "/fhir/r4/sandbox")
    )
    assert production != sandbox


def test_about_now_is_never_kept(athena: Athena, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = made_times(monkeypatch)
    for _ in range(2):
        athena.get("/Patient?birthdate=ap1980")
    assert len(runs) == 2


def test_the_oldest_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_athena.store.hot._MOST_BYTES", 10)
    hot, made = Hot(len), []

    def make(name: str) -> bytes:
        made.append(name)
        return name.encode() * 4

    for name in ("a", "b", "a", "c", "a", "b"):
        hot.answer(name, lambda name=name: make(name))  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"]


def test_large_answers_and_those_without_a_key_are_not_kept() -> None:
    hot, made = Hot(len), []

    def make() -> bytes:
        made.append(1)
        return b"x" * (LARGEST_KEPT + 1)

    for key in ("large", "large", None, None):
        hot.answer(key, make)
    assert len(made) == 4
