"""Each flaw that ``docs/population.md`` lists is one of the code, occurs in a population, and is as the table says."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mock_athena.population.shapes.dirty import FLAWS, Flaw, render
from mock_athena.population.streams import stream

DOCS = Path(__file__).parents[4] / "docs" / "population.md"
Resource = dict[str, Any]
DATES = ("effectiveDateTime", "recordedDate", "onsetDateTime", "performedDateTime", "occurrenceDateTime", "authoredOn")


def documented() -> list[str]:
    table = DOCS.read_text(encoding="utf-8").partition("| Flaw |")[2].partition("\n\n")[0]
    return [line.split("|")[1].strip() for line in table.splitlines()[2:]]


def test_the_table_of_the_documentation_is_that_of_the_code() -> None:
    assert documented() == [flaw.name for flaw in FLAWS]


def pairs_of(flaw: Flaw, resources: list[Resource]) -> list[tuple[Resource, Resource]]:
    """(before, after) for each resource that can have the flaw."""
    possible = [made for made in resources if made["resourceType"] in flaw.types]
    made = ((before, flaw.make(before)) for before in possible)
    return [(before, after) for before, after in made if after is not None]


def _dates(made: Resource) -> list[str]:
    return [made[name] for name in DATES if isinstance(made.get(name), str)]


def _all_match(pattern: str) -> Callable[[Resource, Resource], bool]:
    return lambda _, after: all(re.fullmatch(pattern, text) for text in _dates(after))


def _in_capitals(_: Resource, after: Resource) -> bool:
    names = after["name"]
    return all(
        name.get("family", "").isupper() and all(one == f" {one.strip().upper()} " for one in name.get("given", ()))
        for name in names
    )


def _value_is_text(before: Resource, after: Resource) -> bool:
    value = before["valueQuantity"]
    return "valueQuantity" not in after and after["valueString"] == f"{value['value']} {value['unit']}"


def _has_display_alone(_: Resource, after: Resource) -> bool:
    named = [after[name] for name in ("requester", "recorder", "asserter") if name in after]
    return any(set(one) == {"display"} for one in named)


# What the documentation says of each.
IS: dict[str, Callable[[Resource, Resource], bool]] = {
    "entered in error": lambda _, after: after["status"] == "entered-in-error",
    "condition entered in error": lambda _, after: (
        after["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
        and not {"clinicalStatus", "abatementDateTime"} & {*after}
    ),
    "value missing": lambda _, after: (
        after["dataAbsentReason"]["coding"][0]["code"] == "unknown"
        and not {"valueQuantity", "interpretation"} & {*after}
    ),
    "code as text only": lambda before, after: after["code"] == {"text": before["code"]["text"]},
    "unit as text only": lambda before, after: (
        after["valueQuantity"] == {name: before["valueQuantity"][name] for name in ("value", "unit")}
    ),
    "value as text": _value_is_text,
    "day without time": _all_match(r"\d{4}(-\d\d){0,2}"),
    "month without day": _all_match(r"\d{4}(-\d\d)?"),
    "local offset": _all_match(r"\d{4}(-\d\d){0,2}|.*T.*-0[45]:00"),
    "name in capitals and spaces": _in_capitals,
    "no telecom": lambda before, after: "telecom" in before and "telecom" not in after,
    "clinician by name only": _has_display_alone,
    "odd characters in text": lambda before, after: (
        after["description"].startswith(before["description"])
        and all(odd in after["description"] for odd in ("\r\n", "\t", "&amp;", "\u201c", "\u00a0"))
    ),
}


def test_each_flaw_is_described_here() -> None:
    assert list(IS) == [flaw.name for flaw in FLAWS]


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_a_flaw_is_what_the_documentation_says(flaw: Flaw, resources: list[Resource]) -> None:
    pairs = pairs_of(flaw, resources)
    assert {before["resourceType"] for before, _ in pairs} >= flaw.types - {"Practitioner"}
    for before, after in pairs:
        assert after != before
        assert (after["resourceType"], after["id"]) == (before["resourceType"], before["id"])
        assert IS[flaw.name](before, after), (before, after)


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_a_flaw_leaves_what_it_was_given_as_it_was(flaw: Flaw, resources: list[Resource]) -> None:
    before = repr(resources)
    pairs_of(flaw, resources)
    assert repr(resources) == before


def test_every_flaw_occurs_when_all_are_soiled(resources: list[Resource]) -> None:
    soiled = render(resources, stream(1, 500001, 1, "shape/dirty"), 1.0)
    changed = [(before, after) for before, after in zip(resources, soiled, strict=True) if before != after]
    for flaw in FLAWS:
        possible = (pair for pair in changed if pair[0]["resourceType"] in flaw.types)
        assert any(flaw.make(before) == after for before, after in possible), flaw.name


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_about_the_share_asked_for_is_soiled(resources: list[Resource], share: float) -> None:
    possible = [one for one in resources if any(flaw.make(one) for flaw in FLAWS if one["resourceType"] in flaw.types)]
    soiled = render(possible, stream(1, 500001, 1, "shape/dirty"), share)
    changed = sum(before != after for before, after in zip(possible, soiled, strict=True))
    assert abs(changed / len(possible) - share) < 0.02


def test_the_same_stream_makes_the_same_flaws(resources: list[Resource]) -> None:
    one, same, other = (render(resources, stream(seed, 500001, 1, "shape/dirty"), 0.3) for seed in (7, 7, 8))
    assert one == same != other
