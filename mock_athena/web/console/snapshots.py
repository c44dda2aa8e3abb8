"""Snapshots: keep the emulator as it is, go back, see what differs; and the reset."""

import json
from collections.abc import Mapping

from flask import Response, request

from mock_athena.auth.form import Parameters
from mock_athena.web.console.console import Action, Console
from mock_athena.web.portal.portal import sent_query
from mock_athena.web.portal.rendering import HEADERS
from mock_athena.web.saved import kept
from mock_athena.web.saved.shelf import NOW, START

PATH = "/console/snapshots"
_MOST = 200
_LONGEST = 400  # characters of a value


def snapshots(console: Console, rest: str) -> Response:
    """All of them, and what differs between two; a file of one; a POST takes, restores, forgets or resets."""
    if request.method == "POST":
        return console.act(_ACTIONS)
    world = console.world
    if rest:
        told = json.dumps(kept.kept(world, rest))
        name = {"Content-Disposition": f'attachment; filename="{rest}.snapshot.json"'}
        return Response(told, headers={**HEADERS, **name}, mimetype="application/json")
    asked = sent_query()
    before, after = asked.get("from") or START, asked.get("to") or NOW
    differs = kept.compared(world, console.origin, before, after)
    parts = {"jobs": differs["jobs"], **differs["state"], "limits": differs["limits"], "faults": differs["faults"]}
    others = [(part, what, names) for part, each in parts.items() for what, names in each.items() if names]
    return console.show(
        "snapshots.html",
        snapshots=kept.summaries(world),
        names=[START, *world.shelf.names(), NOW],
        before=before,
        after=after,
        clock=differs["clock"],
        resources=differs["resources"][:_MOST],
        more=max(0, len(differs["resources"]) - _MOST),
        others=others,
        value=_value,
    )


def _value(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _take(console: Console, sent: Parameters) -> Response:
    name = sent.get("name")
    told = kept.take(console.world, name) if name else kept.take(console.world)
    return console.done(PATH, f"{told['name']} is taken")


def _restore(console: Console, sent: Parameters) -> Response:
    told = kept.restored(console.world, sent.get("name") or "")
    return console.done(PATH, f"{told['name']} is restored: it is {told['instant']} again")


def _forget(console: Console, sent: Parameters) -> Response:
    name = sent.get("name") or ""
    kept.forget(console.world, name)
    return console.done(PATH, f"{name} is forgotten")


def _reset(console: Console, _: Parameters) -> Response:
    console.world.reset()
    return console.done(PATH, "All is as it was at the start; snapshots stay")


_ACTIONS: Mapping[str, Action] = {"take": _take, "restore": _restore, "forget": _forget, "reset": _reset}
