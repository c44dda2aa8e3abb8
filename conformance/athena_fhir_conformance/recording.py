"""The pytest plugin of a run: which checks are done, what each gets, and the verdict of each.

pytest collects, parametrises and runs; its own words (passed, failed, skipped) are translated into ours here.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from athena_fhir_conformance.clock import stopwatch
from athena_fhir_conformance.fixtures import SAMPLE, TARGET
from athena_fhir_conformance.problems import CannotRun, PutOff, TargetProblem
from athena_fhir_conformance.requirements import requirements
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import Omitted, Skipped, Verdict, Warned

_FIRST = ("capability", "read")
_IDLE = ("data", "data_types")
"""Groups that look at what was read before: they are done while the quota has no room for more."""
_MISREAD = (LookupError, TypeError, AttributeError, ValueError)


@dataclass(frozen=True)
class Result:
    """What a check found.

    Attributes:
        id: such as ``read.an_unknown_id_is_not_found``.
        requirements: ids of the rows that it shows.
        evidence: numbers of the exchanges that it looked at, in order.
        seconds: real time.
    """

    id: str
    requirements: tuple[str, ...]
    verdict: Verdict
    reason: str = ""
    evidence: tuple[int, ...] = ()
    seconds: float = 0.0

    @property
    def group(self) -> str:
        """The module that it is in."""
        return self.id.partition(".")[0]


@dataclass(frozen=True)
class Selection:
    """Which checks are done.

    Attributes:
        groups: names of modules; empty for all.
        known: results of an earlier run that are kept.
        only: ids; ``None`` for all.
    """

    groups: tuple[str, ...] = ()
    slow: bool = False
    destructive: bool = False
    known: Mapping[str, Result] = field(default_factory=dict)
    only: frozenset[str] | None = None


class Recorder:
    """One run's plugin.

    Attributes:
        results: in the order in which the checks ended.
        listed: id → requirements of all checks that were chosen.
    """

    def __init__(self, target: Target, selection: Selection, told: Callable[[Result, int], None]) -> None:
        self.target, self.selection, self._told = target, selection, told
        self.results: list[Result] = []
        self.listed: dict[str, tuple[str, ...]] = {}
        self.broken: list[str] = []
        self._begun = 0.0
        self._spent = dict[str, float]()  # seconds of real time on checks that were put off
        self._put_off: list[tuple[float, pytest.Item]] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make our mark known, and what the fixtures give."""
        config.stash[TARGET], config.stash[SAMPLE] = self.target, Sample(self.target)
        config.option.tbstyle = "no"  # nobody reads tracebacks, and their sources take seconds
        config.addinivalue_line("markers", "check(*ids, **when): the requirements that a check shows")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module of checks that cannot be imported is an error of the suite."""
        if report.failed:
            self.broken.append(str(report.longrepr))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave what was not chosen."""
        chosen = sorted((item for item in items if self._chosen(item)), key=_place)
        self.listed = {check_id(item): shown_by(item) for item in chosen}
        items[:] = [item for item in chosen if check_id(item) not in self.selection.known]
        self.results += [result for id, result in self.selection.known.items() if id in self.listed]

    def _chosen(self, item: pytest.Item) -> bool:
        groups, only = self.selection.groups, self.selection.only
        return (not groups or _group(item) in groups) and (only is None or check_id(item) in only)

    def in_order(self) -> tuple[Result, ...]:
        """The results in the order of the checks, whenever each was done."""
        place = {id: number for number, id in enumerate(self.listed)}
        return tuple(sorted(self.results, key=lambda result: place[result.id]))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """One check after the other, each as soon as it can be done."""
        if session.config.option.collectonly:
            return True
        waiting = deque(session.items)
        while waiting or self._put_off:
            item = self._put_off_until_now(waiting) or self._meanwhile(waiting) or waiting.popleft()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        return True

    def _alone(self, item: pytest.Item) -> bool:
        """Whether what was put off is done before this check, which itself never is: it writes, or waits for long."""
        when = _when(item)
        return (when["slow"] and self.selection.slow) or (when["destructive"] and self.selection.destructive)

    def _put_off_until_now(self, waiting: deque[pytest.Item]) -> pytest.Item | None:
        """The first check that was put off and whose time has come; waited for where nothing may be done before."""
        if not self._put_off:
            return None
        until = min(until for until, _ in self._put_off)
        if not waiting or self._alone(waiting[0]):
            self.target.clock.sleep(until - self.target.clock.now())
        elif until > self.target.clock.now():
            return None
        place = next(number for number, (instant, _) in enumerate(self._put_off) if instant <= until)
        return self._put_off.pop(place)[1]

    def _meanwhile(self, waiting: deque[pytest.Item]) -> pytest.Item | None:
        """A check that sends next to nothing, while the quota has no room for those that do."""
        if _group(waiting[0]) in _FIRST or self.target.clock.virtual or self.target.pacer.missing() <= 0:
            return None
        found = next((item for item in waiting if _group(item) in _IDLE), None)
        if found:
            waiting.remove(found)
        return found

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Not every check is for every target."""
        self.target.used, self._begun = [], stopwatch()
        when = _when(item)
        self.target.puts_off = not (self.target.clock.virtual or self._alone(item))
        name = self.target.profile.name
        if when["profiles"] and name not in when["profiles"]:
            raise Omitted(f"not asked in the profile {name!r}")
        if when["destructive"] and not self.selection.destructive:
            raise Skipped("it writes to the target: --destructive allows it")
        if when["slow"] and not (self.selection.slow or self.target.clock.virtual):
            raise Skipped("it takes minutes: --slow allows it")

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """A verdict after the check, or when it could not begin."""
        error = call.excinfo.value if call.excinfo else None
        if isinstance(error, KeyboardInterrupt) or not (call.when == "call" or (call.when == "setup" and error)):
            return
        id, ids, used = check_id(item), shown_by(item), tuple(self.target.used)
        spent = self._spent.pop(id, 0.0) + stopwatch() - self._begun
        if isinstance(error, PutOff):
            self._spent[id] = spent
            self._put_off.append((error.until, item))
            return
        verdict, reason = judged(error, advice=_advice(ids), looked=bool(used))
        result = Result(id, ids, verdict, reason, used, round(spent, 4))
        self.results.append(result)
        self._told(result, len(self.listed))


def check_id(item: pytest.Item) -> str:
    """The name of a check: module, function, case."""
    module = item.nodeid.partition("::")[0].rpartition("/")[2].removesuffix(".py")
    return f"{module}.{item.name}"


def _group(item: pytest.Item) -> str:
    return check_id(item).partition(".")[0]


def _place(item: pytest.Item) -> int:
    """What is first: what is declared, and reads, whose answers tell the quota; until then all requests are paced."""
    group = _group(item)
    return _FIRST.index(group) if group in _FIRST else len(_FIRST)


def shown_by(item: pytest.Item) -> tuple[str, ...]:
    """The requirements of a check and of its case."""
    return tuple(dict.fromkeys(str(id) for mark in item.iter_markers("check") for id in mark.args))


def _when(item: pytest.Item) -> dict[str, Any]:
    asked: dict[str, Any] = {"profiles": (), "destructive": False, "slow": False}
    for mark in reversed(list(item.iter_markers("check"))):
        asked.update(mark.kwargs)
    return asked


def _advice(ids: tuple[str, ...]) -> bool:
    known = requirements()
    return bool(ids) and not any(known[id].binding for id in ids if id in known)


def judged(error: BaseException | None, advice: bool, looked: bool) -> tuple[Verdict, str]:
    """The verdict for what a check raised.

    Args:
        advice: nothing that it shows is more than a SHOULD.
        looked: it had an answer of the target. What does not fit into code that reads it is the answer's fault.
    """
    bad = Verdict.WARNING if advice else Verdict.FAIL
    match error:
        case None:
            return Verdict.PASS, ""
        case Omitted():
            return Verdict.OMIT, str(error)
        case Skipped() | CannotRun():
            return Verdict.SKIP, str(error)
        case Warned():
            return Verdict.WARNING, str(error)
        case AssertionError() | TargetProblem():
            return bad, str(error) or "it does not hold"
        case _ if isinstance(error, _MISREAD) and looked:
            return bad, f"the answer has not the shape that was expected: {type(error).__name__}: {error}"
        case _:
            return Verdict.ERROR, f"the suite went wrong: {type(error).__name__}: {error}"
