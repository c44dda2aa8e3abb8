"""Bulk Data Access over HTTP: kick-off, status, deletion; :mod:`mock_athena.web.bulk_files` has the files.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html. Thin: the request is read here, everything is decided in
:mod:`mock_athena.export`.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request

from mock_athena.errors import BadRequest, InsufficientScope, InternalError, NotFound, Unauthorized
from mock_athena.export.files import Bases
from mock_athena.export.job import ExportJob, Level, percent, retry_after, seconds_left
from mock_athena.export.kick_off import parse_kick_off
from mock_athena.export.manifest import manifest
from mock_athena.export.states import JobState
from mock_athena.fhir.instants import http_date
from mock_athena.fhir.operation_parameters import parameter_pairs
from mock_athena.fhir.outcome import issue, operation_outcome
from mock_athena.web.answers import fhir_answer, json_answer
from mock_athena.web.bulk_files import files_url
from mock_athena.web.exchange import Exchange, current_exchange
from mock_athena.web.negotiate import format_of, require_json
from mock_athena.web.prefer import preferences
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.search import circumstances_of
from mock_athena.web.world import Environment, World


def bulk_views(world: World) -> Blueprint:
    """The views of bulk export, at the paths of production; the exchange says which environment is meant."""
    views = Blueprint("bulk", __name__)
    _add_kick_offs(views, world)

    @views.get(FHIR_BASE + "/bulkstatus/<job>")
    def status(job: str) -> Response:
        return _status(world, job, 1)

    @views.get(FHIR_BASE + "/bulkstatus/<job>/<int:part>")
    def status_of_part(job: str, part: int) -> Response:
        return _status(world, job, part)

    @views.delete(FHIR_BASE + "/bulkstatus/<job>")
    def delete(job: str) -> Response:
        exchange, environment = _where(world)
        environment.exports.delete(job, exchange.bearer)
        return _accepted(f"export job {job} and its files are deleted", {})

    return views


def _add_kick_offs(views: Blueprint, world: World) -> None:
    def at(level: Level) -> Callable[..., Response]:
        def view(group: str = "") -> Response:
            return _kick_off(world, level, group)

        return view

    paths: tuple[tuple[str, Level], ...] = (
        (FHIR_BASE + "/$export", "system"),
        (FHIR_BASE + "/Patient/$export", "Patient"),
        (FHIR_BASE + "/Group/<group>/$export", "Group"),
    )
    for path, level in paths:
        views.add_url_rule(path, f"kick_off_{level}", at(level), methods=["GET", "POST"])


def _kick_off(world: World, level: Level, group: str) -> Response:
    exchange, environment = _where(world)
    if level not in world.profile.export_levels:
        expected = ", ".join(world.profile.export_levels)
        message = f"there is no bulk export on {level} level here; expected one of: {expected}"
        raise NotFound(message)
    group = world.profile.known_id(group)
    headers = request.headers
    pairs = parse_qsl(exchange.query, keep_blank_values=True)
    require_json(headers.get("Accept", ""), format_of(pairs))
    posted = []
    if request.method == "POST":
        posted = parameter_pairs(request.get_data(), headers.get("Content-Type", ""))
    prefer = preferences(headers.getlist("Prefer"), world.settings.handling)
    if not prefer.respond_async:
        message = "an export is asynchronous: send the header 'Prefer: respond-async', then poll Content-Location"
        raise BadRequest(message, expression=["Prefer"])
    asked = parse_kick_off(
        level,
        group,
        pairs,
        circumstances_of(world, exchange),
        posted=posted,
        lenient=prefer.handling == "lenient",
        separate=prefer.separate_export_status,
    )
    try:
        job = environment.exports.kick_off(asked, exchange.bearer, _full_url(exchange), exchange.disturbance)
    except InsufficientScope as refusal:
        if world.profile.narrow_export_status == refusal.status:
            raise
        message = f"The scopes of the token do not cover this export: read and search of {refusal.type} are needed"
        narrow = Unauthorized(message, reason=refusal.reason, headers=refusal.headers)
        narrow.layer = "router"
        raise narrow from None
    status_url = f"{environment.fhir_base(exchange.origin)}/bulkstatus/{job.id}"
    told = {"Content-Location": status_url, "Retry-After": str(retry_after(job, world.clock.now()))}
    if job.separate:
        told["Preference-Applied"] = "respond-async, separate-export-status"
    return _accepted(f"the export was accepted as job {job.id}; poll {status_url}", told)


def _status(world: World, id: str, part: int) -> Response:
    exchange, environment = _where(world)
    job = environment.exports.poll(id, exchange.bearer)
    if job.state is JobState.FAILED:
        answer = _failed(job)
    else:
        answer = _told(job, part, exchange, environment)
        if job.state is JobState.IN_PROGRESS:
            _show_progress(answer, job, world.clock.now())
    if job.separate:
        # The status of the job travels apart: this request went well.
        answer.headers["X-Export-Status"] = f"{answer.status_code} {HTTPStatus(answer.status_code).phrase}"
        answer.status_code = 200
    return answer


def _failed(job: ExportJob) -> Response:
    refusal = InternalError(f"export job {job.id}: {job.failure}; start another")
    if not job.separate:
        raise refusal
    outcome = operation_outcome(*(issue(*each) for each in refusal.issues))
    return fhir_answer(json.dumps(outcome, ensure_ascii=False).encode(), {"Cache-Control": "no-store"}, 500)


def _told(job: ExportJob, part: int, exchange: Exchange, environment: Environment) -> Response:
    """The manifest of a part of the files; without a body, where none is ready yet."""
    ready, complete = environment.exports.ready(job), job.state is JobState.COMPLETE
    if part > max(1, len(ready)) or part < 1:
        message = f"export job {job.id} has no manifest {part}, or not yet; the link of the one before says when"
        raise NotFound(message)
    if not ready:
        answer = Response(status=202)
        del answer.headers["Content-Type"]
        return answer
    base = environment.fhir_base(exchange.origin)
    following = f"{base}/bulkstatus/{job.id}/{part + 1}" if part < len(ready) else ""
    bases = Bases(base, environment.documents_base(exchange.origin))
    checksums = environment.exports.checksums(job, ready[part - 1], bases)
    answer = json_answer(manifest(job, ready[part - 1], files_url(base, job), following, checksums))
    answer.status_code = 200 if complete else 202
    answer.headers.update({"Expires": http_date(job.expires_at // 1000), "Cache-Control": "no-store"})
    return answer


def _show_progress(answer: Response, job: ExportJob, now: int) -> None:
    # The clock may have reached the end since the state was read; 100 % is only what is complete.
    done = min(99, percent(job, now))
    progress = f"{done}% of {len(job.types)} resource types, about {seconds_left(job, now)} s left"
    told = {"X-Progress": progress, "Retry-After": str(retry_after(job, now)), "Cache-Control": "no-store"}
    answer.headers.update(told)


def _accepted(text: str, headers: dict[str, str]) -> Response:
    outcome = operation_outcome(issue("information", "informational", text))
    return fhir_answer(json.dumps(outcome, ensure_ascii=False).encode(), headers, 202)


def _where(world: World) -> tuple[Exchange, Environment]:
    exchange = current_exchange()
    return exchange, world.environments[exchange.environment]


def _full_url(exchange: Exchange) -> str:
    return exchange.origin + exchange.path + (f"?{exchange.query}" if exchange.query else "")
