"""What meets one of several alternatives, whatever the walk, whether an index answers it or not; old versions too."""

from typing import Any

import pytest

from mock_athena.fhir.resource import Resource
from mock_athena.store import ResourceStore
from mock_athena.store.criteria import (
    AnyOf,
    Condition,
    HasId,
    HasReference,
    HasText,
    HasToken,
    InCompartment,
    InSomeCompartment,
    Negated,
    Nothing,
    Selection,
    Token,
)
from tests.mock_athena.store.conftest import NOW

P, Q = InCompartment(("p",)), InCompartment(("q",))


def coded(code: str) -> HasToken:
    return HasToken("code", (Token(None, code),))


def observation(id: str, of: str, code: str, **more: Any) -> Resource:
    concept = {"coding": [{"system": "s", "code": code, "display": f"called {code}"}]}
    return {"resourceType": "Observation", "id": id, "subject": {"reference": f"Patient/{of}"}, "code": concept, **more}


@pytest.fixture(autouse=True)
def _loaded(store: ResourceStore) -> None:
    given = [observation(f"{of}{code}", of, code, status="final") for of in "pq" for code in "ab"]
    store.load([*({"resourceType": "Patient", "id": id} for id in "pq"), *given], NOW)


CASES: list[tuple[list[Condition], str]] = [
    ([AnyOf(((P,), (Q,)))], "pa pb qa qb"),
    ([AnyOf(((P, coded("a")), (Q, coded("b"))))], "pa qb"),
    ([AnyOf(((coded("a"),), (Nothing(),)))], "pa qa"),
    ([AnyOf(((Nothing(),),))], ""),
    ([P, AnyOf(((coded("a"),), (coded("b"),)))], "pa pb"),
    ([P, coded("a"), AnyOf(((coded("a"),), (coded("b"),)))], "pa"),
    ([coded("b"), AnyOf(((P,), (coded("a"),)))], "pb"),
    ([AnyOf(((HasText("code", ("called a",)), P), (Negated(coded("a")), Q)))], "pa qb"),
    ([P, AnyOf(((HasText("code", ("called a",)),),))], "pa"),
    ([HasId(("pa", "qb")), AnyOf(((Q,),))], "qb"),
    ([InSomeCompartment(), AnyOf(((HasReference("subject", ("Patient/q",)), coded("a")),))], "qa"),
    ([AnyOf(((AnyOf(((P,), (coded("a"),))), coded("a")),))], "pa qa"),
]


@pytest.mark.parametrize(("criteria", "found"), CASES)
def test_a_search_finds_what_meets_one(store: ResourceStore, criteria: list[Condition], found: str) -> None:
    selection, snapshot = Selection("Observation", tuple(criteria), "date"), store.snapshot()
    assert sorted(snapshot.ids(selection)) == found.split()
    assert sorted(row.id for row in snapshot.page(selection, 10)) == found.split()
    assert snapshot.count(selection) == len(found.split())


@pytest.mark.parametrize(("criteria", "found"), CASES)
def test_one_version_meets_the_same(store: ResourceStore, criteria: list[Condition], found: str) -> None:
    snapshot = store.snapshot()
    met = [
        id
        for id in ("pa", "pb", "qa", "qb")
        if snapshot.meets("Observation", snapshot.read("Observation", id), criteria)
    ]
    assert met == found.split()
    assert not snapshot.meets("Observation", None, criteria)


def test_each_version_meets_what_it_said_and_a_deletion_what_was_said_before(store: ResourceStore) -> None:
    store.put(observation("pa", "q", "b"), NOW)
    store.delete("Observation", "pa", NOW)
    snapshot = store.snapshot()
    versions = [snapshot.version("Observation", "pa", number) for number in (1, 2, 3)]
    assert [snapshot.meets("Observation", each, [P, coded("a")]) for each in versions] == [True, False, False]
    assert [snapshot.meets("Observation", each, [Q, coded("b")]) for each in versions] == [False, True, True]
    text = [HasText("code", ("called b",))]
    assert [snapshot.meets("Observation", each, text) for each in versions] == [False, True, True]
