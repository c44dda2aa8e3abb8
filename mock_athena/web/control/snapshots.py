"""``/_mock/snapshots`` and ``/_mock/diff``: the emulator as it was, kept, restored and compared."""

from flask import Blueprint, Response, request

from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object, require_only
from mock_athena.web.exchange import current_exchange
from mock_athena.web.saved import kept
from mock_athena.web.saved.shelf import NOW, START
from mock_athena.web.world import World


def add_snapshots(views: Blueprint, world: World) -> None:
    """Take, list, hand out, bring, restore, forget and compare snapshots."""
    _add_kept(views, world)

    @views.post("/snapshots")
    def take() -> Response:
        """Take a snapshot; 201.

        Body, optional: ``{"name": "…"}``; else it gets the next free name. Answers ``name``, ``taken``, ``instant``,
        ``versions``, ``limits``.
        """
        sent = json_object() if request.get_data(cache=True) else {}
        require_only(sent, "name")
        return json_answer(kept.take(world, **sent), 201)

    @views.post("/snapshots/<name>/restore")
    def restored(name: str) -> Response:
        """Let everything be as it was then, or nothing: one that is damaged is refused (400).

        409 if it is of an emulator that began otherwise: other data, ``--profile`` or ``--limits``. The journal begins
        anew.
        """
        return json_answer({"status": "restored", **kept.restored(world, name)})

    @views.get("/diff")
    def differ() -> Response:
        """What changed, element by element.

        Query: ``from`` and ``to``, names of snapshots, ``start`` or ``now``; from the start until now if left out.
        """
        require_only(request.args, "from", "to")
        before, after = request.args.get("from", START), request.args.get("to", NOW)
        told = kept.compared(world, current_exchange().origin, before, after)
        return json_answer({"from": before, "to": after, **told}, pretty=True)


def _add_kept(views: Blueprint, world: World) -> None:
    @views.get("/snapshots")
    def snapshots() -> Response:
        """The snapshots that are kept; of one whose file is ``damaged``, why."""
        return json_answer({"snapshots": kept.summaries(world)}, pretty=True)

    @views.get("/snapshots/<name>")
    def snapshot(name: str) -> Response:
        """The whole snapshot as JSON, to be brought to another emulator."""
        return json_answer(kept.kept(world, name))

    @views.put("/snapshots/<name>")
    def bring(name: str) -> Response:
        """Bring a snapshot that another emulator gave; 201.

        Body: what ``GET`` answered.
        """
        return json_answer(kept.bring(world, name, json_object()), 201)

    @views.delete("/snapshots/<name>")
    def forget(name: str) -> Response:
        """Forget a snapshot; 204."""
        kept.forget(world, name)
        return Response(status=204)
