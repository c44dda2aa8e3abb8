"""The parts of what a selection finds, of which an export makes its files."""

from itertools import pairwise

import pytest

from mock_athena.store import snapshot as snapshots
from mock_athena.store.criteria import HasToken, InSomeCompartment, Selection, Token
from mock_athena.store.statements import Part
from tests.stores import new_store


@pytest.mark.parametrize("keys", [1, 2, 7, 100])
@pytest.mark.parametrize("most", [1, 3, 6, 100])
def test_parts_cover_each_match_once_however_they_are_counted(
    monkeypatch: pytest.MonkeyPatch, keys: int, most: int
) -> None:
    monkeypatch.setattr(snapshots, "_RANGE", keys)
    store = new_store()
    try:
        subject = {"reference": "Patient/p"}
        store.load(
            ({"resourceType": "Condition", "id": f"c{n}", "subject": subject if n % 3 else None} for n in range(20)), 0
        )
        store.delete("Condition", "c1", 0)
        there = store.snapshot()
        for asked in (Selection("Condition"), Selection("Condition", (InSomeCompartment(),))):
            parts = there.parts(asked, most)
            assert [part.matches for part in parts[:-1]] == [most] * (len(parts) - 1)
            assert 0 < parts[-1].matches <= most
            bodies = [list(there.bodies(asked, part)) for part in parts]
            assert [len(some) for some in bodies] == [part.matches for part in parts]
            assert [body for some in bodies for body in some] == list(there.bodies(asked))
            assert all(one.first <= one.last < two.first for one, two in pairwise(parts))
            assert parts[0] == Part(parts[0].first, parts[0].last, min(most, there.count(asked)))
        nothing = Selection("Condition", (HasToken("clinical-status", (Token(None, "gone"),)),))
        assert there.parts(nothing, most) == []
        assert there.parts(Selection("Observation"), most) == []
    finally:
        store.close()
