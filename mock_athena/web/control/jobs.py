"""``/_mock/jobs``: the export jobs of both environments, as they stand now, and what can be made of them."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from mock_athena.clock import NANOSECONDS
from mock_athena.errors import ControlError, shortened
from mock_athena.export.job import ExportJob, percent
from mock_athena.export.service import ExportService
from mock_athena.fhir.instants import instant
from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object, require_only
from mock_athena.web.world import World

_LONGEST = 10 * 365 * 86_400  # seconds


def add_jobs(views: Blueprint, world: World) -> None:
    """List the export jobs; move one on, let it end, fail or expire."""

    @views.get("/jobs")
    def jobs() -> Response:
        """The export jobs of both environments since the start or the last reset, in the order of their starts.

        Each has ``id`` (as in its status URL), ``environment``, ``client_id``, ``level`` (``system``, ``Patient``,
        ``Group``), ``group``, ``types``, ``state`` (``in-progress``, ``complete``, ``failed``, ``cancelled``,
        ``deleted``, ``expired``), ``progress`` (percent of its time), and the instants ``started``, ``ready`` and
        ``expires``.
        """
        now = world.clock.now()
        listed = [
            _job(name, job, now)
            for name, environment in world.environments.items()
            for job in environment.exports.jobs()
        ]
        return json_answer({"jobs": listed}, pretty=True)

    @views.post("/jobs/<job>/<verb>")
    def act(job: str, verb: str) -> Response:
        """Move one job, while the clock and all others stay where they are.

        ``verb`` is ``advance`` (``{"seconds": 60}`` of its time pass), ``finish`` (all of it), ``fail`` (it fails now;
        with ``{"message": "…"}`` that is what its owner is told) or ``expire`` (its files are gone). Answers the job;
        409 if that cannot be, as when a complete job is to fail.
        """
        if verb not in _VERBS:
            message = f"a job takes {', '.join(_VERBS)}, not {shortened(verb, 40)}"
            raise ControlError(message, status=404)
        sent = json_object() if request.get_data(cache=True) else {}
        name, exports = _place_of(world, job)
        moved = _VERBS[verb](exports, job, sent)
        return json_answer(_job(name, moved, world.clock.now()), pretty=True)


def _place_of(world: World, job: str) -> tuple[str, ExportService]:
    """The environment that has a job; any, where none has, which will say so."""
    for name, environment in world.environments.items():
        if any(job == each.id for each in environment.exports.jobs()):
            return name, environment.exports
    name, environment = next(iter(world.environments.items()))
    return name, environment.exports


def _advance(exports: ExportService, job: str, sent: dict[str, Any]) -> ExportJob:
    require_only(sent, "seconds")
    seconds = sent.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST:
        message = f"seconds = {seconds!r}: expected how many seconds of its time pass, such as 60"
        raise ControlError(message)
    return exports.advance(job, round(seconds * NANOSECONDS))


def _finish(exports: ExportService, job: str, sent: dict[str, Any]) -> ExportJob:
    require_only(sent)
    return exports.advance(job)


def _fail(exports: ExportService, job: str, sent: dict[str, Any]) -> ExportJob:
    require_only(sent, "message")
    message = sent.get("message", "the export failed")
    if not isinstance(message, str) or not message:
        complaint = f"message = {message!r}: expected what its owner is told"
        raise ControlError(complaint)
    return exports.fail(job, message)


def _expire(exports: ExportService, job: str, sent: dict[str, Any]) -> ExportJob:
    require_only(sent)
    return exports.expire(job)


_VERBS: Mapping[str, Callable[[ExportService, str, dict[str, Any]], ExportJob]] = {
    "advance": _advance,
    "finish": _finish,
    "fail": _fail,
    "expire": _expire,
}


def _job(environment: str, job: ExportJob, now: int) -> dict[str, Any]:
    return {
        "id": job.id,
        "environment": environment,
        "level": job.level,
        "group": job.group or None,
        "types": list(job.types),
        "client_id": job.client_id,
        "state": job.state,
        "progress": percent(job, now),
        "started": instant(job.started_at // 1000),
        "ready": instant(job.ready_at // 1000),
        "expires": instant(job.expires_at // 1000),
    }
