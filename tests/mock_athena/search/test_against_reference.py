"""Searches on random small data find what a naive reading of R4 finds, page by page.

The reference below is written from https://hl7.org/fhir/R4/search.html alone: it knows no index, no registry and
nothing of the code that it judges; instants are compared as :class:`datetime.datetime`.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mock_athena.search.conftest import LOADED, pages
from tests.stores import new_store

Json = dict[str, Any]
Range = tuple[datetime, datetime]
Test = Callable[[Json], bool]

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
DATES = [
    "2023",
    "2024",
    "2024-01",
    "2024-02",
    "2024-01-31",
    "2024-02-01",
    "2024-02-01T00:00:00Z",
    "2024-01-31T20:00:00-05:00",
]
PREFIXES = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"]
SYSTEMS, CODES, PEOPLE = ["", "s", "t"], ["1", "2"], ["p", "q"]
NAMES = ["Ann", "Änne", "anna", "Bo"]


def span(text: str) -> Range:
    """From the first instant that a date may mean to the first that it cannot."""
    if "T" in text:
        start = datetime.fromisoformat(text)
        return start, start + timedelta(seconds=1)
    parts = [int(part) for part in text.split("-")]
    year, month, day = [*parts, 1, 1][:3]
    start = datetime(year, month, day, tzinfo=UTC)
    if len(parts) == 3:
        return start, start + timedelta(days=1)
    months = start.month + (1 if len(parts) == 2 else 12)
    return start, start.replace(year=start.year + (months - 1) // 12, month=(months - 1) % 12 + 1)


def covers(outer: Range, inner: Range) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def compares(prefix: str, target: Range, search: Range) -> bool:
    above, below, inside = target[1] > search[1], target[0] < search[0], covers(search, target)
    return {
        "": inside, "eq": inside, "ne": not inside, "gt": above, "lt": below, "ge": above or inside,
        "le": below or inside, "sa": target[0] >= search[1], "eb": target[1] <= search[0],
    }[prefix]  # fmt: skip


def dated(resource: Json) -> Range | None:
    period = resource.get("effectivePeriod", resource.get("period"))
    if period is not None:
        start, end = period.get("start"), period.get("end")
        return span(start)[0] if start else FIRST, span(end)[1] if end else LAST
    text = resource.get("effectiveDateTime", resource.get("birthDate"))
    return span(text) if text else None


def codings(element: Any) -> list[tuple[str, str]]:
    if isinstance(element, str):
        return [("", element)]
    concepts = element if isinstance(element, list) else [element] if element else []
    return [(coding.get("system", ""), coding["code"]) for concept in concepts for coding in concept["coding"]]


def plain(text: str) -> str:
    return text.lower().replace("ä", "a")


tokens = st.one_of(
    st.builds(lambda code: (code, None, code), st.sampled_from(CODES)),
    st.builds(
        lambda system, code: (f"{system}|{code}", system, code), st.sampled_from(SYSTEMS), st.sampled_from(CODES)
    ),
    st.builds(lambda system: (f"{system}|", system, None), st.sampled_from(["s", "t"])),
)


def by_token(name: str, asked: list[tuple[str, str | None, str | None]]) -> tuple[str, Test]:
    def test(resource: Json) -> bool:
        return any(
            (system is None or system == has) and (code is None or code == value)
            for has, value in codings(resource.get(name))
            for _, system, code in asked
        )

    return f"{name}={','.join(text for text, _, _ in asked)}", test


def by_date(name: str, prefix: str, asked: list[str]) -> tuple[str, Test]:
    def test(resource: Json) -> bool:
        range = dated(resource)
        return range is not None and any(compares(prefix, range, span(text)) for text in asked)

    return f"{name}={','.join(prefix + text for text in asked)}", test


def by_patient(form: str, asked: list[str]) -> tuple[str, Test]:
    expected = {f"Patient/{who}" for who in asked}
    return (
        f"patient={','.join(form + who for who in asked)}",
        lambda resource: resource["subject"]["reference"] in expected,
    )


def by_family(modifier: str, asked: list[str]) -> tuple[str, Test]:
    ways: dict[str, Callable[[str, str], bool]] = {
        "": lambda has, text: plain(has).startswith(plain(text)),
        ":contains": lambda has, text: plain(text) in plain(has),
        ":exact": lambda has, text: has == text,
    }

    def test(resource: Json) -> bool:
        return any(ways[modifier](name["family"], text) for name in resource.get("name", []) for text in asked)

    return f"family{modifier}={','.join(asked)}", test


def by_id(asked: list[int]) -> tuple[str, Test]:
    ids = [f"r-{n}" for n in asked]
    return f"_id={','.join(ids)}", lambda resource: resource["id"] in ids


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2)


token_lists = st.lists(tokens, min_size=1, max_size=2)
status = st.builds(
    by_token, st.just("status"), st.lists(st.sampled_from([("1", None, "1"), ("2", None, "2")]), min_size=1)
)
patients = st.builds(by_patient, st.sampled_from(["", "Patient/"]), some(PEOPLE))
date = st.builds(by_date, st.just("date"), st.sampled_from(PREFIXES), some(DATES))
ids = st.builds(by_id, st.lists(st.integers(0, 9), min_size=1, max_size=4))
criteria = {
    "Observation": st.one_of(
        patients, date, ids, status, *(st.builds(by_token, st.just(name), token_lists) for name in ("code", "category"))
    ),
    "Encounter": st.one_of(patients, date, ids, status, st.builds(by_token, st.just("type"), token_lists)),
    "Patient": st.one_of(
        ids,
        st.builds(by_date, st.just("birthdate"), st.sampled_from(PREFIXES), some(DATES)),
        st.builds(by_family, st.sampled_from(["", ":contains", ":exact"]), some([*NAMES, "n", "a"])),
    ),
}

coding = st.builds(
    lambda system, code: {"system": system, "code": code} if system else {"code": code},
    st.sampled_from(SYSTEMS),
    st.sampled_from(CODES),
)
concept = st.builds(lambda codings: {"coding": codings}, st.lists(coding, min_size=1, max_size=2))
period = st.fixed_dictionaries({}, optional={"start": st.sampled_from(DATES[:4]), "end": st.sampled_from(DATES[3:])})
subject = st.builds(lambda who: {"reference": f"Patient/{who}"}, st.sampled_from(PEOPLE))
EFFECTIVE: list[dict[str, st.SearchStrategy[Any]]] = [
    {},
    {"effectiveDateTime": st.sampled_from(DATES)},
    {"effectivePeriod": period},
]


def _observations(when: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {"status": st.sampled_from(CODES), "subject": subject, "code": concept, **when},
        optional={"category": st.lists(concept, min_size=1, max_size=2)},
    )


contents: dict[str, st.SearchStrategy[Json]] = {
    "Observation": st.one_of([_observations(when) for when in EFFECTIVE]),
    "Encounter": st.fixed_dictionaries(
        {"status": st.sampled_from(CODES), "subject": subject},
        optional={"period": period, "type": st.lists(concept, min_size=1, max_size=2)},
    ),
    "Patient": st.fixed_dictionaries(
        {},
        optional={
            "birthDate": st.sampled_from(DATES[:6]),
            "name": st.lists(
                st.builds(lambda family: {"family": family}, st.sampled_from(NAMES)), min_size=1, max_size=2
            ),
        },
    ),
}
worlds = st.sampled_from(list(contents)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.lists(contents[name], max_size=10),
        st.lists(st.lists(criteria[name], max_size=3), min_size=8, max_size=8),
    )
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds, st.integers(1, 4))
def test_a_search_finds_what_the_specification_says(
    world: tuple[str, list[Json], list[list[tuple[str, Test]]]], count: int
) -> None:
    type, given, searches = world
    resources = [{"resourceType": type, "id": f"r-{n}", **content} for n, content in enumerate(given)]
    store = new_store()
    try:
        store.load(resources, LOADED)
        for search in searches:
            expected = sorted(r["id"] for r in resources if all(test(r) for _, test in search))
            text = f"{type}?{'&'.join(text for text, _ in search)}"
            walked = list(pages(store, text, count))
            rows = [row for page in walked for row in page.rows]
            assert sorted(row.id for row in rows) == expected, text
            assert {page.total for page in walked} == {len(expected)}, text
            assert [row.date for row in rows] == sorted((row.date for row in rows), reverse=True), text
            assert all(json.loads(row.body)["id"] == row.id for row in rows)
    finally:
        store.close()
