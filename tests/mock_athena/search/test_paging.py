"""Pages: together the whole result, once each, in one order, as of the first page."""

import pytest

from mock_athena.errors import BadRequest, Gone
from mock_athena.search import DEFAULT_COUNT, MAXIMUM_COUNT, cursor
from mock_athena.store import ResourceStore
from mock_athena.store.criteria import Position
from tests.mock_athena.search.conftest import LOADED, concept, observation, pages, query, run

SEARCHES = [
    "Observation",
    "Observation?patient=p",
    "Observation?patient=p,q",
    "Observation?code=1,2",
    "Observation?patient=p&code=1,2",
    "Observation?encounter=e",
    "Observation?date=ge2024-01-05",
    "Observation?_lastUpdated=gt2000&status=final",
]


@pytest.fixture(autouse=True)
def _loaded(store: ResourceStore) -> None:
    """25 observations, several on a day, some without a date, some with both codes."""
    store.load(
        [
            observation(
                f"o-{n:02}",
                "pq"[n % 2],
                code=concept(("a", "1"), ("b", "1"), ("a", "2")) if n % 3 else concept(("a", "1")),
                encounter={"reference": "Encounter/e"},
                **({"effectiveDateTime": f"2024-01-{n // 3 + 1:02}"} if n % 5 else {}),
            )
            for n in range(25)
        ],
        LOADED,
    )


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("count", [1, 2, 3, 7, 24, 25, 26])
def test_the_pages_together_are_the_whole_result(store: ResourceStore, search: str, count: int) -> None:
    whole = [row.id for row in run(store, search + ("&" if "?" in search else "?") + "_count=1000").rows]
    walked = list(pages(store, search, count))
    assert [row.id for page in walked for row in page.rows] == whole
    assert len(set(whole)) == len(whole) > 5
    assert {page.total for page in walked} == {len(whole)}
    assert all(len(page.rows) == count for page in walked[:-1])
    assert walked[-1].rows


def test_the_newest_come_first_and_what_has_no_date_last(store: ResourceStore) -> None:
    dates = [row.date for row in run(store, "Observation?patient=p").rows]
    assert dates == sorted(dates, reverse=True)
    assert dates[0] > 0 > dates[-1]


@pytest.mark.requirement("PAG-009")
@pytest.mark.parametrize("search", SEARCHES)
def test_writes_between_the_pages_do_not_change_them(store: ResourceStore, search: str) -> None:
    whole = [row.id for row in run(store, search + ("&" if "?" in search else "?") + "_count=1000").rows]
    walked = []
    for n, page in enumerate(pages(store, search, 3)):
        walked += [row.id for row in page.rows]
        store.delete("Observation", whole[-1 - n], LOADED)
        store.put(observation(whole[n], "p", effectiveDateTime="2030-01-01"), LOADED)
        store.put(observation(f"new-{n}", "p", effectiveDateTime="2023-01-01"), LOADED)
    assert walked == whole


def test_a_page_has_twenty_unless_it_is_asked_for_another_number(store: ResourceStore) -> None:
    assert len(run(store, "Observation").rows) == DEFAULT_COUNT == 20


def test_a_count_of_zero_asks_for_the_total_alone(store: ResourceStore) -> None:
    page = run(store, "Observation?_count=0")
    assert (page.rows, page.total, page.next) == ([], 25, None)


@pytest.mark.parametrize("count", ["1001", "99999999999999999999", "9" * 5000])
def test_more_than_the_most_is_the_most(count: str) -> None:
    assert query(f"Observation?_count={count}").count == MAXIMUM_COUNT


def test_changed_cursors_are_refused(store: ResourceStore) -> None:
    cursor = run(store, "Observation?_count=3").next
    assert cursor is not None
    changed = [cursor[:n] + ("A" if cursor[n] != "A" else "B") + cursor[n + 1 :] for n in range(len(cursor))]
    for text in ("", "x", "é", "%%%", cursor + "!", cursor + "=", cursor[:-4], "!" + cursor, *changed):
        with pytest.raises(BadRequest) as refused:
            run(store, f"Observation?_count=3&cursor={text}")
        assert refused.value.expression == ("cursor",)


@pytest.mark.parametrize("other", ["Observation?_count=4", "Observation?_count=3&patient=p", "Encounter?_count=3"])
def test_the_cursor_of_another_search_is_refused(store: ResourceStore, other: str) -> None:
    cursor = run(store, "Observation?_count=3").next
    with pytest.raises(BadRequest, match="not a cursor of this search"):
        run(store, f"{other}&cursor={cursor}")


def test_the_order_of_parameters_does_not_matter_to_a_cursor(store: ResourceStore) -> None:
    cursor = run(store, "Observation?patient=p&_count=3").next
    assert len(run(store, f"Observation?_count=3&cursor={cursor}&patient=p").rows) == 3


def test_a_cursor_of_data_that_were_reset_is_gone_also_when_new_commits_follow(store: ResourceStore) -> None:
    cursor = run(store, "Observation?_count=3").next
    store.rewind()
    for _ in range(4):
        with pytest.raises(Gone) as gone:
            run(store, f"Observation?_count=3&cursor={cursor}")
        assert gone.value.expression == ("cursor",)
        store.put(observation("new"), LOADED)


def test_a_cursor_that_was_made_up_with_care_finds_nothing_or_is_refused(store: ResourceStore) -> None:
    """Whoever reads the source can make one; it must not break anything."""
    made_up = cursor.encode(0, Position(2**62, 2**63 - 1), "Observation", [])
    assert run(store, f"Observation?cursor={made_up}").rows == []
