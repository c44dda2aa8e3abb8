"""The Prefer header, and what handling=strict, lenient or anything else does to a search."""

from typing import Any

import pytest

from mock_athena.web.prefer import preferences
from tests.mock_athena.web.in_process import Athena, outcome


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], ("", False, "")),
        (["respond-async"], ("", True, "")),
        (["respond-async, handling=strict"], ("strict", True, "")),
        (["respond-async", "handling=strict"], ("strict", True, "")),
        (['return="minimal"; note=x , wait=10'], ("", False, "minimal")),
        (["return=operationoutcome"], ("", False, "OperationOutcome")),
        (["return=representation, return=minimal"], ("", False, "representation")),
        (["return=everything"], ("", False, "")),
        (["Handling = Lenient"], ("lenient", False, "")),
        (["handling=strict, handling=lenient"], ("strict", False, "")),
        (["handling=other"], ("", False, "")),
        ([" , ,"], ("", False, "")),
    ],
)
def test_preferences_are_read(headers: list[str], expected: tuple[str, bool, str]) -> None:
    assert tuple(preferences(headers))[:3] == expected


def test_the_status_of_an_export_may_travel_apart() -> None:
    assert preferences(["respond-async,Separate-Export-Status"]).separate_export_status
    assert not preferences(["respond-async"]).separate_export_status


def search(athena: Athena, prefer: str | None) -> Any:
    headers = {"Prefer": prefer} if prefer else {}
    return athena.get("/Patient?starship=1&_count=1", headers=headers)


def test_strict_refuses_an_unknown_parameter_by_name(athena: Athena) -> None:
    answer = search(athena, "handling=strict")
    issue = outcome(answer)
    assert (answer.status_code, issue["expression"]) == (400, ["starship"])
    assert "starship" in issue["diagnostics"]


@pytest.mark.parametrize("prefer", [None, "handling=other", "respond-async", "handling=lenient"])
def test_otherwise_it_is_ignored_and_absent_from_self(athena: Athena, prefer: str | None) -> None:
    answer = search(athena, prefer)
    bundle = answer.get_json()
    assert (answer.status_code, bundle["total"]) == (200, 2)
    assert bundle["link"][0]["url"] == "http://localhost/fhir/r4/Patient?_count=1"
    outcomes = [entry for entry in bundle["entry"] if entry["search"]["mode"] == "outcome"]
    assert len(outcomes) == (prefer == "handling=lenient")
    if outcomes:
        assert "starship" in outcomes[0]["resource"]["issue"][0]["diagnostics"]
