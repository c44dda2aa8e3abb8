"""The control API below ``/_mock``: never limited, never journaled, and not for everybody.

One file for each thing that can be controlled; each adds its views to the one blueprint.
"""

from flask import Blueprint, Response

from mock_athena._version import __version__
from mock_athena.web.answers import json_answer
from mock_athena.web.control.admission import admit
from mock_athena.web.control.clients import add_clients
from mock_athena.web.control.clock import add_clock
from mock_athena.web.control.explain import add_explain
from mock_athena.web.control.faults import add_faults
from mock_athena.web.control.jobs import add_jobs
from mock_athena.web.control.journal import add_journal
from mock_athena.web.control.launches import add_launches
from mock_athena.web.control.limits import add_limits
from mock_athena.web.control.metrics import add_metrics
from mock_athena.web.control.openapi import add_openapi
from mock_athena.web.control.snapshots import add_snapshots
from mock_athena.web.control.tokens import add_tokens
from mock_athena.web.world import World

PREFIX = "/_mock"
_ADDED = (
    add_clock,
    add_clients,
    add_tokens,
    add_launches,
    add_explain,
    add_limits,
    add_journal,
    add_jobs,
    add_faults,
    add_snapshots,
    add_metrics,
    add_openapi,
)


def control_views(world: World) -> Blueprint:
    """Everything that can be seen and moved from outside."""
    views = Blueprint("control", __name__, url_prefix=PREFIX)
    views.before_request(lambda: admit(world.settings))
    for add in _ADDED:
        add(views, world)

    @views.get("/health")
    def health() -> Response:
        """Whether requests can be served.

        200 as soon as they can; 503 with ``unreachable`` while a database or the counters of several machines cannot be
        reached.
        """
        lost = world.unreachable()
        told = {"status": "unavailable", "unreachable": lost} if lost else {"status": "ok"}
        return json_answer({**told, "version": __version__}, 503 if lost else 200)

    @views.post("/reset")
    def reset() -> Response:
        """Everything as it was at the start; snapshots stay.

        Data, a clock that was moved or frozen, limits, journal, faults, clients, export jobs, codes, refresh tokens,
        launches and sign-ins. Access tokens stay good until they expire. Answers ``{"status": "reset"}``.
        """
        world.reset()
        return json_answer({"status": "reset"})

    return views
