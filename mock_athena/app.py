"""The composition root: builds every room from the settings and joins them to one WSGI application."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mock_athena.addresses import hidden
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import Clock, SystemClock
from mock_athena.clocks import clock_from
from mock_athena.environments import ENVIRONMENTS, PRODUCTION, EnvironmentFacts
from mock_athena.errors import ConfigurationError, DataError, shortened
from mock_athena.export.durations import duration_from
from mock_athena.export.rules import Rules
from mock_athena.export.service import ExportService
from mock_athena.export.streams import StreamSlots
from mock_athena.faults import Faults
from mock_athena.fhir.instants import parse
from mock_athena.journal import Journal
from mock_athena.journal.bodies import Bodies
from mock_athena.population import GENERATOR_VERSION
from mock_athena.population.prebuilt import prebuilt_population
from mock_athena.population.recipe import Recipe, day_from
from mock_athena.profiles import profile_named
from mock_athena.ratelimit import Limiter, policy_named
from mock_athena.ratelimit.holders import counters_named
from mock_athena.settings import Settings
from mock_athena.state import state_in
from mock_athena.store import ResourceStore, files
from mock_athena.web.edge import Edge, Environ, StartResponse, WsgiApp
from mock_athena.web.flask_app import flask_app
from mock_athena.web.saved.shelf import shelf_in
from mock_athena.web.world import Environment, World

if TYPE_CHECKING:
    from mock_athena.commons import Commons
    from mock_athena.faults.rules import Rule
    from mock_athena.nodes import Nodes
    from mock_athena.web.access_log import AccessLog


class MockAthena:
    """One emulator, as a WSGI application.

    Attributes:
        world: everything that it is made of. on_close: called when it is closed.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._answer: WsgiApp = Edge(world, flask_app(world).wsgi_app)
        self.on_close: Callable[[], None] = lambda: None
        self._log = _access_log(self._answer, world) if world.settings.access_log != "off" else None
        self._answer = self._log or self._answer

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self._answer(environ, start_response)

    def let_go(self) -> None:
        """Let every request end that waits for the clock or follows the journal: the server stops."""
        self.world.clock.close()
        self.world.journal.close()

    def close(self) -> None:
        """Let go of files; a world that is not kept in ``--db`` is gone then."""
        self.world.close()
        if self._log:
            self._log.close()
        self.on_close()


def _access_log(answer: WsgiApp, world: World) -> "AccessLog":
    from mock_athena.web.access_log import AccessLog  # most runs never need it

    settings = world.settings
    return AccessLog(answer, world.journal, world.clock, settings.access_log, settings.access_log_file)


def create_app(settings: Settings | None = None, commons: "Commons | Nodes | None" = None) -> MockAthena:
    """An emulator of its own: data, clients, limits, clock, journal and faults are shared with no other.

    Args:
        commons: makes it one worker of an emulator that has several, who share all that; so does a database of ``--db``
            for nodes.

    Raises:
        ConfigurationError: the settings cannot work, or a file that they name cannot be read.
    """
    settings = settings or Settings()
    if settings.workers > 1 and not commons:
        message = f"workers {settings.workers}: one application is one worker; 'mock-athena serve' starts several"
        raise ConfigurationError(message)
    profile = profile_named(settings.profile).handling(settings.handling)
    duration_from(settings.export_duration)  # refused before anything is opened
    start = start_of(settings.start)
    commons = commons or _nodes(settings)
    clock = commons.clock(settings, start) if commons else clock_from(settings.clock, start)
    slots = StreamSlots()  # one for both environments, since they share the server's threads
    counters = commons.counters(settings.counters) if commons else settings.counters or "memory"
    limiter = _limiter(settings, settings.limits or profile.limits, clock, counters)
    with ExitStack() as opened:
        opened.callback(limiter.close)
        state = commons.state() if commons else state_in(settings.state_dir)
        opened.callback(state.close)
        authorization = AuthorizationServer(settings, profile, clock, state)
        environments = {}
        for name, facts in ENVIRONMENTS.items():
            store = commons.store(name) if commons else _store(facts, settings, clock)
            environments[name] = Environment(facts, store, _exports(store, settings, clock, slots))
            opened.callback(environments[name].store.close)
        faults = _faults(settings.scenario, clock, commons)
        journal = commons.journal(settings) if commons else Journal(settings.journal_size, log=settings.log_requests)
        opened.pop_all()  # all went well: the world closes them
    world = World(
        settings=settings,
        profile=profile,
        clock=clock,
        state=state,
        environments=environments,
        authorization=authorization,
        limiter=limiter,
        faults=faults,
        journal=journal,
        bodies=Bodies(settings.journal_bodies),
        shelf=shelf_in(str(commons.state_dir) if commons else settings.state_dir),
    )
    try:
        return MockAthena(world)
    except ConfigurationError:
        world.close()
        raise


def from_environment() -> MockAthena:
    """An emulator with the settings of ``MOCK_ATHENA_…``, for servers of others: ``mock_athena.app:from_environment``.

    Raises:
        ConfigurationError: see :func:`create_app`; or another worker of the same server counts the limits for itself.
    """
    settings = Settings.from_environment()
    with ExitStack() as opened:
        if settings.counters in ("", "memory") and settings.limits != "off":
            _only_one_counts(opened)
        app = create_app(settings)
        app.on_close = opened.pop_all().close
        return app


def _only_one_counts(opened: ExitStack) -> None:
    """Keep other workers out, of a server whose workers are processes of ``multiprocessing``, as granian's are."""
    multiprocessing = sys.modules.get("multiprocessing")  # not imported by anybody: we are no worker
    supervisor = multiprocessing.parent_process() if multiprocessing else None
    if supervisor is None:
        return
    try:
        # Who else there is on this machine may have left one of that number.
        user = getattr(os, "getuid", int)()
        files.lock(Path(tempfile.gettempdir(), f"mock-athena-server-{user}-{supervisor.pid}"), opened)
    except DataError:
        message = (
            "another worker of this server counts the limits already, and each would admit the whole quota: start one "
            "worker, set MOCK_ATHENA_COUNTERS=file:PATH for all of them, or use 'mock-athena serve --workers N'"
        )
        raise ConfigurationError(message) from None


def _limiter(settings: Settings, policy_name: str, clock: Clock, counted_by: str) -> Limiter:
    if settings.retry_after not in ("plain", "fair"):
        message = f"unknown retry-after {shortened(settings.retry_after, 40)!r}: expected plain or fair"
        raise ConfigurationError(message)
    policy = policy_named(policy_name)
    # A server's own time can only stand for ours where ours is the machine's.
    own_time = settings.clock == "system" and not settings.start
    counters = counters_named(counted_by, policy, clock, own_time=own_time, fail=settings.fail)
    return Limiter(policy, clock, counters, fair=settings.retry_after == "fair")


def _nodes(settings: Settings) -> "Nodes | None":
    """What nodes share, if ``--db`` names a database that others may name as well."""
    if not settings.db.startswith(("postgresql://", "postgres://")):
        return None
    from mock_athena.nodes import Nodes, Source, require_shareable  # for several machines only

    require_shareable(settings)
    sources = {
        name: Source(_contents(facts, settings), _maker(facts, settings, SystemClock()))
        for name, facts in ENVIRONMENTS.items()
    }
    return Nodes(settings.db, sources)


def _faults(scenario: str, clock: Clock, commons: "Commons | Nodes | None") -> Faults:
    rules: tuple[Rule, ...] = ()
    if scenario:
        from mock_athena.faults.scenarios import load  # not needed where nothing goes wrong

        rules = load(scenario).rules
    if commons:
        return commons.faults(rules, clock)
    faults = Faults()
    if rules:
        faults.arm_at_start(rules, clock.now())
    return faults


def start_of(text: str) -> int | None:
    """The instant at which a clock is to begin, in nanoseconds since 1970 UTC; None for now."""
    if not text:
        return None
    try:
        return parse(text).low * 1000
    except ValueError as error:
        message = f"start: {error}"
        raise ConfigurationError(message) from None


def _exports(store: ResourceStore, settings: Settings, clock: Clock, slots: StreamSlots) -> ExportService:
    interval = settings.poll_interval or profile_named(settings.profile).poll_interval
    return ExportService(
        store,
        clock,
        settings.export_duration,
        slots,
        file_resources=settings.export_file_resources,
        rules=Rules(settings.exports_at_once, settings.join_exports, float(interval)),
        seed=settings.seed,
        open_files=settings.export_open_files,
        checksums=settings.export_checksums,
    )


def _store(facts: EnvironmentFacts, settings: Settings, clock: Clock) -> ResourceStore:
    """The environment's data: what ``--db`` kept, else what ``--data`` names, else the synthetic population."""
    kept = _kept_path(facts, settings)
    if kept is None:
        return files.open_temporary(_maker(facts, settings, clock))
    return files.open_kept(kept, _maker(facts, settings, clock))


def database(facts: EnvironmentFacts, settings: Settings, clock: Clock, stack: ExitStack) -> Path:
    """The file of an environment's data, made if there is none yet; ours until the stack is closed.

    Raises:
        ConfigurationError: there is none, and none can be made.
    """
    kept, make = _kept_path(facts, settings), _maker(facts, settings, clock)
    return files.temporary(stack, make) if kept is None else files.kept(kept, stack, make)


def _maker(facts: EnvironmentFacts, settings: Settings, clock: Clock) -> files.Maker:
    """What writes the file that the environment starts from."""
    if settings.data and facts is PRODUCTION:
        return partial(_load, settings, clock)
    return partial(_populate, facts, settings)


def _contents(facts: EnvironmentFacts, settings: Settings) -> str:
    """What the environment starts from, in words: the same words stand for the same data."""
    if settings.data and facts is PRODUCTION:
        return f"--data {' '.join(Path(name).name for name in settings.data)}"
    return f"population {_recipe(facts, settings).name} of generator {GENERATOR_VERSION}"


def _populate(facts: EnvironmentFacts, settings: Settings, path: Path) -> None:
    original = prebuilt_population(_recipe(facts, settings), settings.cache_dir)
    files.copy(original, path)


def _recipe(facts: EnvironmentFacts, settings: Settings) -> Recipe:
    return Recipe(
        settings.seed,
        facts.practice,
        settings.patients,
        day_from(settings.as_of),
        profile_named(settings.profile).data_shape,
        settings.dirty,
    )


def _load(settings: Settings, clock: Clock, path: Path) -> None:
    from mock_athena.store.loading import load_files  # not needed by those who bring no data

    load_files(path, settings.data, clock.now(), skip_bad=settings.skip_bad)


def _kept_path(facts: EnvironmentFacts, settings: Settings) -> Path | None:
    """Where ``--db`` keeps an environment: the sandbox beside production, in a file of its own."""
    if not settings.db:
        return None
    path = Path(settings.db)
    if path.is_dir() or not path.parent.is_dir():
        message = f"db: {hidden(settings.db)} cannot be a database file; expected a file in a folder that exists"
        raise ConfigurationError(message)
    return path if facts is PRODUCTION else path.with_name(f"{path.stem}.{facts.name}{path.suffix}")
