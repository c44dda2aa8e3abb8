"""``/_mock/snapshots`` and ``/_mock/diff``: the emulator as it was, kept, restored and compared."""

import json
from typing import Any

from flask import Blueprint, Response, request

from mock_athena.errors import ControlError, shortened
from mock_athena.fhir.instants import instant
from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object, require_only
from mock_athena.web.exchange import current_exchange
from mock_athena.web.saved.shelf import NOW, START, checked_name
from mock_athena.web.world import World


def add_snapshots(views: Blueprint, world: World) -> None:
    """Take, list, hand out, bring, restore, forget and compare snapshots."""
    _add_kept(views, world)
    _add_comparison(views, world)

    @views.post("/snapshots")
    def take() -> Response:
        """Take a snapshot; 201.

        Body, optional: ``{"name": "…"}``; else it gets the next free name. Answers ``name``, ``taken``, ``instant``,
        ``versions``, ``limits``.
        """
        from mock_athena.web.saved.document import taken

        sent = json_object() if request.get_data(cache=True) else {}
        require_only(sent, "name")
        return _put(world, checked_name(sent.get("name", _free_name(world))), taken(world))

    @views.post("/snapshots/<name>/restore")
    def restored(name: str) -> Response:
        """Let everything be as it was then, or nothing: one that is damaged is refused (400).

        409 if it is of an emulator that began otherwise: other data, ``--profile`` or ``--limits``. The journal begins
        anew.
        """
        from mock_athena.web.saved.document import read, restore

        document = _kept(world, name)
        restore(world, read(world, document))
        return json_answer({"status": "restored", **_summary(name, document)})


def _add_kept(views: Blueprint, world: World) -> None:
    @views.get("/snapshots")
    def snapshots() -> Response:
        """The snapshots that are kept."""
        listed = [_summary(name, _kept(world, name)) for name in world.shelf.names()]
        return json_answer({"snapshots": listed}, pretty=True)

    @views.get("/snapshots/<name>")
    def snapshot(name: str) -> Response:
        """The whole snapshot as JSON, to be brought to another emulator."""
        return json_answer(_kept(world, name))

    @views.put("/snapshots/<name>")
    def bring(name: str) -> Response:
        """Bring a snapshot that another emulator gave; 201.

        Body: what ``GET`` answered.
        """
        from mock_athena.web.saved.document import read

        document = json_object()
        read(world, document)
        return _put(world, checked_name(name), document)

    @views.delete("/snapshots/<name>")
    def forget(name: str) -> Response:
        """Forget a snapshot; 204."""
        if not world.shelf.delete(checked_name(name)):
            raise _unknown(world, name)
        return Response(status=204)


def _add_comparison(views: Blueprint, world: World) -> None:
    @views.get("/diff")
    def differ() -> Response:
        """What changed, element by element.

        Query: ``from`` and ``to``, names of snapshots, ``start`` or ``now``; from the start until now if left out.
        """
        from mock_athena.web.saved.difference import difference

        require_only(request.args, "from", "to")
        before, after = request.args.get("from", START), request.args.get("to", NOW)
        told = difference(world, current_exchange().origin, _document(world, before), _document(world, after))
        return json_answer({"from": before, "to": after, **told}, pretty=True)


def _document(world: World, name: str) -> dict[str, Any]:
    from mock_athena.web.saved.document import at_start, read, taken

    if name in (NOW, START):
        return json.loads(json.dumps(taken(world) if name == NOW else at_start(world)))  # type: ignore[no-any-return]
    document = _kept(world, name)
    read(world, document)
    return document


def _kept(world: World, name: str) -> dict[str, Any]:
    text = world.shelf.get(checked_name(name))
    if text is None:
        raise _unknown(world, name)
    return json.loads(text)  # type: ignore[no-any-return]


def _unknown(world: World, name: str) -> ControlError:
    there = ", ".join(world.shelf.names()) or "none yet: POST /_mock/snapshots takes one"
    return ControlError(f"no snapshot {shortened(name, 80)!r}; there is {there}", status=404)


def _put(world: World, name: str, document: dict[str, Any]) -> Response:
    world.shelf.put(name, json.dumps(document))
    return json_answer(_summary(name, document), 201)


def _free_name(world: World) -> str:
    there = set(world.shelf.names())
    return next(name for n in range(1, len(there) + 2) if (name := f"snapshot-{n}") not in there)


def _summary(name: str, document: dict[str, Any]) -> dict[str, Any]:
    environments = document["environments"]
    return {
        "name": name,
        "taken": instant(document["taken"] // 1000),
        "instant": instant(document["clock"]["instant"] // 1000),
        "versions": {each: len(environments[each]["changes"]) for each in environments},
        "limits": document["limits"] is not None,
    }
