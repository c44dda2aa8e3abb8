"""What a locustfile gets by importing this: options, load, notes, a page in locust's UI, the verdict in the end.

Exit codes of a headless run: 0 all is right; 1 requests failed, or a threshold was passed; 2 the run could not be made;
3 the limiter broke its policy.
"""

import sys
import time
from pathlib import Path
from typing import Any

import gevent
from locust import events
from locust.argument_parser import LocustArgumentParser
from locust.runners import MasterRunner, WorkerRunner

from athena_fhir_load.journals import Journal, LoadError, fetched, mark
from athena_fhir_load.notes import Notes
from athena_fhir_load.report import broke, written
from athena_fhir_load.running_load import Load, attach, load_of, never_begun
from athena_fhir_load.statistics_page import add_page
from athena_fhir_load.summary import lines_of
from athena_fhir_load.target import Target, target_of
from athena_fhir_load.thresholds import Thresholds, held

FAILED, NOT_MADE, BROKEN = 1, 2, 3

_SHARE = "athena-share"
_loads: dict[str, Load] = {}  # locust tells the listeners of reports nothing but the data; one process has one load
_LOOK_EVERY = 0.05  # seconds
_SILENCE = 7.0  # seconds: a worker that lives reports every three, and in the end
_SETTLE = 0.3  # seconds until the emulator has noted what was in flight


def options(parser: LocustArgumentParser) -> None:
    """Our options, beside locust's."""
    parser.add_argument(
        "--budget", type=int, default=0, help="requests that the run may make; 200 where no emulator is loaded"
    )
    parser.add_argument("--client-id", default="", help="the client to use, instead of a new one for each caller")
    parser.add_argument("--client-secret", default="", is_secret=True, help="its secret; or ATHENAHEALTH_CLIENT_SECRET")
    parser.add_argument("--token-path", default="", help="path of the token endpoint (/oauth2/v1/token)")
    parser.add_argument("--scope", default="", help="scope to ask for (system/*.read)")
    parser.add_argument("--patient", default="", help="id of the patient whose records are asked for")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn")
    parser.add_argument("--scenario-title", default="", help="title of the report")
    parser.add_argument("--report", default="build/load/run", help="folder of the report; empty for none")
    parser.add_argument("--no-pictures", action="store_true", help="figures alone, which takes a third of the time")
    parser.add_argument("--most-failures", type=int, default=0, help="failed requests that are still right (0)")
    parser.add_argument(
        "--most-p99", type=float, default=0, help="milliseconds of the p99 since a request was due; 0: any"
    )
    parser.add_argument(
        "--most-dropped", type=float, default=1.0, help="share of due requests not sent that is right (1: any)"
    )


def prepare(environment: Any, **_: Any) -> None:
    """Say at once what is wrong with the options, and listen to the other processes."""
    if environment.web_ui:
        add_page(environment)
    if isinstance(environment.runner, WorkerRunner):
        environment.runner.register_message(_SHARE, _told_share)
    elif not environment.web_ui:
        try:
            _target(environment)
        except LoadError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(NOT_MADE)


def begin(environment: Any, **_: Any) -> None:
    """Make the load of this run."""
    try:
        load = _new_load(environment)
    except LoadError as error:
        load = never_begun(environment, str(error))
    attach(environment, load)
    if isinstance(environment.runner, MasterRunner):
        _loads["master"] = load
        if load.over:
            _end(environment)
        else:
            _share_out(environment.runner, load)
    else:
        _loads["own"] = load
        gevent.spawn(_watch, environment, load)


def report_to_master(client_id: str, data: dict[str, Any], **_: Any) -> None:  # noqa: ARG001 - locust's signature
    """A worker sends what it noted since the last time."""
    load: Load | None = _loads.get("own")
    if load:
        told, load.notes = load.notes, Notes()
        data["athena"] = told.as_json()


def worker_report(client_id: str, data: dict[str, Any], **_: Any) -> None:
    """The master adds it up."""
    load: Load | None = _loads.get("master")
    if load:
        load.heard[client_id] = time.monotonic()
    if load and "athena" in data:
        load.notes.merge(data["athena"])


def verdict(environment: Any, **_: Any) -> None:
    """Judge the run, and say so by the exit code."""
    if isinstance(environment.runner, WorkerRunner) or environment.process_exit_code is not None:
        return
    environment.process_exit_code = _judged(environment)


def _new_load(environment: Any) -> Load:
    asked = environment.parsed_options
    target = _target(environment)
    budget = asked.budget or target.budget
    process, processes = getattr(environment, "athena_share", (0, 1))
    load = Load(environment, target, budget=budget, seed=asked.seed, process=process, processes=processes)
    if target.emulator:
        load.mark_of_journal = mark(target.origin)
    load.patient = asked.patient or load.patient
    return load


def _share_out(master: MasterRunner, load: Load) -> None:
    """Each worker makes its part of the budget; this is told before locust tells it to begin."""
    ready = list(master.clients.ready)
    load.notes.processes = len(ready)
    for number, worker in enumerate(ready):
        master.send_message(_SHARE, {"number": number, "of": len(ready)}, client_id=worker.id)


def _target(environment: Any) -> Target:
    asked = environment.parsed_options
    if asked.budget < 0:
        raise LoadError(f"--budget must be 1 or more, or 0 for what the target allows, not {asked.budget}")
    if not environment.host:
        raise LoadError("nobody to load: say --host http://127.0.0.1:8080, the address of a running emulator")
    return target_of(environment.host, asked.token_path, asked.client_id, asked.client_secret, asked.scope)


def _told_share(environment: Any, msg: Any, **_: Any) -> None:
    environment.athena_share = (msg.data["number"], msg.data["of"])


def _watch(environment: Any, load: Load) -> None:
    """Note how this process feels, and end a run whose budget is spent."""
    began, computed = time.perf_counter(), time.process_time()
    while load_of(environment) is load and environment.runner.state not in ("stopped", "cleanup"):
        wanted = time.perf_counter() + _LOOK_EVERY
        gevent.sleep(_LOOK_EVERY)
        if load_of(environment) is not load:
            return  # the next run has begun meanwhile
        now, cpu = time.perf_counter(), time.process_time()
        load.notes.loop_lag.add((now - wanted) * 1000)
        load.notes.cpu_seconds += cpu - computed
        load.notes.seconds += now - began
        began, computed = now, cpu
        if load.over and not isinstance(environment.runner, WorkerRunner):
            _end(environment)
            return


def _end(environment: Any) -> None:
    """End the run; in the UI there may be another."""
    gevent.spawn(environment.runner.stop if environment.web_ui else environment.runner.quit)


def stopped(environment: Any, **_: Any) -> None:
    """In the UI runs follow each other: each is judged when it ends."""
    if environment.web_ui and not isinstance(environment.runner, WorkerRunner):
        _judged(environment)


def _judged(environment: Any) -> int:
    """The exit code of the last run; it is judged once."""
    try:
        load = load_of(environment)
    except LoadError:
        return NOT_MADE  # it was never begun
    if load.verdict is None:
        load.verdict = _verdict(environment, load)
    return load.verdict


def _verdict(environment: Any, load: Load) -> int:
    if load.problem:
        sys.stderr.write(f"the run was ended: {load.problem}\n")
        return NOT_MADE
    asked = environment.parsed_options
    try:
        figures = _figures(environment, load)
    except LoadError as error:
        sys.stderr.write(f"{error}\n")
        return NOT_MADE
    checks = figures["thresholds"]
    sys.stdout.write("\n".join([*lines_of(figures), f"report: {asked.report or 'none'}", ""]))
    if broke(figures):
        return BROKEN
    return 0 if held(checks) else FAILED


def run_of(environment: Any, load: Load) -> dict[str, Any]:
    """What the generator noted, with what it was asked."""
    asked = environment.parsed_options
    title = asked.scenario_title or ", ".join(sorted(load.notes.users)) or "nobody"
    told = load.notes.as_json()
    told |= {"scenario": title, "target": load.target.origin, "cpu_share": load.notes.cpu_share}
    # Locust moves the callers of a worker that died to the others, and forgets it: what it noted last is lost.
    last = max(load.heard.values(), default=0.0)
    return told | {"lost_workers": sum(last - heard > _SILENCE for heard in load.heard.values())}


def _figures(environment: Any, load: Load) -> dict[str, Any]:
    from athena_fhir_load.without_journal import written_without

    asked = environment.parsed_options
    run = run_of(environment, load)
    limits = Thresholds(asked.most_failures, asked.most_p99, asked.most_dropped)
    if not sum(load.notes.total.values()):
        raise LoadError("no request was made: are there users, and was there time? locust --users 4 --run-time 10s")
    folder = Path(asked.report) if asked.report else None
    if not load.target.emulator:
        return written_without(run, folder, limits)
    gevent.sleep(_SETTLE)
    journal: Journal = fetched(load.target.origin).since(load.mark_of_journal)
    if not journal.decided and journal.policy != "off":  # such as sign-ins alone, which nothing limits
        return written_without(run, folder, limits)
    return written(journal, folder, run["scenario"], run=run, thresholds=limits, pictures=not asked.no_pictures)


events.init_command_line_parser.add_listener(options)
events.init.add_listener(prepare)
events.test_start.add_listener(begin)
events.report_to_master.add_listener(report_to_master)
events.worker_report.add_listener(worker_report)
events.test_stop.add_listener(stopped)
events.quitting.add_listener(verdict)
