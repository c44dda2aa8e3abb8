"""Every element that US Core says a server must support is somewhere in the data that are served by default.

All of them apply, those for certified systems alone included: there is no list of exceptions.
https://hl7.org/fhir/us/core/STU6.1/must-support.html, https://hl7.org/fhir/us/core/STU3.1.1/general-guidance.html
"""

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from mock_athena.environments import PRODUCTION, SANDBOX
from mock_athena.population import population

Facts = dict[str, Any]
Resource = dict[str, Any]

PROFILES: dict[str, dict[str, Facts]] = {
    version: profiles
    for version, profiles in json.loads((Path(__file__).parent / "us_core_must_support.json").read_text()).items()
    if version != "source"
}
PATIENTS = 25
CASES = [(version, name) for version, profiles in PROFILES.items() for name in profiles]


@cache
def served() -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for practice in (PRODUCTION.practice, SANDBOX.practice):
        for made in population(1, practice, PATIENTS):
            found.setdefault(made["resourceType"], []).append(made)
    return found


def codings(value: Any) -> set[str]:
    concepts = value if isinstance(value, list) else [value] if value else []
    return {coding.get("code", "") for concept in concepts for coding in concept.get("coding", [])}


@cache
def of_profile(version: str, name: str) -> list[Resource]:
    """The resources that are to be measured against a profile: by code, then by category."""
    facts = PROFILES[version][name]
    found = served().get(facts["type"], [])
    if "codes" in facts:
        found = [made for made in found if codings(made.get("code")) & set(facts["codes"])]
    if "categories" in facts:
        found = [made for made in found if codings(made.get("category")) & set(facts["categories"])]
    return found


def steps(value: Any, path: str) -> Iterator[Any]:
    """What stands at a path without slices."""
    if not path:
        yield from value if isinstance(value, list) else [value]
        return
    for one in value if isinstance(value, list) else [value]:
        name, _, rest = path.partition(".")
        for key in keys(one, name):
            yield from steps(one[key], rest)


def keys(one: Any, name: str) -> list[str]:
    if not isinstance(one, dict):
        return []
    if not name.endswith("[x]"):
        return [name] if name in one else []
    stem = name.removesuffix("[x]")
    return [key for key in one if key.startswith(stem) and key[len(stem) :][:1].isupper()]


def belongs(item: Any, piece: Facts) -> bool:
    """Whether an item is of a slice."""
    if piece["by"] == "value":
        return all(wanted["value"] in list(steps(item, wanted["path"])) for wanted in piece["values"])
    there = list(steps(item, piece.get("at", "")))
    if piece["by"] == "requiredBinding":
        pairs = {(one["system"], one["code"]) for one in piece["values"]}
        return any((c.get("system"), c.get("code")) in pairs for one in there for c in one.get("coding", [one]))
    if piece["by"] == "patternCodeableConcept":
        return any(matches(coding, piece) for one in there for coding in one.get("coding", []))
    return any(matches(one, piece) for one in there)


def matches(one: Any, piece: Facts) -> bool:
    return all(one.get(key) == piece[key] for key in ("system", "code") if key in piece)


def sliced(made: Resource, path: str, name: str, facts: Facts) -> list[Any]:
    """The items of a slice."""
    piece = next((one for one in facts.get("slices", []) if (one["path"], one["name"]) == (path, name)), None)
    if piece is None or piece["by"] == "type":
        kind = piece["code"] if piece else name.removeprefix("value")
        stem, _, last = path.removesuffix("[x]").rpartition(".")
        last = last if last.endswith(kind) else last + kind
        return list(steps(made, f"{stem}.{last}".removeprefix(".")))
    return [item for item in steps(made, path) if belongs(item, piece)]


def at(made: Resource, path: str, facts: Facts) -> list[Any]:
    """What stands at a path such as ``component:FlowRate.valueQuantity.code``."""
    if ":" not in path:
        return list(steps(made, path))
    head, _, tail = path.partition(":")
    name, _, rest = tail.partition(".")
    return [value for item in sliced(made, head, name, facts) for value in steps(item, rest)]


def extended(made: Resource, path: str, url: str) -> bool:
    """Whether an extension is there; that of a primitive stands beside it, under its name with a ``_``."""
    outer, _, last = path.rpartition(".")
    paths = (path, f"_{outer}.{last}") if outer else (path,)
    return any(one["url"] == url for each in paths for one in steps(made, each))


def wanted(facts: Facts) -> Iterator[tuple[str, Callable[[Resource], bool]]]:
    """What a profile asks for, in words, and whether a resource has it."""
    choices = facts.get("choices", [])
    alternatives = {path for group in choices for path in group}
    for what in facts["elements"]:
        path, _, fixed = what.partition("=")
        if path not in alternatives:
            yield what, partial(stands, facts=facts, paths=[path], fixed=fixed)
    for group in choices:
        yield " or ".join(group), partial(stands, facts=facts, paths=group, fixed="")
    for piece in facts.get("slices", []):
        yield f"{piece['path']}:{piece['name']}", partial(in_slice, facts=facts, piece=piece)
    for path, url in facts.get("extensions", []):
        yield url, partial(extended, path=path, url=url)


def stands(made: Resource, facts: Facts, paths: list[str], fixed: str) -> bool:
    values = (value for path in paths for value in at(made, path, facts))
    return any(value == fixed if fixed else value not in (None, "", [], {}) for value in values)


def in_slice(made: Resource, facts: Facts, piece: Facts) -> bool:
    return bool(sliced(made, piece["path"], piece["name"], facts))


@pytest.mark.parametrize(("version", "name"), CASES, ids=["{}-{}".format(*case) for case in CASES])
def test_what_must_be_supported_is_there(version: str, name: str) -> None:
    made = of_profile(version, name)
    assert made
    assert [what for what, there in wanted(PROFILES[version][name]) if not any(map(there, made))] == []


def test_what_is_not_there_is_missed() -> None:
    facts = PROFILES["6.1.0"]["us_core_pulse_oximetry"]
    bare = {"resourceType": "Observation", "status": "final", "code": {"coding": [{"code": "59408-5"}]}}
    missed = [what for what, there in wanted(facts) if not there(bare)]
    assert "status" not in missed
    assert {"component:FlowRate.valueQuantity.code=L/min", "component:Concentration", "subject"} <= set(missed)


def test_every_observation_profile_of_us_core_6_is_claimed_by_an_observation() -> None:
    wanted = {facts["url"] for facts in PROFILES["6.1.0"].values() if facts["type"] == "Observation"}
    claimed = {profile for made in served()["Observation"] for profile in made["meta"].get("profile", [])}
    assert len(wanted) >= 20
    assert wanted <= claimed
