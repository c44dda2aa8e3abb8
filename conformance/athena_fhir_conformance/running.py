"""A run: the checks against one target, in process or over HTTP, and what came of it."""

import contextlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from athena_fhir_conformance import fixtures
from athena_fhir_conformance.clock import RealTime, stopwatch
from athena_fhir_conformance.credentials import Credentials
from athena_fhir_conformance.flows.exports import tidied
from athena_fhir_conformance.manners import Manners
from athena_fhir_conformance.profiles import PROFILES, Profile
from athena_fhir_conformance.recording import Recorder, Result, Selection
from athena_fhir_conformance.sending import IN_PROCESS
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import Verdict

CHECKS = Path(__file__).parent / "checks"
_UNUSED = "cacheprovider capture doctest faulthandler junitxml logging pastebin setuponly setupplan stepwise terminal threadexception unittest unraisableexception warnings"  # noqa: E501
_FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST")


def _unheard(*_: object) -> None:
    """Who wants to hear nothing."""


@dataclass(frozen=True)
class Run:
    """What came of a run.

    Attributes:
        results: of the checks, in their order.
        unreachable: why nothing could be shown; empty if the target answered.
        doubt: why its URL may not be that of a FHIR server; empty if it has a CapabilityStatement.
        interrupted: Ctrl-C ended it; what was shown until then is here.
        broken: what is wrong with the suite itself.
        exchanges: number → an exchange without secrets, those that evidence names.
        seconds: real time. waited: the target's time spent on keeping its quota.
    """

    url: str
    profile: str
    results: tuple[Result, ...]
    exchanges: Mapping[int, Mapping[str, Any]] = field(repr=False)
    requests: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    begun: str = ""
    software: str = ""
    unreachable: str = ""
    doubt: str = ""
    interrupted: bool = False
    broken: tuple[str, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """How many checks have a verdict."""
        return sum(result.verdict == verdict for result in self.results)

    def of(self, verdict: Verdict) -> list[Result]:
        """The results with a verdict."""
        return [result for result in self.results if result.verdict == verdict]

    def document(self) -> dict[str, Any]:
        """The JSON report."""
        return {
            "target": {"url": self.url, "profile": self.profile, "software": self.software},
            "begun": self.begun,
            "seconds": round(self.seconds, 3),
            "requests": self.requests,
            "unreachable": self.unreachable,
            "doubt": self.doubt,
            "broken": list(self.broken),
            "interrupted": self.interrupted,
            "counts": {verdict.value: self.count(verdict) for verdict in Verdict},
            "checks": [
                {
                    "id": result.id,
                    "group": result.group,
                    "requirements": list(result.requirements),
                    "verdict": result.verdict.value,
                    "reason": result.reason,
                    "evidence": list(result.evidence),
                    "seconds": result.seconds,
                }
                for result in self.results
            ],
            "exchanges": {str(number): dict(exchange) for number, exchange in self.exchanges.items()},
        }


def run(
    target: Any,
    credentials: Credentials | None = None,
    profile: Profile | str = "mission",
    *,
    base: str = "",
    manners: Manners | None = None,
    selection: Selection | None = None,
    told: Callable[[Result, int], None] = _unheard,
) -> Run:
    """Judge a server.

    Args:
        target: its FHIR base URL, or a WSGI application, which is asked without a socket.
        base: what an application's FHIR base is called; ``http://127.0.0.1/fhir/r4`` by default.
        manners: quota, budget and bounds.
        selection: which checks; all that are harmless and quick by default.
        told: is told each result and the number of checks.
    """
    chosen = PROFILES[profile] if isinstance(profile, str) else profile
    app = None if isinstance(target, str) else target
    url = target if isinstance(target, str) else base or f"{IN_PROCESS}/fhir/r4"
    judged = Target(url, credentials, chosen, manners, app)
    try:
        return run_against(judged, selection or Selection(), told)
    finally:
        judged.close()


def run_against(target: Target, selection: Selection, told: Callable[[Result, int], None] = _unheard) -> Run:
    """Judge a target that was made before."""
    begun, started = datetime.fromtimestamp(RealTime().now(), UTC), stopwatch()
    recorder = Recorder(target, selection, told)
    unreachable, interrupted = "the run was interrupted before the target answered", False
    try:
        unreachable = target.look()
        _pytest([], recorder)
    except KeyboardInterrupt:
        interrupted = True
    with contextlib.suppress(KeyboardInterrupt):  # who will not wait for that either, is not kept
        tidied(target)
    results = recorder.in_order()
    named = {number for result in results for number in result.evidence}
    software = target.capability.get("software") if not unreachable else None
    return Run(
        url=target.base,
        profile=target.profile.name,
        results=results,
        exchanges={each.number: each.record(target.secrets) for each in target.exchanges if each.number in named},
        requests=len(target.exchanges),
        seconds=stopwatch() - started,
        waited=target.pacer.waited,
        begun=begun.isoformat(timespec="seconds").replace("+00:00", "Z"),
        software=" ".join(str(software.get(name, "")) for name in ("name", "version")).strip()
        if isinstance(software, dict)
        else "",
        unreachable=unreachable,
        doubt="" if unreachable else target.doubt(),
        interrupted=interrupted,
        broken=tuple(recorder.broken),
    )


def listed(profile: Profile | str = "mission", selection: Selection | None = None) -> dict[str, tuple[str, ...]]:
    """Id → requirements of every check, without asking any server."""
    chosen = PROFILES[profile] if isinstance(profile, str) else profile
    nowhere = Target(f"{IN_PROCESS}/none", profile=chosen)
    recorder = Recorder(nowhere, selection or Selection(), _unheard)
    try:
        _pytest(["--collect-only"], recorder)
    finally:
        nowhere.close()
    return recorder.listed


def asked_of_clients() -> dict[str, tuple[str, ...]]:
    """Id → requirements of every question that ``athena-conformance client`` asks."""
    from athena_fhir_conformance.client.grading import questions

    return {f"client.{each.id}": each.requirements for each in questions()}


def _pytest(options: list[str], recorder: Recorder) -> None:
    """pytest alone: no plugin of the machine, no configuration of the folder, nothing printed."""
    unused = [word for name in _UNUSED.split() for word in ("-p", f"no:{name}")]
    command = [
        *("-c", str(CHECKS / "checks.ini")),
        *("--rootdir", str(CHECKS)),
        *("--import-mode", "importlib", "--assert", "plain", "--disable-plugin-autoload", "--noconftest"),
        *unused,
        *options,
        *(str(CHECKS / f"{group}.py") for group in recorder.selection.groups),
        *([] if recorder.selection.groups else [str(CHECKS)]),
    ]
    with _undisturbed(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        code = pytest.main(command, plugins=[fixtures, recorder])
    if code == pytest.ExitCode.INTERRUPTED and not recorder.broken:
        raise KeyboardInterrupt
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        recorder.broken.append(said.getvalue() or f"pytest ended with {code}")


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """pytest without what the environment would have it do."""
    kept = {name: os.environ.pop(name) for name in _FOREIGN if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
