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
from mock_athena.store.statements import Prepared
from tests.stores import over_postgres

pytestmark = pytest.mark.skipif(over_postgres(), reason="PostgreSQL plans by its own statistics")

PATIENT = InCompartment(("p",))
CATEGORY = HasToken("category", (Token("http://x.example", "laboratory"),))
CODES = HasToken("code", (Token("http://loinc.org", "1-8"), Token(None, "2-6")))
DATE = HasDate("date", (DateMatch("ge", parse("2024")),))
ENCOUNTER = HasReference("encounter", ("Encounter/e",))

SYSTEM = HasToken("category", (Token("http://x.example", None),))
BARE_SUBJECT = HasReference("subject", ("Patient/p", "Group/p", "Device/p"))

IN_COMPARTMENT = "SEARCH d USING PRIMARY KEY (patient=? AND key=?"
EVERYWHERE = "SEARCH d USING INDEX posting_everywhere (key=?"

SHAPES: list[tuple[str, tuple[Criterion, ...], str]] = [
    ("patient", (PATIENT,), IN_COMPARTMENT),
    ("patient by reference", (HasReference("subject", ("Patient/p",)),), IN_COMPARTMENT),
    ("patient+category+date", (PATIENT, CATEGORY, DATE), IN_COMPARTMENT),
    ("patient+codes", (PATIENT, CODES), IN_COMPARTMENT),
    ("patient+two tokens", (PATIENT, CATEGORY, CODES), "SEARCH x USING PRIMARY KEY (patient=? AND key=? AND date=?"),
    ("patient+encounter", (PATIENT, ENCOUNTER), IN_COMPARTMENT),
    ("patient+system", (PATIENT, SYSTEM), "SEARCH x USING PRIMARY KEY (patient=? AND key>? AND key<?)"),
    ("patient+_id", (PATIENT, HasId(("o",))), "SEARCH d USING INDEX version_of (type=? AND id=?)"),
    ("_id", (HasId(("o", "p")),), "SEARCH d USING INDEX version_of (type=? AND id=?)"),
    ("code", (CODES,), EVERYWHERE),
    ("encounter", (ENCOUNTER, DATE), EVERYWHERE),
    ("subject of any type", (BARE_SUBJECT,), "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)"),
    ("name", (HasString("name", ("ada",)),), "INDEX string_by_text (param=? AND folded>?"),
    ("exact", (HasString("name", ("Ada",), "exact"),), "INDEX string_by_text (param=? AND folded=?"),
    ("every patient", (InSomeCompartment(),), "SEARCH d USING COVERING INDEX version_by_date (type=?"),
    ("everything", (), "SEARCH d USING COVERING INDEX version_by_date (type=?"),
]  # fmt: skip

WANTED: list[Callable[[Selection], Prepared]] = [
    lambda selection: statements.page(statements.statement_of(selection, 1), 20, None),
    lambda selection: statements.page(statements.statement_of(selection, 1), 20, Position(5, 5)),
    lambda selection: statements.count(statements.statement_of(selection, 1)),
    lambda selection: statements.bodies(statements.statement_of(selection, 1)),
]


@pytest.mark.parametrize("wanted", WANTED, ids=["page", "next page", "count", "bodies"])
@pytest.mark.parametrize(("criteria", "walk"), [shape[1:] for shape in SHAPES], ids=[shape[0] for shape in SHAPES])
def test_a_search_walks_its_index(
    store: ResourceStore,
    criteria: tuple[Criterion, ...],
    walk: str,
    wanted: Callable[[Selection], Prepared],
) -> None:
    type = "Patient" if any(isinstance(each, HasString) for each in criteria) else "Observation"
    steps = plan(store, wanted(Selection(type, criteria, "date")))
    assert any(walk in step for step in steps), steps
    scans = [step for step in steps if step.startswith("SCAN") and step != "SCAN k"]
    assert scans == []


@pytest.mark.parametrize(
    "criteria",
    [(PATIENT,), (PATIENT, CATEGORY, DATE), (CATEGORY,), ()],
    ids=["patient", "patient+category+date", "code", "everything"],
)
def test_a_page_comes_in_order_without_sorting(store: ResourceStore, criteria: tuple[Criterion, ...]) -> None:
    steps = plan(
        store, statements.page(statements.statement_of(Selection("Observation", criteria, "date"), 1), 20, None)
    )
    assert not any("FOR ORDER BY" in step for step in steps), steps


def plan(store: ResourceStore, prepared: Prepared) -> list[str]:
    rows = store._database.connection().execute(f"EXPLAIN QUERY PLAN {prepared.text}", prepared.values)
    return [row[3] for row in rows]
