"""Named snapshots of a world: taken, listed, restored, forgotten, compared."""

import json
from typing import Any

from mock_athena.errors import ControlError, shortened
from mock_athena.fhir.instants import instant
from mock_athena.web.saved.shelf import NOW, START, checked_name
from mock_athena.web.world import World

_FREE = object()
_DAMAGED = 400


def take(world: World, name: object = _FREE) -> dict[str, Any]:
    """Keep the emulator as it is, under a name or the next that is free; answers the summary.

    Raises:
        ControlError: no snapshot can be called so.
    """
    from mock_athena.web.saved.document import taken

    return put(world, checked_name(_free_name(world) if name is _FREE else name), taken(world))


def bring(world: World, name: str, document: dict[str, Any]) -> dict[str, Any]:
    """Keep a snapshot that was taken elsewhere; answers the summary.

    Raises:
        ControlError: it is none, or none of this emulator.
    """
    from mock_athena.web.saved.document import read

    read(world, document)
    return put(world, checked_name(name), document)


def put(world: World, name: str, document: dict[str, Any]) -> dict[str, Any]:
    """Keep a document; answers the summary."""
    world.shelf.put(name, json.dumps(document))
    return summary(name, document)


def restored(world: World, name: str) -> dict[str, Any]:
    """Let the emulator be as it was then; answers the summary.

    Raises:
        ControlError: there is no such snapshot, or none that can be restored here.
    """
    from mock_athena.web.saved.document import read, restore

    document = kept(world, name)
    restore(world, read(world, document))
    return summary(name, document)


def forget(world: World, name: str) -> None:
    """Forget a snapshot.

    Raises:
        ControlError: 404: there is none of that name.
    """
    if not world.shelf.delete(checked_name(name)):
        raise _unknown(world, name)


def compared(world: World, origin: str, before: str, after: str) -> dict[str, Any]:
    """What is other in ``after`` than in ``before``: names, ``now`` or ``start``; for a caller at ``origin``.

    Raises:
        ControlError: there is no such snapshot, or none of this emulator.
    """
    from mock_athena.web.saved.difference import difference

    return difference(world, origin, _document(world, before), _document(world, after))


def summaries(world: World) -> list[dict[str, Any]]:
    """Of every snapshot; of one that is damaged, its ``name`` and what is ``damaged``."""
    return [told for name in world.shelf.names() if (told := _told(world, name))]


def _told(world: World, name: str) -> dict[str, Any] | None:
    try:
        return summary(name, kept(world, name))
    except ControlError as error:
        return {"name": name, "damaged": error.message} if error.status == _DAMAGED else None  # it has just gone


def kept(world: World, name: str) -> dict[str, Any]:
    """A snapshot as it was kept.

    Raises:
        ControlError: 404: there is none of that name. 400: somebody else wrote to its file.
    """
    text = world.shelf.get(checked_name(name))
    if text is None:
        raise _unknown(world, name)
    try:
        document: dict[str, Any] = json.loads(text)
        summary(name, document)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        message = f"snapshot {name} is damaged ({type(error).__name__} {shortened(str(error), 100)}): forget it"
        raise ControlError(message, status=_DAMAGED) from None
    return document


def summary(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """What is told of a snapshot."""
    environments = document["environments"]
    return {
        "name": name,
        "taken": instant(document["taken"] // 1000),
        "instant": instant(document["clock"]["instant"] // 1000),
        "versions": {each: len(environments[each]["changes"]) for each in environments},
        "limits": document["limits"] is not None,
    }


def _document(world: World, name: str) -> dict[str, Any]:
    from mock_athena.web.saved.document import at_start, read, taken

    if name in (NOW, START):
        return json.loads(json.dumps(taken(world) if name == NOW else at_start(world)))  # type: ignore[no-any-return]
    document = kept(world, name)
    read(world, document)
    return document


def _unknown(world: World, name: str) -> ControlError:
    there = ", ".join(world.shelf.names()) or "none yet: POST /_mock/snapshots takes one"
    return ControlError(f"no snapshot {shortened(name, 80)!r}; there is {there}", status=404)


def _free_name(world: World) -> str:
    there = set(world.shelf.names())
    return next(name for n in range(1, len(there) + 2) if (name := f"snapshot-{n}") not in there)
