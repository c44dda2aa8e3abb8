"""Bulk exports: how far each is, what its client did, and buttons for what becomes of it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote

from flask import Response, request

from mock_athena.auth.caller import Caller
from mock_athena.auth.form import Parameters
from mock_athena.auth.scopes import parse_scopes
from mock_athena.clock import NANOSECONDS
from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import ControlError, shortened
from mock_athena.export.job import ExportJob, percent
from mock_athena.export.kick_off import parse_kick_off
from mock_athena.export.service import ExportService
from mock_athena.export.states import JobState
from mock_athena.faults.scenarios import load, shipped
from mock_athena.fhir.instants import instant
from mock_athena.journal import Entry
from mock_athena.store.criteria import Selection
from mock_athena.web.console.console import Action, Console
from mock_athena.web.console.timeline import Mark, Timeline, timeline
from mock_athena.web.exchange import current_exchange
from mock_athena.web.search import circumstances_of
from mock_athena.web.world import World

PATH = "/console/exports"
MOST = 50
_MOST_EVENTS = 300

Move = Callable[[ExportService, str], ExportJob]

_MOVES: Mapping[str, tuple[str, Move, tuple[JobState, ...]]] = {
    "advance": ("1 minute on", lambda jobs, job: jobs.advance(job, 60 * NANOSECONDS), (JobState.IN_PROGRESS,)),
    "finish": ("Finish", lambda jobs, job: jobs.advance(job), (JobState.IN_PROGRESS,)),
    "fail": ("Fail", lambda jobs, job: jobs.fail(job, "the export failed"), (JobState.IN_PROGRESS,)),
    "expire": ("Expire", lambda jobs, job: jobs.expire(job), (JobState.COMPLETE, JobState.FAILED)),
}


class Shown(NamedTuple):
    """One job on the screen."""

    environment: str
    job: ExportJob
    percent: int
    moves: list[tuple[str, str]]
    line: Timeline


def exports(console: Console, rest: str) -> Response:
    """All jobs, or one; a POST moves one, starts one, or lets the next go wrong."""
    if request.method == "POST":
        return console.act(_ACTIONS)
    if rest:
        return _one(console, rest)
    world, now = console.world, console.world.clock.now()
    found = [(name, job) for name, each in world.environments.items() for job in each.exports.jobs()]
    latest = sorted(found, key=lambda each: each[1].started_at, reverse=True)
    return console.show(
        "exports.html",
        jobs=[_shown(name, job, now, ()) for name, job in latest[:MOST]],
        more=max(0, len(latest) - MOST),
        clients=[client.client_id for client in world.authorization.clients.all()],
        groups=_groups(world),
        scenarios=[(name, load(name).teaches) for name in shipped() if name.startswith("export-")],
        armed=len(world.faults.armed),
    )


def _one(console: Console, rest: str) -> Response:
    name, _, id = rest.partition("/")
    if name not in ENVIRONMENTS:
        raise _unknown(rest)
    environment = console.world.environments[name]
    job = next((each for each in environment.exports.jobs() if each.id == id), None)
    if job is None:
        raise _unknown(id)
    events = _events(console.world, name, job)
    files = (
        [(file.name, file.count) for part in environment.exports.ready(job) for file in part]
        if job.state is JobState.COMPLETE
        else []
    )
    now = console.world.clock.now()
    return console.show(
        "export.html",
        shown=_shown(name, job, now, events),
        events=[(instant(each.instant // 1000), each, _what(each)) for each in events],
        files=files,
        status_url=f"{environment.fhir_base(console.origin)}/bulkstatus/{job.id}",
        facts=_facts(job),
    )


def _facts(job: ExportJob) -> list[tuple[str, str]]:
    at = {"started": job.started_at, "ready": job.ready_at, "expires": job.expires_at}
    facts = {
        "Client": job.client_id,
        "Level": f"Group {job.group}" if job.level == "Group" else job.level,
        "Request": job.request,
        "Types": ", ".join(job.types),
        "Data as of": instant(job.transaction_time),
        **{name.capitalize(): instant(nanoseconds // 1000) for name, nanoseconds in at.items()},
        "Scopes": " ".join(job.scopes),
        "Patient in context": job.patient or "",
        "Left out": "; ".join(job.ignored),
        "Failure": job.failure,
    }
    return [(name, value) for name, value in facts.items() if value]


def _shown(name: str, job: ExportJob, now: int, events: "tuple[Entry, ...] | list[Entry]") -> Shown:
    moves = [(do, label) for do, (label, _, states) in _MOVES.items() if job.state in states]
    return Shown(name, job, percent(job, now), moves, _line(job, now, events))


def _line(job: ExportJob, now: int, events: "tuple[Entry, ...] | list[Entry]") -> Timeline:
    """The job as bars, and what its client did as marks."""
    over = job.state not in (JobState.IN_PROGRESS, JobState.COMPLETE)
    bars = [("running", job.started_at, job.ready_at), ("kept", job.ready_at, job.expires_at)]
    marks = [Mark(each.instant, "good" if each.status < 400 else "bad", _what(each)) for each in events]
    return timeline(bars, marks, now=None if over else now)


def _events(world: World, environment: str, job: ExportJob) -> list[Entry]:
    """What its client asked of it, as far as the journal remembers."""
    bulk = world.journal.entries(route="bulk", environment=environment)
    found = [*_kick_off(job, bulk), *(each for each in bulk if job.id in each.path)]
    return found[-_MOST_EVENTS:]


def _kick_off(job: ExportJob, bulk: list[Entry]) -> list[Entry]:
    """The request that started it: no entry says which, but the data are as of that instant."""
    accepted = [
        each for each in bulk if each.status == 202 and each.client_id == job.client_id and _what(each) == "kick-off"
    ]
    path, _, query = job.request.partition("?")
    same = [each for each in accepted if path.endswith(each.path) and each.query == query]
    return sorted(same, key=lambda each: abs(each.instant - job.transaction_time * 1000))[:1]


def _what(entry: Entry) -> str:
    if entry.path.endswith("/$export"):
        return "kick-off"
    if "/bulkstatus/" in entry.path:
        return "deletion" if entry.method == "DELETE" else "poll"
    return f"file {entry.path.rpartition('/')[2]}"


def _move(console: Console, sent: Parameters) -> Response:
    environment = console.environment(sent.get("environment"))
    job = _MOVES[sent.get("do") or ""][1](environment.exports, sent.get("job") or "")
    back = f"{PATH}/{environment.facts.name}/{job.id}" if sent.get("from") == "job" else PATH
    return console.done(back, f"Job {job.id[:8]} is {job.state}, {percent(job, console.world.clock.now())} %")


def _arm(console: Console, sent: Parameters) -> Response:
    scenario = load(sent.get("scenario") or "", files=False)
    console.world.faults.arm(scenario.rules, console.world.clock.now())
    return console.done(PATH, f"{scenario.name} is armed. {scenario.teaches}")


def _start(console: Console, sent: Parameters) -> Response:
    """Start an export as a client would, that had a token for everything."""
    environment = console.environment(sent.get("environment"))
    group = sent.get("group") or ""
    query = sent.get("query") or ""
    path = {"system": "/$export", "Patient": "/Patient/$export"}.get(
        sent.get("level") or "", f"/Group/{quote(group)}/$export"
    )
    level: Any = sent.get("level")
    if level not in console.world.profile.export_levels or (level == "Group" and not group):
        message = (
            f"level {shortened(level or '', 40)!r}: expected one of {', '.join(console.world.profile.export_levels)}"
        )
        raise ControlError(message)
    client = console.world.authorization.clients.demand(sent.get("client") or "")
    caller = Caller(client.client_id, parse_scopes("system/*.rs"), None, "console", 0)
    exchange = current_exchange()
    exchange.caller, exchange.environment = caller, environment.facts.name
    asked = parse_kick_off(
        level, group, parse_qsl(query, keep_blank_values=True), circumstances_of(console.world, exchange)
    )
    url = environment.fhir_base(console.origin) + path + (f"?{query}" if query else "")
    job = environment.exports.kick_off(asked, caller, url)
    return console.done(f"{PATH}/{environment.facts.name}/{job.id}", f"Job {job.id[:8]} is {job.state}")


def _groups(world: World) -> list[str]:
    """Ids of the first Groups, of both environments."""
    found = [
        each.id for place in world.environments.values() for each in place.store.snapshot().page(Selection("Group"), 20)
    ]
    return list(dict.fromkeys(found))


def _unknown(name: str) -> ControlError:
    return ControlError(f"There is no export job {shortened(name, 80)!r}; a reset forgets all of them.", status=404)


_ACTIONS: Mapping[str, Action] = {**dict.fromkeys(_MOVES, _move), "start": _start, "arm": _arm}
