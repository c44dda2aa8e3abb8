"""The suite's checks against a mutant, called one by one: a run without starting pytest 200 times."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from athena_fhir_conformance import Credentials, Selection, Target, Verdict, running
from athena_fhir_conformance.recording import Recorder, _advice, _when, check_id, judged, shown_by
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.sending import IN_PROCESS
from tests.mutants.mutant import Mutant
from tests.mutants.server import WsgiApp, broken, healthy

CLIENT = Credentials(client_id="mock-client", client_secret="mock-secret")
SETTINGS: Mapping[str, Any] = {"patients": 6, "auto_approve": False}
RED = (Verdict.FAIL, Verdict.WARNING)


@dataclass(frozen=True)
class Check:
    """A check with its case.

    Attributes:
        given: the case's values. takes: names of what else it gets.
    """

    id: str
    requirements: tuple[str, ...]
    function: Any = field(repr=False)
    given: Mapping[str, Any] = field(repr=False)
    takes: tuple[str, ...] = field(repr=False)


class _Collector(Recorder):
    items: list[pytest.Item]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what was found."""
        self.items = [item for item in items if not _when(item)["profiles"] or "mission" in _when(item)["profiles"]]
        super().pytest_collection_modifyitems(items)


@cache
def checks() -> tuple[Check, ...]:
    """All checks of the mission's profile, in the order in which a run does them."""
    collector = _Collector(Target(f"{IN_PROCESS}/none"), Selection(), lambda *_: None)
    running._pytest(["--collect-only"], collector)
    assert collector.broken == []
    return tuple(_check(item) for item in collector.items)


def _check(item: Any) -> Check:
    given = item.callspec.params if hasattr(item, "callspec") else {}
    takes = tuple(name for name in ("target", "sample", "profile", "request") if name in signature(item.obj).parameters)
    return Check(check_id(item), shown_by(item), item.obj, given, takes)


def of_requirements(ids: Iterable[str]) -> tuple[Check, ...]:
    """The checks of these requirements."""
    wanted = set(ids)
    return tuple(check for check in checks() if wanted & set(check.requirements))


def red(app: WsgiApp, some: Iterable[Check]) -> tuple[str, ...]:
    """Ids of those checks that do not pass against a server."""
    target = Target(f"{IN_PROCESS}/fhir/r4", CLIENT, app=app)
    target.look()
    sample = Sample(target)
    having = {"target": target, "sample": sample, "profile": target.profile}
    return tuple(check.id for check in some if _verdict(check, having | _request(check), target) in RED)


def _request(check: Check) -> dict[str, Any]:
    """What pytest tells a check of itself."""
    return {"request": SimpleNamespace(node=SimpleNamespace(name=check.id.partition(".")[2]))}


def _verdict(check: Check, having: Mapping[str, Any], target: Target) -> Verdict:
    target.used = []
    error: BaseException | None = None
    try:
        check.function(**check.given, **{name: having[name] for name in check.takes})
    except Exception as raised:
        error = raised
    return judged(error, advice=_advice(check.requirements), looked=bool(target.used))[0]


@cache
def red_when_healthy(cache_dir: Path) -> frozenset[str]:
    """What does not pass against the healthy server: advice that it does not follow."""
    with healthy(cache_dir, **SETTINGS) as app:
        return frozenset(red(app, checks()))


def killers(mutant: Mutant, cache_dir: Path, some: Iterable[Check] | None = None) -> tuple[str, ...]:
    """Which checks notice a mutant: those of its requirements, or of ``some``."""
    asked = of_requirements(mutant.requirements) if some is None else some
    with broken(mutant, cache_dir, **SETTINGS) as (app, _):
        found = red(app, asked)
    return tuple(id for id in found if id not in red_when_healthy(cache_dir))
