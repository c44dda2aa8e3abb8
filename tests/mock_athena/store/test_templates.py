"""A statement that was kept is the one that would be built, and a total that was kept is that of its own commit."""

from typing import Any

import pytest

from mock_athena.fhir.instants import parse
from mock_athena.store import ResourceStore
from mock_athena.store.criteria import (
    Criterion,
    DateMatch,
    HasDate,
    HasId,
    HasReference,
    HasToken,
    InCompartment,
    InSomeCompartment,
    Negated,
    Position,
    Selection,
    Token,
)
from mock_athena.store.statements import statement_of
from mock_athena.store.templates import prepared_statement
from tests.mock_athena.store.conftest import NOW, ids, observation, patient

FINAL = HasToken("status", (Token(None, "final"),))
DATE = HasDate("date", (DateMatch("ge", parse("2024")),))
UNINDEXED = HasDate("value-date", (DateMatch("ge", parse("2024")),))

ASKED: list[tuple[Criterion, ...]] = [
    (),
    (InSomeCompartment(), FINAL),
    *((InCompartment((id,)), FINAL, DATE) for id in ("p", "q")),
    *((HasId((id,)), InCompartment((other,))) for id in ("p", "q") for other in ("p", "q")),
    (InCompartment(("p",)), InCompartment(("p",))),
    (InCompartment(("p",)), InCompartment(("q",))),
    (InCompartment(("p", "q")), HasId(("p", "q")), HasId(("p",))),
    (HasId(tuple(map(str, range(30)))),),
    (HasReference("encounter", ("Encounter/p",)), InCompartment(("q",))),
    (HasReference("subject", ("Patient/p",)),),
    (Negated(FINAL), InCompartment(("p",))),
]


def test_it_is_the_statement_that_would_be_built() -> None:
    for criteria in ASKED * 2:
        selection = Selection("Observation", criteria, "date")
        kept, built = prepared_statement(selection, 7), statement_of(selection, 7)
        assert (kept.source, kept.values, kept.once, kept.patients) == (
            built.source,
            built.values,
            built.once,
            built.patients,
        ), criteria


def test_what_asks_bodies_is_built_anew() -> None:
    selection = Selection("Observation", (UNINDEXED, InCompartment(("p",))), "date")
    first, second = prepared_statement(selection, 7), prepared_statement(selection, 7)
    assert first.asked.keys().isdisjoint(second.asked)
    assert first.asked


@pytest.fixture
def three(store: ResourceStore) -> ResourceStore:
    """A store with two Observations of one Patient and one of another."""
    store.load([patient("p"), patient("q"), *(observation(id, id[0]) for id in ("p1", "p2", "q1"))], NOW)
    return store


def test_a_total_is_of_its_commit_and_of_its_patient(three: ResourceStore) -> None:
    before = three.snapshot()
    for _ in range(2):
        assert [ids(before, "Observation", InCompartment((id,))) for id in ("p", "q")] == [["p1", "p2"], ["q1"]]
    three.put(observation("p3", "p"), NOW)
    assert [len(ids(one, "Observation", InCompartment(("p",)))) for one in (before, three.snapshot())] == [2, 3]
    three.rewind()
    three.put(observation("q2", "q"), NOW)
    assert [len(ids(three.snapshot(), "Observation", InCompartment((id,)))) for id in ("p", "q")] == [0, 1]


def test_what_is_undone_leaves_no_total(three: ResourceStore) -> None:
    selection = Selection("Observation", (InCompartment(("p",)),), "date")
    with three.rehearsal(NOW):
        three.put(observation("p3", "p"), NOW)
        assert three.snapshot().count(selection) == 3
    three.put(observation("q2", "q"), NOW)  # the commit that has the number of the one that was undone
    assert three.snapshot().count(selection) == 2


def test_all_pages_of_a_search_count_once(three: ResourceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, ran = three.snapshot(), []
    number = type(snapshot)._number

    def noted(self: Any, prepared: Any) -> int:
        ran.append(prepared.text)
        return number(self, prepared)

    monkeypatch.setattr(type(snapshot), "_number", noted)
    place: Position | None = None
    for _ in range(2):
        page = three.snapshot().matches(Selection("Observation", (InSomeCompartment(),), "date"))
        place = page.page(1, place)[-1].position
        assert page.count() == 3
    assert len(ran) == 1
