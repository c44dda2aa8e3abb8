"""A fault storm: a mixed day, while the emulator misbehaves as scenario ``flaky`` says. The limiter must not.

The storm strikes whoever else takes part as well: ``--most-failures`` says how much of that is right.
"""

from contextlib import suppress
from typing import Any

from locust import events
from locust.runners import WorkerRunner

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.journals import LoadError, UnreachableError, control
from athena_fhir_load.running_load import load_of
from scenarios.mixed_day import MixedDay

SCENARIO = "flaky"


class FaultStorm(MixedDay):
    """Goes on whatever it is answered."""

    limited = False
    tolerates = True


def _storm(environment: Any) -> str:
    """Where it rages, if this run has it and loads an emulator; of several processes the first does it."""
    chosen = any(issubclass(user, FaultStorm) for user in environment.user_classes)
    if not chosen or isinstance(environment.runner, WorkerRunner):
        return ""
    try:
        target = load_of(environment).target
    except LoadError:
        return ""  # the run was never begun
    return target.origin if target.emulator else ""


def arm(environment: Any, **_: Any) -> None:
    """Let it begin."""
    origin = _storm(environment)
    if origin:
        control(origin, "faults", "POST", {"scenario": SCENARIO})


def disarm(environment: Any, **_: Any) -> None:
    """Let it end."""
    origin = _storm(environment)
    with suppress(UnreachableError):  # it is gone, and its faults are
        if origin:
            control(origin, "faults", "DELETE")


events.test_start.add_listener(arm)
events.test_stop.add_listener(disarm)
