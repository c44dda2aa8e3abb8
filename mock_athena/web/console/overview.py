"""The first screen: where everything is, commands to copy, and how it stands."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response

from mock_athena.environments import PRODUCTION
from mock_athena.export.states import JobState
from mock_athena.store.criteria import Selection
from mock_athena.web.console.console import Console
from mock_athena.web.world import World

CLIENT, SECRET = "mock-client", "mock-secret"


def overview(console: Console, _: str) -> Response:
    """Addresses, commands, and numbers that go on."""
    world, origin = console.world, console.origin
    places = [(name, each.fhir_base(origin)) for name, each in world.environments.items()]
    production = world.environments[PRODUCTION.name]
    first = production.store.snapshot().page(Selection("Patient"), 1)
    return console.show(
        "overview.html",
        origin=origin,
        places=places,
        base=production.fhir_base(origin),
        client=CLIENT if world.authorization.clients.get(CLIENT) else None,
        secret=SECRET,
        patient=first[0].id if first else None,
        tiles=_tiles(world),
        settings=world.settings,
    )


def _tiles(world: World) -> list[tuple[str, str, str, str]]:
    """(screen, name, number, what it means) of each."""
    counted = world.journal.counters()
    jobs = [job for environment in world.environments.values() for job in environment.exports.jobs()]
    running = sum(job.state is JobState.IN_PROGRESS for job in jobs)
    armed = world.faults.armed
    now = datetime.fromtimestamp(world.clock.now() / 1e9, UTC)
    return [
        ("/console/traffic", "Requests", f"{counted.get('total', 0):,}", _verdicts(counted)),
        ("/console/limits", "Refused, 429", f"{counted.get('status.429', 0):,}", f"policy {world.limiter.policy.name}"),
        ("/console/clock", "Clock, UTC", f"{now:%H:%M:%S}", f"{now:%Y-%m-%d}, {_pace(world)}"),
        ("/console/exports", "Exports", f"{len(jobs)}", f"{running} in progress"),
        ("/console/faults", "Faults armed", f"{len(armed)}", "all is well" if not armed else "something goes wrong"),
    ]


def _verdicts(counted: Mapping[str, int]) -> str:
    named = [(word, counted.get(f"verdict.{word}", 0)) for word in ("admitted", "unauthenticated", "faulted")]
    return ", ".join(f"{count:,} {word}" for word, count in named if count) or "none admitted yet"


def _pace(world: World) -> str:
    return "stands" if world.clock.stands else f"runs, {world.settings.clock}"
