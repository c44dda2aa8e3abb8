"""Searches walk the index that was laid out for them: a plan that scans a table would be slow on real data."""

from collections.abc import Callable

import pytest

from mock_athena.fhir.instants import parse
from mock_athena.store import ResourceStore, statements
from mock_athena.store.criteria import (
    Criterion,
    DateMatch,
    HasDate,
    HasId,
    HasReference,
    HasString,
    HasToken,
    InCompartment,
    InSomeCompartment,
    Position,
    Selection,
    Token,
)

PATIENT = InCompartment(("p",))
CATEGORY = HasToken("category", (Token("http://x.example", "laboratory"),))
CODES = HasToken("code", (Token("http://loinc.org", "1-8"), Token(None, "2-6")))
DATE = HasDate("date", (DateMatch("ge", parse("2024")),))
ENCOUNTER = HasReference("encounter", ("Encounter/e",))

SHAPES: list[tuple[str, tuple[Criterion, ...], str]] = [
    ("patient", (PATIENT,), "SEARCH d USING PRIMARY KEY (type=? AND patient=?"),
    ("patient+category+date", (PATIENT, CATEGORY, DATE), "(type=? AND patient=? AND param=? AND code=?"),
    ("patient+codes", (PATIENT, CODES), "(type=? AND patient=? AND param=? AND code=?"),
    ("patient+encounter", (PATIENT, ENCOUNTER), "SEARCH d USING PRIMARY KEY (type=? AND patient=?"),
    ("patient+_id", (PATIENT, HasId(("o",))), "SEARCH d USING INDEX version_of (type=? AND id=?)"),
    ("_id", (HasId(("o", "p")),), "SEARCH d USING INDEX version_of (type=? AND id=?)"),
    ("code", (CODES,), "USING INDEX token_everywhere (type=? AND param=? AND code=?"),
    ("encounter", (ENCOUNTER, DATE), "SEARCH i USING PRIMARY KEY (type=? AND param=? AND target=?)"),
    ("name", (HasString("name", ("ada",)),), "SEARCH i USING PRIMARY KEY (type=? AND param=? AND folded>?"),
    ("exact", (HasString("name", ("Ada",), "exact"),), "SEARCH i USING PRIMARY KEY (type=? AND param=? AND folded=?"),
    ("every patient", (InSomeCompartment(),), "SEARCH d USING PRIMARY KEY (type=? AND patient>?)"),
    ("everything", (), "SEARCH d USING INDEX version_by_date (type=?"),
]  # fmt: skip

WANTED: list[Callable[[Selection], tuple[str, dict[str, int | str]]]] = [
    lambda selection: statements.page(selection, 1, 20, None),
    lambda selection: statements.page(selection, 1, 20, Position(5, 5)),
    lambda selection: statements.count(selection, 1),
    lambda selection: statements.bodies(selection, 1),
]


@pytest.mark.parametrize("wanted", WANTED, ids=["page", "next page", "count", "bodies"])
@pytest.mark.parametrize(("criteria", "walk"), [shape[1:] for shape in SHAPES], ids=[shape[0] for shape in SHAPES])
def test_a_search_walks_its_index(
    store: ResourceStore,
    criteria: tuple[Criterion, ...],
    walk: str,
    wanted: Callable[[Selection], tuple[str, dict[str, int | str]]],
) -> None:
    steps = plan(store, *wanted(Selection("Observation", criteria, "date")))
    assert any(walk in step for step in steps), steps
    scans = [step for step in steps if step.startswith("SCAN") and step not in ("SCAN k", "SCAN (subquery-1)")]
    assert scans == []


@pytest.mark.parametrize(
    "criteria",
    [(PATIENT,), (PATIENT, CATEGORY, DATE), (CATEGORY,), ()],
    ids=["patient", "patient+category+date", "code", "everything"],
)
def test_a_page_comes_in_order_without_sorting(store: ResourceStore, criteria: tuple[Criterion, ...]) -> None:
    steps = plan(store, *statements.page(Selection("Observation", criteria, "date"), 1, 20, None))
    before_the_page = steps[: next(n for n, step in enumerate(steps) if step.startswith("SCAN"))]
    assert not any("FOR ORDER BY" in step for step in before_the_page), steps


def plan(store: ResourceStore, text: str, values: dict[str, int | str]) -> list[str]:
    rows = store._database.connection().execute(f"EXPLAIN QUERY PLAN {text}", values)
    return [row[3] for row in rows]
