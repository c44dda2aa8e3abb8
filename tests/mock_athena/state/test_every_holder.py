"""What is kept by kind and id, by whoever holds it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mock_athena.state import State, state_in
from mock_athena.state.postgres import PostgresState


@pytest.fixture(params=["memory", "directory", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[State]:
    if request.param == "postgresql":
        held: State = PostgresState(request.getfixturevalue("postgres").url)
        held.clear()
    else:
        held = state_in(str(tmp_path / "state") if request.param == "directory" else "")
    yield held
    held.close()


def test_what_was_put_comes_out_and_the_last_counts(state: State) -> None:
    state.put("client", "one", {"names": ["Ünal", None], "since": 2**60})
    assert state.get("client", "one") == {"names": ["Ünal", None], "since": 2**60}
    state.put("client", "one", 1)
    assert (state.get("client", "one"), state.get("client", "two"), state.get("code", "one")) == (1, None, None)


def test_what_comes_out_is_a_copy(state: State) -> None:
    value = {"scopes": ["a"]}
    state.put("grant", "g", value)
    value["scopes"].append("b")
    state.get("grant", "g")["scopes"].append("c")
    assert state.get("grant", "g") == {"scopes": ["a"]}


def test_a_value_is_added_once(state: State) -> None:
    assert state.add("jti", "x", 1)
    assert not state.add("jti", "x", 2)
    assert state.get("jti", "x") == 1
    assert state.add("other", "x", 3)


def test_an_id_may_be_long(state: State) -> None:
    one, other = "x" * 5000 + "1", "x" * 5000 + "2"
    assert (state.add("jti", one, 1), state.add("jti", one, 2), state.add("jti", other, 3)) == (True, False, True)
    assert (state.get("jti", one), state.take("jti", other), state.get("jti", other)) == (1, 3, None)


def test_a_value_is_taken_once(state: State) -> None:
    state.put("code", "c", {"for": "me"})
    assert (state.take("code", "c"), state.take("code", "c")) == ({"for": "me"}, None)


def test_all_of_a_kind_come_in_the_order_in_which_they_were_first_put(state: State) -> None:
    for id in ("b", "a", "c"):
        state.put("client", id, id)
    state.put("client", "b", "again")
    state.put("other", "d", 1)
    assert list(state.all("client").items()) == [("b", "again"), ("a", "a"), ("c", "c")]
    assert state.all("nothing") == {}


def test_what_is_deleted_or_cleared_is_gone(state: State) -> None:
    for kind in ("one", "two"):
        state.put(kind, "a", 1)
        state.put(kind, "b", 1)
    assert (state.delete("one", "a"), state.delete("one", "a")) == (True, False)
    state.clear("two")
    assert (state.all("one"), state.all("two")) == ({"b": 1}, {})
    state.clear()
    assert state.all("one") == {}


def test_what_has_ended_is_forgotten_when_that_is_asked_for(state: State) -> None:
    for end in (5, 2**70, None):
        state.put("token", str(end), end, expires=end)
        state.put("other", str(end), end, expires=end)
    state.forget_expired(4)
    assert list(state.all("token")) == ["5", str(2**70), "None"]
    state.forget_expired(5, "token")
    assert (len(state.all("token")), len(state.all("other"))) == (2, 3)
    state.forget_expired(2**70)
    assert (list(state.all("token")), list(state.all("other"))) == (["None"], ["None"])


def test_an_end_is_that_of_the_last_value(state: State) -> None:
    state.put("token", "t", 1, expires=5)
    state.put("token", "t", 2, expires=9)
    state.add("token", "t", 3, expires=1)
    state.forget_expired(8)
    assert state.get("token", "t") == 2


def test_the_generation_changes_with_every_change_and_with_nothing_else(state: State) -> None:
    seen = [state.generation()]

    def changed() -> bool:
        seen.append(state.generation())
        return seen[-1] != seen[-2]

    state.put("a", "1", 1)
    assert changed()
    state.add("a", "2", 1, expires=3)
    assert changed()
    assert (state.get("a", "1"), state.all("a")) == (1, {"1": 1, "2": 1})
    state.forget_expired(2)
    assert not changed()
    state.forget_expired(3)
    assert changed()
    state.take("a", "1")
    assert changed()
    state.clear()
    assert changed()
    assert len(set(seen)) == 6


def test_of_many_threads_one_adds_and_one_takes(state: State) -> None:
    with ThreadPoolExecutor(8) as crew:
        for number in range(20):
            added = list(crew.map(lambda nth, jti=str(number): state.add("jti", jti, nth), range(8)))
            taken = list(crew.map(lambda _, jti=str(number): state.take("jti", jti), range(8)))
            assert (added.count(True), taken.count(None)) == (1, 7)
