"""Looks at the environment for ``mock-athena doctor``: would the emulator start here, be found, and be tested against?

Each look answers what it found, and what to do about it where something is in the way. Secrets are never shown.
"""

import json
import os
import platform
import socket
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Literal, NamedTuple

from mock_athena._version import __version__
from mock_athena.addresses import hidden, said
from mock_athena.clock import NANOSECONDS, SystemClock, stopwatch
from mock_athena.errors import ConfigurationError
from mock_athena.settings import ENVIRONMENT_PREFIX, Settings

Verdict = Literal["good", "note", "bad"]

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 35)
"""Since when it has ``NULLS LAST`` and ``RETURNING``."""

_LEAST_ROOM = 200 * 1024 * 1024  # bytes: two environments, their logs, and a population that is being built
_SLOW = 2 * NANOSECONDS  # a start that takes so long makes a test suite slow
_PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


class Finding(NamedTuple):
    """What one look found.

    Attributes:
        verdict: ``bad`` keeps the emulator from being used as asked; ``note`` may surprise.
        advice: what to do about it; empty where nothing is to be done.
    """

    verdict: Verdict
    about: str
    says: str
    advice: str = ""


def findings(options: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> list[Finding]:
    """All that was found.

    Args:
        options: settings that were given on the command line, as ``serve`` takes them.
    """
    found = [_python(), _sqlite(), *_extras(), *_client(environ), *_proxies(environ)]
    try:
        settings = Settings.from_environment(environ, **options)
    except ConfigurationError as error:
        return [*found, Finding("bad", "settings", str(error), "correct it, or unset the variable")]
    found += [_settings(environ), _room(), _files(settings), _localhost(), _port(settings), *_tls(settings)]
    return [*found, *_database(settings), *_counters(settings), _start(settings)]


def told(found: list[Finding]) -> str:
    """The findings for a person, one or two lines each."""
    width = max(len(finding.about) for finding in found)
    signs = {"good": "ok  ", "note": "note", "bad": "BAD "}
    lines = []
    for finding in found:
        lines.append(f"{signs[finding.verdict]}  {finding.about.ljust(width)}  {finding.says}")
        if finding.advice:
            lines.append(f"{' ' * (width + 8)}-> {finding.advice}")
    return "\n".join(lines)


def as_json(found: list[Finding]) -> str:
    """The findings for a program."""
    return json.dumps([finding._asdict() for finding in found], indent=2)


def _python() -> Finding:
    says = f"{platform.python_version()} ({platform.python_implementation()}) on {platform.system()}, {sys.prefix}"
    if sys.version_info < OLDEST_PYTHON:
        return Finding("bad", "python", says, f"install Python {'.'.join(map(str, OLDEST_PYTHON))} or newer")
    return Finding("good", "python", says)


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return Finding("bad", "sqlite", sqlite3.sqlite_version, "use a Python with SQLite 3.35 or newer")
    return Finding("good", "sqlite", sqlite3.sqlite_version)


def _extras() -> Iterator[Finding]:
    """The version of ours, and which extras are complete."""
    yield Finding("good", "mock-athena", f"{__version__}, {Path(__file__).parent}")
    try:
        metadata = distribution("mock-athena").metadata
    except PackageNotFoundError:
        yield Finding("note", "extras", "not installed as a package", "pip install mock-athena")
        return
    needed: dict[str, list[str]] = {name: [] for name in metadata.get_all("Provides-Extra") or ()}
    for requirement in metadata.get_all("Requires-Dist") or ():
        wanted, _, condition = requirement.partition(";")
        for name, libraries in needed.items():
            if f'extra == "{name}"' in condition.replace("'", '"'):
                libraries.append(_library(wanted))
    missing = {name: [each for each in libraries if not _is_there(each)] for name, libraries in needed.items()}
    there = sorted(name for name, libraries in missing.items() if not libraries)
    yield Finding("good", "extras", f"installed: {', '.join(there) or 'none'}")
    absent = sorted(set(missing) - set(there))
    if absent:
        yield Finding("good", "", f"not installed: {', '.join(absent)} (pip install 'mock-athena[{absent[0]}]')")


def _library(requirement: str) -> str:
    """``redis>=5.1`` → ``redis``."""
    for place, character in enumerate(requirement):
        if not (character.isalnum() or character in "-_."):
            return requirement[:place]
    return requirement


def _is_there(library: str) -> bool:
    try:
        return bool(version(library))
    except PackageNotFoundError:
        return False


def _client(environ: Mapping[str, str]) -> Iterator[Finding]:
    """What the reference client, and most others, would be configured with."""
    given = sorted(name for name in environ if name.startswith("ATHENAHEALTH_"))
    if given:
        real = [name for name in given if "platform.athenahealth.com" in environ[name]]
        says = f"{', '.join(given)} (values not shown)"
        advice = f"{', '.join(real)} names the real API: tests would call it" if real else ""
        yield Finding("note" if real else "good", "client", says, advice)


def _proxies(environ: Mapping[str, str]) -> Iterator[Finding]:
    """A proxy that clients would ask for an address of this machine, and that knows another machine by it."""
    given = [name for name in _PROXIES if environ.get(name)]
    spared = ",".join(environ.get(name, "") for name in ("no_proxy", "NO_PROXY"))
    if given and not ("127.0.0.1" in spared or spared.strip(",") == "*"):
        says = f"{', '.join(given)} is set, and NO_PROXY does not spare 127.0.0.1"
        yield Finding("note", "proxy", says, "export NO_PROXY=127.0.0.1,localhost, or clients ask the proxy for us")


def _settings(environ: Mapping[str, str]) -> Finding:
    given = sorted(name for name in environ if name.startswith(ENVIRONMENT_PREFIX))
    return Finding("good", "settings", f"from the environment: {', '.join(given) or 'none'}")


def _room() -> Finding:
    """Room for the data, of which every start has its own copy."""
    folder = Path(gettempdir())
    try:
        room = os.statvfs(folder)
    except (AttributeError, OSError):  # Windows
        return Finding("good", "temporary", str(folder))
    free = room.f_bavail * room.f_frsize
    says = f"{folder}, {free // 1_000_000:,} MB free"
    if free < _LEAST_ROOM:
        return Finding("bad", "temporary", says, "make room, or name another folder: export TMPDIR=…")
    return Finding("good", "temporary", says)


def _files(settings: Settings) -> Finding:
    """Where populations are kept that did not come with the package."""
    from mock_athena.population.prebuilt import default_cache

    folder = Path(settings.cache_dir) if settings.cache_dir else default_cache()
    nearest = next(each for each in (folder, *folder.parents) if os.path.exists(each))
    if not os.access(nearest, os.W_OK):
        advice = "name another with --cache-dir; it is only needed for populations other than the default one"
        return Finding("note", "cache", f"{folder} cannot be written", advice)
    return Finding("good", "cache", str(folder))


def _localhost() -> Finding:
    """Clients that are told ``localhost`` may come by IPv6, where nobody listens."""
    try:
        addresses = [str(found[4][0]) for found in socket.getaddrinfo("localhost", 80, proto=socket.IPPROTO_TCP)]
    except OSError as error:
        return Finding("note", "localhost", f"has no address ({error.strerror})", "say 127.0.0.1 in URLs")
    if addresses[0] != "127.0.0.1":
        advice = "say 127.0.0.1 in URLs, or start with --host localhost, which listens on both"
        return Finding("note", "localhost", f"is {addresses[0]} first", advice)
    return Finding("good", "localhost", addresses[0])


def _port(settings: Settings) -> Finding:
    """Whether the port is free, and who has it otherwise."""
    where = f"{settings.host}:{settings.port}"
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            who = _answering(settings)
            advice = "it can be used as it is, or choose another with --port" if who else "choose another with --port"
            return Finding("note" if who else "bad", "port", f"{where}: {who or error.strerror or error}", advice)
    return Finding("good", "port", f"{where} is free" if settings.port else "any free one")


def _answering(settings: Settings) -> str:
    """An emulator that has the port already; empty if it is somebody else."""
    from mock_athena.health import health

    try:
        # Who answers is not known yet: nobody is told the control token.
        return f"a Mock Athena {health(replace(settings, control_token=''), 2)['version']} answers there"
    except (ConfigurationError, KeyError, TypeError):
        return ""


def _tls(settings: Settings) -> Iterator[Finding]:
    """What callers are shown over TLS, and whether they can take it."""
    if settings.tls_cert:
        from mock_athena.tls.context import tls_of
        from mock_athena.tls.shown import shown

        try:
            tls_of(settings)
        except ConfigurationError as error:
            yield Finding("bad", "tls", str(error), "correct it, or make a certificate with mock-athena tls")
            return
        says, advice = shown(Path(settings.tls_cert), settings)
        yield Finding("note" if advice else "good", "tls", says, advice)
    elif settings.tls:
        from mock_athena.tls.context import folder_of

        folder = folder_of(settings.cache_dir)
        yield Finding("good", "tls", f"a certificate for localhost is kept in {folder}, made where it is missing")


def _database(settings: Settings) -> Iterator[Finding]:
    """Whether a PostgreSQL that nodes are to share can be used; nothing is made in it."""
    if not settings.db.startswith(("postgresql://", "postgres://")):
        return
    from mock_athena.nodes import require_shareable

    try:
        require_shareable(settings)
        yield _postgres(settings.db)
    except ConfigurationError as error:
        yield Finding("bad", "database", str(error), "correct it, and ask again")


def _postgres(url: str) -> Finding:
    import psycopg

    from mock_athena.postgres import connected

    try:
        with connected(url) as wire:
            version_of_it, encoding, filled, creates = wire.execute(_ASKED).fetchall()[0]
    except psycopg.Error as error:
        advice = "start it, or correct the address, the user or the password"
        return Finding("bad", "database", f"{hidden(url)}: {said(url, error)}", advice)
    says = f"{hidden(url)}: PostgreSQL {version_of_it}, "
    if encoding != "UTF8":
        return Finding("bad", "database", f"{says}encoded as {encoding}", "make a database WITH ENCODING 'UTF8'")
    if filled:
        return Finding("good", "database", f"{says}filled")
    if not creates:
        return Finding("bad", "database", f"{says}empty", "let its user CREATE schemas in it, for the first start")
    return Finding("good", "database", f"{says}empty: the first node fills it")


_FILLED = "to_regclass('mock_athena_production.meta') IS NOT NULL"
_ASKED = (
    f"SELECT current_setting('server_version')::varchar, current_setting('server_encoding')::varchar, {_FILLED}, "
    "has_database_privilege(current_database(), 'CREATE')"
)


def _counters(settings: Settings) -> Iterator[Finding]:
    """Whether a Valkey that counts for several machines answers."""
    from mock_athena.ratelimit import policy_named
    from mock_athena.ratelimit.holders import SERVERS, counters_named

    if not settings.counters.startswith(SERVERS):
        return
    url = settings.counters
    try:
        counters = counters_named(url, policy_named("mission"), SystemClock(), own_time=True, fail="closed")
    except ConfigurationError as error:
        yield Finding("bad", "counters", str(error), "correct it, and ask again")
        return
    answers = counters.reachable()
    counters.close()
    if answers:
        yield Finding("good", "counters", f"{hidden(url)} answers")
    elif settings.fail == "open":
        yield Finding("note", "counters", f"{hidden(url)} does not answer", "nothing is limited until it does")
    else:
        advice = "start it, or correct the address or the password; until then every request is refused"
        yield Finding("bad", "counters", f"{hidden(url)} does not answer", advice)


def _start(settings: Settings) -> Finding:
    """Whether all that the settings name can be opened: data, keys, counters, scenario."""
    from mock_athena.app import create_app

    # What several workers share is made by their supervisor; and nothing is made here that is to be kept.
    db, state_dir = (path if Path(path).exists() else "" for path in (settings.db, settings.state_dir))
    began = stopwatch()
    try:
        create_app(replace(settings, workers=1, db=db, state_dir=state_dir)).close()
    except ConfigurationError as error:
        return Finding("bad", "start", str(error), "correct it, and ask again")
    took = stopwatch() - began
    says = f"everything could be opened, in {took / NANOSECONDS:.2f} s"
    if took > _SLOW:
        return Finding("note", "start", says, "the next start is faster where a population had to be built")
    return Finding("good", "start", says)
