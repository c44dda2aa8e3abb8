"""Searches on random small worlds of linked resources find what a naive reading of R4 finds, in the order asked for.

Quantities, strings, references, ``:missing``, ``:not``, ``:text``, composites, chains, ``_has``, ``_sort`` and
includes, paged while others write and delete. The reading is :mod:`tests.naive`, which knows nothing of ours.
"""

import itertools
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_athena.search import Page
from mock_athena.store import ResourceStore
from tests import naive
from tests.mock_athena.search.conftest import LOADED, run
from tests.stores import new_store

Json = dict[str, Any]


class World(NamedTuple):
    """All resources, by ``Type/id``."""

    resources: dict[str, Json]

    def of(self, type: str) -> list[Json]:
        return [each for each in self.resources.values() if each["resourceType"] == type]

    def at(self, resource: Json, path: str) -> list[Json]:
        """The resources to which one points, each once."""
        texts = dict.fromkeys(value.get("reference", "") for value in naive.values(resource, path))
        return [self.resources[text] for text in texts if text in self.resources]


Test = Callable[[Json, World], bool]
Asked = tuple[str, Test]

CODES, SYSTEMS = ["1", "2", "Three"], ["s", "t"]
DATES = ["2023", "2024", "2024-01", "2024-02", "2024-01-31", "2024-02-01", "2024-01-31T20:00:00-05:00"]
NUMBERS = [-1, 0, 0.5, 1, 1.04, 1.05, 1.1, 1.10, 5, 5.4, 100]
ASKED_NUMBERS = ["-1", "0", "1", "1.0", "1.1", "1.05", "5", "5.4", "100", "100.00"]
PREFIXES = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"]
TEXTS = ["Ann", "Änne", "anna bo", "Bo", "bob"]
ASKED_TEXTS = ["a", "an", "ANN", "änne", "b", "bo", "nn", "Anna Bo"]


def some(values: Iterable[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(list(values)), min_size=1, max_size=most)


# Resources

codings = st.fixed_dictionaries(
    {"code": st.sampled_from(CODES)}, optional={"system": st.sampled_from(SYSTEMS), "display": st.sampled_from(TEXTS)}
)
concepts = st.fixed_dictionaries(
    {"coding": st.lists(codings, min_size=1, max_size=2)}, optional={"text": st.sampled_from(TEXTS)}
)
quantities = st.fixed_dictionaries(
    {"value": st.sampled_from(NUMBERS)},
    optional={"system": st.just("ucum"), "code": st.sampled_from(["mg", "kg"]), "unit": st.sampled_from(["mg", "g"])},
)
periods = st.fixed_dictionaries({}, optional={"start": st.sampled_from(DATES[:4]), "end": st.sampled_from(DATES[3:])})


def to(*texts: str) -> st.SearchStrategy[Json]:
    return st.sampled_from(texts).map(lambda text: {"reference": text})


PATIENTS, ENCOUNTERS, OBSERVATIONS = (
    [f"{name}/{name[0].lower()}{n}" for n in range(4)] for name in ("Patient", "Encounter", "Observation")
)
PERFORMERS = ["Practitioner/d0", "Practitioner/d1", *PATIENTS, "http://x.example/Patient/p0"]
patients = st.fixed_dictionaries(
    {},
    optional={
        "name": st.lists(st.sampled_from(TEXTS).map(lambda text: {"family": text}), min_size=1, max_size=2),
        "birthDate": st.sampled_from(DATES[:6]),
        "gender": st.sampled_from(["male", "female"]),
        "generalPractitioner": st.lists(to("Practitioner/d0", "Practitioner/d1"), min_size=1, max_size=2),
    },
)
encounters = st.fixed_dictionaries(
    {"status": st.sampled_from(["planned", "finished"])},
    optional={"subject": to(*PATIENTS), "period": periods, "partOf": to(*ENCOUNTERS)},
)
components = st.fixed_dictionaries({"code": concepts}, optional={"valueQuantity": quantities})
observations = st.fixed_dictionaries(
    {"status": st.sampled_from(["final", "amended"]), "code": concepts},
    optional={
        "subject": to(*PATIENTS, "Group/g"),
        "encounter": to(*ENCOUNTERS),
        "performer": st.lists(to(*PERFORMERS), max_size=2),
        "hasMember": st.lists(to(*OBSERVATIONS), max_size=2),
        "effectiveDateTime": st.sampled_from(DATES),
        "valueQuantity": quantities,
        "valueString": st.sampled_from(TEXTS),
        "method": concepts,
        "component": st.lists(components, max_size=2),
    },
)
provenances = st.fixed_dictionaries({"target": st.lists(to(*OBSERVATIONS, *ENCOUNTERS), min_size=1, max_size=2)})


def numbered(type: str, contents: list[Json], letter: str) -> dict[str, Json]:
    return {
        f"{type}/{letter}{n}": {"resourceType": type, "id": f"{letter}{n}", **content}
        for n, content in enumerate(contents)
    }


worlds = st.builds(
    lambda p, d, e, o, v: World(
        numbered("Patient", p, "p")
        | numbered("Practitioner", d, "d")
        | numbered("Encounter", e, "e")
        | numbered("Observation", o, "o")
        | numbered("Provenance", v, "v")
    ),
    st.lists(patients, max_size=3),
    st.lists(patients.map(lambda p: {"name": p["name"]} if "name" in p else {}), max_size=2),
    st.lists(encounters, max_size=3),
    st.lists(observations, min_size=1, max_size=8),
    st.lists(provenances, max_size=3),
)


# Searches


def any_of(path: str, matches: Callable[[Json, str], bool], asked: list[str]) -> Test:
    return lambda resource, _: any(matches(value, text) for value in naive.values(resource, path) for text in asked)


def by(name: str, path: str, matches: Callable[[Json, str], bool], texts: list[str]) -> st.SearchStrategy[Asked]:
    return some(texts).map(lambda asked: (f"{name}={','.join(asked)}", any_of(path, matches, asked)))


def missing(name: str, path: str) -> st.SearchStrategy[Asked]:
    def of(wanted: bool) -> Asked:
        return f"{name}:missing={str(wanted).lower()}", lambda resource, _: (not naive.values(resource, path)) == wanted

    return st.booleans().map(of)


def absent(name: str, path: str, texts: list[str]) -> st.SearchStrategy[Asked]:
    def of(asked: list[str]) -> Asked:
        has = any_of(path, naive.is_token, asked)
        return f"{name}:not={','.join(asked)}", lambda resource, world: not has(resource, world)

    return some(texts).map(of)


def called(name: str, path: str) -> st.SearchStrategy[Asked]:
    def names(value: Json) -> list[str]:
        return [
            text
            for each in (value, *value.get("coding", ()))
            for text in (each.get("text"), each.get("display"))
            if text
        ]

    def of(asked: list[str]) -> Asked:
        return f"{name}:text={','.join(asked)}", lambda resource, _: any(
            naive.is_text(text, one) for value in naive.values(resource, path) for text in names(value) for one in asked
        )

    return some(ASKED_TEXTS).map(of)


def texts_in(name: str, path: str) -> st.SearchStrategy[Asked]:
    def of(modifier: str, asked: list[str]) -> Asked:
        return f"{name}{':' if modifier else ''}{modifier}={','.join(asked)}", any_of(
            path, lambda value, text: naive.is_text(value, text, modifier), asked
        )

    return st.builds(of, st.sampled_from(["", "contains", "exact"]), some(ASKED_TEXTS + TEXTS))


def paired(name: str, element: str) -> st.SearchStrategy[Asked]:
    """``code$quantity`` of the resource, or of each of its components."""

    def of(code: str, quantity: str) -> Asked:
        def test(resource: Json, _: World) -> bool:
            return any(
                any(naive.is_token(value, code) for value in naive.values(each, "code"))
                and any(naive.is_quantity(value, quantity) for value in naive.values(each, "valueQuantity"))
                for each in (naive.values(resource, element) if element else [resource])
            )

        return f"{name}={code}${quantity}", test

    return st.builds(of, st.sampled_from(TOKENS), st.sampled_from(QUANTITIES))


def chained(name: str, path: str, inner: st.SearchStrategy[Asked], only: str = "") -> st.SearchStrategy[Asked]:
    def of(asked: Asked) -> Asked:
        text, test = asked

        def outer(resource: Json, world: World) -> bool:
            return any(
                test(each, world)
                for each in world.at(resource, path)
                if each["resourceType"] in (only or each["resourceType"])
            )

        return f"{name}.{text}", outer

    return inner.map(of)


def pointed_to(type: str, name: str, path: str, inner: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    def of(asked: Asked) -> Asked:
        text, test = asked

        def outer(resource: Json, world: World) -> bool:
            return any(test(each, world) and resource in world.at(each, path) for each in world.of(type))

        return f"_has:{type}:{name}:{text}", outer

    return inner.map(of)


TOKENS = [*CODES, "three", *(f"{system}|{code}" for system in SYSTEMS for code in CODES), "s|", "|1"]
QUANTITIES = [prefix + number for prefix in PREFIXES for number in ASKED_NUMBERS] + ["1||mg", "ge0|ucum|mg", "lt5||g"]
TIMES = [prefix + date for prefix in PREFIXES for date in DATES]
STATUSES = ["final", "amended", "FINAL", "planned", "finished"]
REFERENCES = [*PATIENTS, "p0", "Group/g", "Practitioner/d0", "d1", "http://x.example/Patient/p0"]

patient_searches = st.one_of(
    texts_in("family", "name.family"),
    texts_in("name", "name"),
    by("gender", "gender", naive.is_token, ["male", "female", "MALE"]),
    by("birthdate", "birthDate", naive.is_in_time, TIMES),
    missing("birthdate", "birthDate"),
    missing("general-practitioner", "generalPractitioner"),
    absent("gender", "gender", ["male", "female"]),
    by("general-practitioner", "generalPractitioner", naive.points_to, ["Practitioner/d0", "d1"]),
)
encounter_searches = st.one_of(
    by("status", "status", naive.is_token, STATUSES),
    by("date", "period", naive.is_in_time, TIMES),
    missing("date", "period"),
    chained("patient", "subject", patient_searches),
    by("part-of", "partOf", naive.points_to, [*ENCOUNTERS, "e1"]),
)
observation_searches = [
    by("code", "code", naive.is_token, TOKENS),
    absent("code", "code", TOKENS),
    called("code", "code"),
    by("method", "method", naive.is_token, TOKENS),
    missing("method", "method"),
    absent("method", "method", TOKENS),
    by("status", "status", naive.is_token, STATUSES),
    absent("status", "status", STATUSES),
    by("date", "effectiveDateTime", naive.is_in_time, TIMES),
    missing("date", "effectiveDateTime"),
    by("value-quantity", "valueQuantity", naive.is_quantity, QUANTITIES),
    by("component-value-quantity", "component.valueQuantity", naive.is_quantity, QUANTITIES),
    missing("value-quantity", "valueQuantity"),
    texts_in("value-string", "valueString"),
    by("subject", "subject", naive.points_to, REFERENCES[:6]),
    by("performer", "performer", naive.points_to, REFERENCES),
    by("has-member", "hasMember", naive.points_to, [*OBSERVATIONS, "o1"]),
    missing("encounter", "encounter"),
    paired("code-value-quantity", ""),
    paired("component-code-value-quantity", "component"),
    chained("patient", "subject", patient_searches, "Patient"),
    chained("subject:Patient", "subject", patient_searches, "Patient"),
    chained("encounter", "encounter", encounter_searches),
    chained("has-member", "hasMember", by("code", "code", naive.is_token, TOKENS)),
]
any_observation = st.one_of(observation_searches)
patient_by_links = [
    pointed_to("Observation", "patient", "subject", any_observation),
    pointed_to("Observation", "performer", "performer", any_observation),
    pointed_to("Encounter", "subject", "subject", encounter_searches),
]
encounter_by_links = pointed_to("Observation", "encounter", "encounter", any_observation)
QUANTITIES_ONLY, LINKS_ONLY = observation_searches[10:13] + observation_searches[18:20], observation_searches[20:]
FAMILIES: dict[str, st.SearchStrategy[tuple[str, list[Asked]]]] = {
    name: st.tuples(st.just(type), st.lists(st.one_of(criteria), max_size=most))
    for name, type, criteria, most in (
        ("anything", "Observation", observation_searches, 3),
        ("quantities", "Observation", QUANTITIES_ONLY, 1),
        ("chains", "Observation", LINKS_ONLY, 1),
        ("patients", "Patient", [patient_searches, *patient_by_links], 2),
        ("encounters", "Encounter", [encounter_searches, encounter_by_links], 2),
        ("everything", "Observation", [observation_searches[17]], 0),
    )
}

KEYS: dict[str, tuple[str, Callable[[Json], list[Any]]]] = {
    "_id": ("id", lambda value: [value]),
    "code": ("code", lambda value: [code for _, code in naive.tokens(value)]),
    "status": ("status", lambda value: [value]),
    "method": ("method", lambda value: [code for _, code in naive.tokens(value)]),
    "date": ("effectiveDateTime", lambda value: [naive.when(value)[0]]),
    "value-quantity": ("valueQuantity", lambda value: [value["value"]]),
    "value-string": ("valueString", lambda value: [naive.plain(str(value))]),
}
INCLUDES = {
    "_include=Observation:encounter": ("Observation", "encounter", ""),
    "_include=Observation:performer": ("Observation", "performer", ""),
    "_include=Observation:performer:Patient": ("Observation", "performer", "Patient"),
    "_include=Observation:has-member": ("Observation", "hasMember", ""),
    "_include=Encounter:patient": ("Encounter", "subject", "Patient"),
    "_revinclude=Provenance:target": ("Provenance", "target", ""),
    "_revinclude=Observation:encounter": ("Observation", "encounter", ""),
    "_revinclude=Observation:has-member": ("Observation", "hasMember", ""),
}
keys = st.lists(st.tuples(st.sampled_from(["", "-"]), st.sampled_from(list(KEYS))), min_size=1, max_size=2)


def sorted_values(resource: Json, asked: list[tuple[str, str]]) -> list[Any]:
    """What a resource is sorted by; None where it has no such value."""
    found = []
    for sign, name in asked:
        path, of = KEYS[name]
        values = [each for value in naive.values(resource, path) for each in of(value)]
        found.append((max if sign else min)(values) if values else None)
    return found


def require_order(rows: list[Json], asked: list[tuple[str, str]]) -> None:
    for before, after in itertools.pairwise(rows):
        for (sign, _), first, second in zip(
            asked, sorted_values(before, asked), sorted_values(after, asked), strict=True
        ):
            if first != second:
                assert second is None or (first is not None and (first > second if sign else first < second)), asked
                break


def along(world: World, matches: list[Json], includes: list[str]) -> set[str]:
    """What comes along with the matches of one page, as ``Type/id``."""
    found: set[str] = set()
    for include in includes:
        type, path, target = INCLUDES[include]
        if include.startswith("_include"):
            reached = [each for match in matches if match["resourceType"] == type for each in world.at(match, path)]
            found |= {name(each) for each in reached if each["resourceType"] == (target or each["resourceType"])}
        else:
            found |= {name(each) for each in world.of(type) if any(match in world.at(each, path) for match in matches)}
    return found - {name(match) for match in matches}


def name(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def walked(store: ResourceStore, text: str, disturb: Callable[[int], None]) -> Iterable[Page]:
    page = run(store, text)
    yield page
    for n in range(100):
        if not page.next:
            return
        disturb(n)
        page = run(store, f"{text}&cursor={page.next}")
        yield page
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("family", list(FAMILIES))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds, data=st.data())
def test_a_search_finds_what_the_specification_says(family: str, world: World, data: st.DataObject) -> None:
    ways = st.tuples(
        st.integers(1, 4), st.one_of(st.just([]), keys), st.lists(st.sampled_from(list(INCLUDES)), max_size=2)
    )
    searches = data.draw(st.lists(st.tuples(FAMILIES[family], ways), min_size=8, max_size=8))
    store = new_store()
    try:
        store.load(list(world.resources.values()), LOADED)
        for (type, criteria), (count, order, along_with) in searches:
            order = order if type == "Observation" else []
            _require(store, world, (type, criteria), count, order, along_with)
    finally:
        store.close()


def _require(
    store: ResourceStore,
    world: World,
    search: tuple[str, list[Asked]],
    count: int,
    order: list[tuple[str, str]],
    includes: list[str],
) -> None:
    type, criteria = search
    asked = [text for text, _ in criteria] + includes + [f"_count={count}"]
    asked += [f"_sort={','.join(sign + key for sign, key in order)}"] if order else []
    text = f"{type}?{'&'.join(asked)}"
    expected = {name(each) for each in world.of(type) if all(test(each, world) for _, test in criteria)}
    changed: list[Json] = []

    def disturb(n: int) -> None:
        """Others write while the pages are read: something is changed, something is deleted, something is new."""
        before = store.snapshot().seq
        victims = [each for each in world.of(type) if each not in changed][:2]
        for victim, write in zip(victims, (store.put, None), strict=False):
            changed.append(victim)
            if write:
                write({**victim, "language": "xx"}, LOADED + n)
            else:
                store.delete(type, victim["id"], LOADED + n)
        store.put({**next(iter(world.of(type))), "id": f"new-{n}"}, LOADED + n)
        changed.append({"resourceType": type, "id": f"new-{n}"})
        assert store.snapshot().seq > before

    pages = list(walked(store, text, disturb if world.of(type) else lambda _: None))
    rows = [json.loads(row.body) for page in pages for row in page.rows]
    assert sorted(name(row) for row in rows) == sorted(expected), text
    assert {page.total for page in pages} == {len(expected)}, text
    assert all(len(page.rows) == count for page in pages[:-1]), text
    require_order(rows, order)
    for page in pages:
        matches = [world.resources[f"{type}/{row.id}"] for row in page.rows]
        came = [f"{found.type}/{found.id}" for found in page.along]
        assert len(set(came)) == len(came)
        assert set(came) == along(world, matches, includes), text
    for each in changed:
        if name(each) in world.resources:
            store.put(world.resources[name(each)], LOADED)
        else:
            store.delete(type, each["id"], LOADED)
