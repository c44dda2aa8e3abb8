"""``athena-conformance client``: grade any client by what the emulator's journal says of it."""

import json
import os
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from athena_fhir_conformance.client.elsewhere import Elsewhere, elsewhere
from athena_fhir_conformance.client.grading import Grade, Run, graded
from athena_fhir_conformance.client.journal import read
from athena_fhir_conformance.client.judged_server import JudgedServer, judged_server
from athena_fhir_conformance.client.scoring import Quota, Score, score
from athena_fhir_conformance.clock import RealTime
from athena_fhir_conformance.problems import TargetProblem
from athena_fhir_conformance.verdicts import Verdict

GOOD, BAD, NOTHING, BROKEN = 0, 1, 3, 4
"""Exit codes: no bad manner; some; the client asked for nothing; the emulator could not be had."""

_WIDE = 132  # columns, where there is no terminal that says otherwise
_COLOURS = {"pass": "green", "fail": "red", "warning": "yellow", "skip": "dim", "omit": "dim", "error": "magenta"}
_FOREIGN: dict[str, list[dict[str, Any]]] = {
    "links": [{"kind": "wrong-host", "match": {"status": "2xx", "route": route}} for route in ("fhir", "bulk")],
    "redirects": [{"kind": "redirect", "match": {"route": "fhir"}, "nth": 2}],
}


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "ATHENA_CONFORMANCE_CLIENT"}
)
@click.option("--scenario", metavar="NAME", help="What goes wrong meanwhile: a scenario of mock-athena, or a file.")
@click.option(
    "--limits",
    metavar="NAME",
    default="mission",
    show_default=True,
    help="The rate limit policy, by name or as a file.",
)
@click.option("--elsewhere", "foreign", type=click.Choice(list(_FOREIGN)), help="Lead the client to another host.")
@click.option("--serve", "options", default="", metavar="OPTIONS", help="Further options of mock-athena serve.")
@click.option("--mock-athena", default="", metavar="COMMAND", help="How mock-athena is called.")
@click.option(
    "--for", "seconds", type=float, metavar="SECONDS", help="Without a command: judge whoever comes, so long."
)
@click.option("--timeout", default=600.0, show_default=True, metavar="SECONDS", help="End the command after that.")
@click.option("--json", "json_file", metavar="FILE", help="Write the report as JSON.")
@click.option("--strict", is_flag=True, help="A warning is bad manners, too.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def command(command: Sequence[str], **given: Any) -> None:
    """Run COMMAND against an emulator that is judged, and grade how it behaved.

    The command finds the emulator in its environment: FHIR_URL, TOKEN_URL, CLIENT_ID, CLIENT_SECRET, and
    ATHENAHEALTH_FHIR_ENDPOINT, ATHENAHEALTH_CLIENT_ID, ATHENAHEALTH_CLIENT_SECRET. Without a command the address is
    printed, and whoever comes until Ctrl-C is graded.
    """
    try:
        run = _run(command, given)
    except TargetProblem as problem:
        raise SystemExit(_said(str(problem))) from problem
    grades = graded(run)
    scored = score(run, _quota(given["limits"]))
    _show(grades, scored, run)
    if given["json_file"]:
        report = _report(command, given, run, grades, scored)
        Path(given["json_file"]).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    sys.exit(_code(grades, run, given["strict"]))


def _run(command: Sequence[str], given: dict[str, Any]) -> Run:
    options = ["--limits", given["limits"], *shlex.split(given["options"])]
    if given["scenario"]:
        options += ["--scenario", given["scenario"]]
    with judged_server(options, given["mock_athena"]) as server, _led(server, given["foreign"]) as other:
        code = _client(command, server, given)
        return Run(read(server.journal()), other.came if other else None, server.jobs(), code)


@contextmanager
def _led(server: JudgedServer, how: str | None) -> Iterator[Elsewhere | None]:
    if how is None:
        yield None
        return
    with elsewhere() as other:
        for rule in _FOREIGN[how]:
            server.arm({**rule, "with": {"origin": other.origin}})
        yield other


def _client(command: Sequence[str], server: JudgedServer, given: dict[str, Any]) -> int | None:
    """Run the client, or wait for one. None where it was not started by us."""
    if not command:
        print(f"Judging whoever comes to {server.base} (mock-client, mock-secret); Ctrl-C ends it", flush=True)
        _wait(given["seconds"])
        return None
    try:
        done = subprocess.run(  # noqa: S603 - what we were asked to run
            list(command), env={**os.environ, **server.environment}, timeout=given["timeout"], check=False
        )
    except subprocess.TimeoutExpired:
        print(f"the command was ended after {given['timeout']:g} s", file=sys.stderr)
        return -1
    except OSError as error:
        raise SystemExit(_said(f"{command[0]} cannot be run: {error.strerror or error}")) from error
    return done.returncode


def _wait(seconds: float | None) -> None:
    clock = RealTime()
    try:
        if seconds is not None:
            clock.sleep(seconds)
        while seconds is None:
            clock.sleep(3600)
    except KeyboardInterrupt:
        print(file=sys.stderr)


def _quota(limits: str) -> Quota:
    return {"sliding-1s": Quota(8, 1.0), "athena-preview": Quota(15, 1.0), "athena-prod": Quota(150, 1.0)}.get(
        limits.partition("+")[0], Quota(16, 2.0)
    )


def _show(grades: Sequence[Grade], scored: Score, run: Run) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("verdict", "manner", "requirements", "what was seen"):
        table.add_column(name, overflow="fold")
    for grade in sorted(grades, key=lambda grade: list(Verdict).index(grade.verdict)):
        seen = "\n".join([grade.reason, *grade.evidence]).strip()
        verdict = f"[{_COLOURS[grade.verdict]}]{grade.verdict}[/]"
        table.add_row(verdict, grade.id, ", ".join(grade.requirements), seen.replace("[", "\\["))
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    console.print(table)
    counts = Counter(grade.verdict.value for grade in grades)
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    print(
        f"Score {scored.points} of 100: {scored.requests} requests where {scored.needed} were needed, "
        f"{scored.seconds:.1f} s where {scored.least:.1f} s is the least"
    )
    if run.code:
        print(f"The command ended with {run.code}")


def _report(
    command: Sequence[str], given: dict[str, Any], run: Run, grades: Sequence[Grade], scored: Score
) -> dict[str, Any]:
    return {
        "client": list(command),
        "scenario": given["scenario"],
        "limits": given["limits"],
        "elsewhere": given["foreign"],
        "exit_code": run.code,
        "checks": [
            {
                "id": grade.id,
                "requirements": list(grade.requirements),
                "verdict": grade.verdict.value,
                "reason": grade.reason,
                "evidence": list(grade.evidence),
            }
            for grade in grades
        ],
        "counts": Counter(grade.verdict.value for grade in grades),
        "score": {
            "points": scored.points,
            "requests": scored.requests,
            "needed": scored.needed,
            "seconds": round(scored.seconds, 3),
            "least": round(scored.least, 3),
        },
    }


def _code(grades: Sequence[Grade], run: Run, strict: bool) -> int:
    if not run.entries:
        return NOTHING
    bad = {Verdict.FAIL, Verdict.ERROR} | ({Verdict.WARNING} if strict else set())
    return BAD if any(grade.verdict in bad for grade in grades) else GOOD


def _said(message: str) -> int:
    print(f"athena-conformance client: {message}", file=sys.stderr)
    return BROKEN
