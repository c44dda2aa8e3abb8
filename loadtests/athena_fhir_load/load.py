"""``make load``: five questions about an emulator's limits, answered in one page, ``build/load/index.html``.

Exit codes are those of :mod:`athena_fhir_load.hooks`: 0 all is right, 1 a threshold was passed, 2 a run could not be
made, 3 the limiter broke its policy.
"""

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from athena_fhir_load.answers import answers_of, index
from athena_fhir_load.ending import ended
from athena_fhir_load.journals import LoadError, control, mark, origin_of
from athena_fhir_load.running import running
from athena_fhir_load.target import target_of

HERE = Path(__file__).parent.parent
JOURNAL = 400_000
"""Exchanges that the emulator of a run remembers: more than any run here makes."""

NOT_MADE = 2

_PRINTED = 1_000_000  # bytes that are kept of what a user's client prints

_PATIENCE = 240.0  # seconds that one run may take


@dataclass(frozen=True)
class Run:
    """One run of locust.

    Attributes:
        callers: how many of each class. rate: callers that begin in a second. beside: what runs at the same time.
    """

    name: str
    title: str
    seconds: int
    callers: dict[str, int]
    rate: float = 200.0
    beside: tuple[str, ...] = ()
    options: tuple[str, ...] = field(default=())


LIMITS = Run(
    "limits",
    "Everybody at once: polite, greedy, bursty, a herd, many, a crawler",
    20,
    {"Polite": 3, "Greedy": 2, "Bursty": 2, "Herd": 12, "Many": 40, "Crawler": 2},
)
CLIENTS = Run(
    "clients",
    "Ways to live with the limit, each with a quota of its own",
    15,
    {"Greedy": 1, "Obedient": 1, "Guide": 1, "Polite": 1},
    beside=("reference-client",),
)
RAMP = Run("ramp", "More and more callers within their limits", 24, {"Ramp": 220}, rate=11.0)
SHORT = Run("short", "A short look at everybody", 2, {"Polite": 1, "Greedy": 1, "Herd": 4, "Many": 10})
SANDBOX = Run("sandbox", "A polite caller at somebody else's server", 30, {"Polite": 1})

_SHORT_OPTIONS = ("--no-pictures", "--most-failures", "0", "--most-dropped", "0.05")


def made(run: Run, host: str, folder: Path, *extra: str, my_client: str = "") -> tuple[int, dict[str, Any]]:
    """Make one run; answers its exit code and its figures.

    Raises:
        LoadError: there is no report.
    """
    picked = [{"user_class_name": name, "fixed_count": number} for name, number in run.callers.items()]
    command = [sys.executable, "-m", "locust", "-f", str(HERE / "locustfile.py"), "--headless", "--host", host]
    command += ["--run-time", f"{run.seconds}s", "--users", str(sum(run.callers.values()))]
    command += ["--spawn-rate", str(run.rate), "--config-users", json.dumps(picked), "--report", str(folder)]
    command += ["--scenario-title", run.title, "--only-summary", "--loglevel", "WARNING", *run.options, *extra]
    command += run.callers
    (folder / "report.json").unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "locust.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            if run.beside or my_client:
                _await_begin(host, process)
            with _own_client(my_client, host, folder / "my-client.log") as own:
                for name in run.beside:
                    _beside(name, host, folder)
                code = process.wait(_PATIENCE)
                gone = own.poll() if own else None
        finally:
            if process.poll() is None:
                _put_away(process)
    report = folder / "report.json"
    if not report.exists():
        raise LoadError((folder / "locust.log").read_text(errors="replace").strip() or f"locust ended with {code}")
    figures = json.loads(report.read_text(encoding="utf-8"))
    check_own(my_client, gone, figures, folder / "my-client.log")
    return code, figures


def check_own(command: str, gone: int | None, figures: dict[str, Any], log: Path) -> None:
    """Refuse a report without the client that was to be looked at.

    Args:
        gone: the code with which it ended before the run did; None if it went on. log: what it printed.

    Raises:
        LoadError: it was asked for, and sent nothing.
    """
    if not command or any(caller["group"] == "my-client" for caller in figures["callers"]):
        return
    how = f"ended with {gone} and " if gone is not None else ""
    raise LoadError(
        f"{command!r} {how}sent no request on which the limiter decided. It is told where and as whom by "
        f"ATHENAHEALTH_FHIR_ENDPOINT, ATHENAHEALTH_CLIENT_ID and ATHENAHEALTH_CLIENT_SECRET. What it printed: {log}"
    )


def _await_begin(host: str, process: "subprocess.Popen[bytes]") -> None:
    """Until the first caller of the run has asked something: what comes before is not part of it."""
    origin = origin_of(host)
    before = mark(origin)
    while mark(origin).total == before.total and process.poll() is None:
        time.sleep(0.1)  # noqa: TID251 - real time passes until a process is there


def _new_client(name: str, host: str) -> tuple[str, str]:
    """Somebody new, with a quota of its own."""
    asked = {"client_id": f"{name}-{time.monotonic_ns()}", "grant_types": ["client_credentials"]}
    told = control(origin_of(host), "clients", "POST", asked | {"scope": "system/*.read"})
    return told["client_id"], told["client_secret"]


def _beside(name: str, host: str, folder: Path) -> None:
    """The reference client with four threads: a hundred reads, as fast as the limit allows."""
    from athena_fhir_client.client import AthenaClient
    from athena_fhir_load.paced_clients import Server, configured, seconds_for

    configuration = configured(Server(origin_of(host)), _new_client(name, host))
    with AthenaClient.from_configuration(configuration, folder=folder / "client") as client:
        seconds_for(client, 100, 4)


@contextmanager
def _own_client(command: str, host: str, log: Path) -> Iterator["subprocess.Popen[bytes] | None"]:
    """Somebody's own client, with credentials in its environment, until the run is over; nobody's, if it is empty."""
    if not command:
        yield None
        return
    client_id, secret = _new_client("my-client", host)
    told = {
        "ATHENAHEALTH_CLIENT_ID": client_id,
        "ATHENAHEALTH_CLIENT_SECRET": secret,
        "ATHENAHEALTH_FHIR_ENDPOINT": f"{origin_of(host)}/fhir/r4",
    }
    with own_process(command, os.environ | told, log) as process:
        yield process


@contextmanager
def own_process(command: str, environment: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A command of a user, in a session of its own: whatever it started is ended with it.

    Args:
        log: where the beginning of what it prints goes, a megabyte: it may print for ever.

    Raises:
        LoadError: it cannot be started.
    """
    try:
        process = subprocess.Popen(
            shlex.split(command),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise LoadError(f"{command!r} cannot be started: {error}") from None
    reader = Thread(target=_keep_the_beginning, args=(process, log), daemon=True)
    reader.start()
    try:
        yield process
    finally:
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        _signal(process, signal.SIGKILL)  # what it started and did not take along
        process.wait()
        reader.join(10)


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # nobody of its session is left
        os.killpg(process.pid, number)


def _keep_the_beginning(process: "subprocess.Popen[bytes]", log: Path) -> None:
    assert process.stdout is not None
    left = _PRINTED
    with log.open("wb") as kept, process.stdout as printed:
        while some := os.read(printed.fileno(), 65_536):
            kept.write(some[:left])
            kept.flush()
            left -= len(some[:left])


def _put_away(process: "subprocess.Popen[bytes]") -> None:
    """End it, whether it likes to or not."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Simulation:
    """The week on virtual time, in a process beside runs that leave a core idle."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "athena_fhir_load.simulate", "--json", "--plots", str(folder), "week"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def studies(self) -> dict[str, Any]:
        """What it says, when it is done; its pictures are in the folder.

        Raises:
            LoadError: it failed.
        """
        told, problem = self._process.communicate(timeout=_PATIENCE)
        if self._process.returncode:
            raise LoadError(f"the simulation ended with {self._process.returncode}: {problem.strip()[-500:]}")
        studies: dict[str, Any] = json.loads(told)
        return studies

    def __enter__(self) -> "Simulation":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.communicate(timeout=10)


@contextmanager
def _at(target: str, options: Sequence[str]) -> Iterator[str]:
    """The address to load: the target, or an emulator of our own."""
    if target:
        yield target
        return
    given = ["--journal-size", str(JOURNAL), "--export-duration", "instant", *options]
    with running(given, Path.cwd()) as emulator:  # options may name files
        yield emulator.origin


def _runs(asked: argparse.Namespace, host: str) -> tuple[list[Run], tuple[str, ...]]:
    given = {"client_id": asked.client_id, "secret": asked.client_secret}
    extra = ("--budget", str(asked.budget)) if asked.budget else ()
    extra += ("--client-id", asked.client_id, "--client-secret", asked.client_secret) if asked.client_id else ()
    if not target_of(host, **given).emulator:
        return [SANDBOX], extra
    return ([SHORT], (*extra, *_SHORT_OPTIONS)) if asked.short else ([LIMITS, CLIENTS, RAMP], extra)


def load(asked: argparse.Namespace) -> int:
    """All runs, and the page.

    Raises:
        LoadError: one of them could not be made.
    """
    out: Path = asked.out
    figures: dict[str, dict[str, Any]] = {}
    studies, worst = None, 0
    out.mkdir(parents=True, exist_ok=True)
    (out / "index.html").unlink(missing_ok=True)  # of a run before, which these runs would belie
    with _at(asked.target, asked.serve) as host, ExitStack() as beside:
        runs, extra = _runs(asked, host)
        simulation = None
        if CLIENTS in runs and not asked.no_simulation:
            _say("10,000 callers for a week, on virtual time, beside the following")
            simulation = beside.enter_context(Simulation(out / "simulation"))
        for run in runs:
            if simulation and run is RAMP:
                studies = simulation.studies()  # it would take from what is measured
            _say(f"{run.title}: {run.seconds} s")
            own = asked.my_client if run in (CLIENTS, SHORT) else ""
            code, figures[run.name] = made(run, host, out / run.name, *extra, my_client=own)
            worst = max(worst, code)
    answers = answers_of(figures, studies)
    (out / "index.html").write_text(index(answers, figures, out), encoding="utf-8")
    for answer in answers:
        _say("", answer.question, *(f"  {line}" for line in answer.lines))
    _say("", f"report: {(out / 'index.html').resolve()}")
    return worst


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m athena_fhir_load.load", description=__doc__)
    parser.add_argument(
        "--target", default="", metavar="URL", help="a running emulator, or a sandbox; else one is started"
    )
    parser.add_argument("--client-id", default="", help="your client, for a sandbox; or ATHENAHEALTH_CLIENT_ID")
    parser.add_argument("--client-secret", default="", help="its secret; or ATHENAHEALTH_CLIENT_SECRET")
    parser.add_argument("--budget", type=int, default=0, help="requests that may be made; 200 at a sandbox")
    parser.add_argument(
        "--my-client", default="", metavar="COMMAND", help="your own client, started with its environment set"
    )
    parser.add_argument("--short", action="store_true", help="a few seconds, with thresholds, without pictures: for CI")
    parser.add_argument("--no-simulation", action="store_true", help="without the week on virtual time")
    parser.add_argument(
        "--out", type=Path, default=Path("build/load"), help="folder of the report (default: %(default)s)"
    )
    parser.add_argument("serve", nargs="*", metavar="OPTION", help="behind --, options of the emulator that is started")
    return parser


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.budget < 0:
        parser.error(f"--budget must be 1 or more, not {asked.budget}")
    return asked


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    try:
        return load(_asked(arguments))
    except (LoadError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return NOT_MADE


if __name__ == "__main__":
    sys.exit(ended(main))
