"""What differs between two snapshots: what a test changed, element by element."""

from collections.abc import Iterator, Mapping
from typing import Any

from mock_athena.fhir import placeholders
from mock_athena.fhir.instants import instant
from mock_athena.store.bodies import decoded
from mock_athena.web.saved.document import Document
from mock_athena.web.world import Environment, World

_ABSENT = None


def difference(world: World, origin: str, before: Document, after: Document) -> dict[str, Any]:
    """What is other in ``after`` than in ``before``, both of this emulator, for a caller who reached us by ``origin``.

    ``resources`` are created, updated or deleted, with each element that differs by its path; of the rest (``state``
    by kind, ``jobs``, ``limits``, ``faults``) it says which were added, changed and removed.
    """
    return {
        "clock": {"from": _clock(before), "to": _clock(after)},
        "resources": [
            change
            for name, environment in world.environments.items()
            for change in _resources(name, environment, origin, before, after)
        ],
        "jobs": _compared(_jobs(before), _jobs(after)),
        "state": _states(before, after),
        "limits": _compared(_limits(before), _limits(after)),
        "faults": _compared(_faults(before), _faults(after)),
    }


def _clock(document: Document) -> str:
    return instant(document["clock"]["instant"] // 1000)


def _resources(
    name: str, environment: Environment, origin: str, before: Document, after: Document
) -> Iterator[dict[str, Any]]:
    bodies = [_latest(document["environments"][name]["changes"]) for document in (before, after)]
    original = environment.store.original()
    bases = environment.fhir_base(origin), environment.documents_base(origin)
    for type, id in sorted(bodies[0].keys() | bodies[1].keys()):
        begun = original.read(type, id)
        at_first = begun.body if begun and not begun.deleted else b""
        one, other = (placeholders.filled(each.get((type, id), at_first), *bases) for each in bodies)
        if one == other:
            continue
        what = "created" if not one else "updated" if other else "deleted"
        told: dict[str, Any] = {"environment": name, "type": type, "id": id, "change": what}
        if what == "updated":
            told["elements"] = list(_elements("", decoded(one), decoded(other)))
        yield told


def _latest(changes: list[list[Any]]) -> dict[tuple[str, str], bytes]:
    """The body of each resource that was written, as it was last; empty where it was deleted."""
    return {(type, id): body.encode() for _, _, type, id, body in changes}


def _elements(path: str, one: Any, other: Any) -> Iterator[dict[str, Any]]:
    """The elements that differ, by paths such as ``name[0].family``."""
    if one == other:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for name in [*one, *(name for name in other if name not in one)]:
            yield from _elements(f"{path}.{name}" if path else name, one.get(name, _ABSENT), other.get(name, _ABSENT))
    elif isinstance(one, list) and isinstance(other, list):
        for place in range(max(len(one), len(other))):
            before, after = (each[place] if place < len(each) else _ABSENT for each in (one, other))
            yield from _elements(f"{path}[{place}]", before, after)
    else:
        yield {"path": path, "from": one, "to": other}


def _jobs(document: Document) -> dict[str, Any]:
    return {
        id: value
        for environment in document["environments"].values()
        for kind, id, value in environment["jobs"]
        if kind == "export-job"
    }


def _states(before: Document, after: Document) -> dict[str, Any]:
    kinds: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for place, document in enumerate((before, after)):
        for kind, id, value, _ in document["state"]:
            kinds.setdefault(kind, ({}, {}))[place][id] = value
    compared = {kind: _compared(*both) for kind, both in sorted(kinds.items())}
    return {kind: told for kind, told in compared.items() if any(told.values())}


def _limits(document: Document) -> dict[str, Any]:
    return {" ".join(key): list(words) for key, words in document["limits"] or ()}


def _faults(document: Document) -> dict[str, Any]:
    return {f"{each.get('number', n)} {each['rule']['kind']}": each for n, each in enumerate(document["faults"], 1)}


def _compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        "added": [name for name in after if name not in before],
        "changed": [name for name in after if name in before and before[name] != after[name]],
        "removed": [name for name in before if name not in after],
    }
