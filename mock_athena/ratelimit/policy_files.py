"""A policy of one's own, as a TOML file.

::

    name = "my-gateway"
    per = "client"                  # or token, user, address, practice
    tells = "all"                   # or gateway, body

    [[limits]]
    kind = "sliding-window"         # or fixed-window, token-bucket, gcra, lockout, concurrency
    name = "burst"
    quota = 16
    window = 2                      # seconds

    [costs]
    bulk = 4                        # units by class of route

    [[token_endpoint]]
    kind = "fixed-window"
    name = "minute"
    quota = 50
    window = 60

Every mistake is told with what came, what was expected and where.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, cast, get_args

from mock_athena.errors import ConfigurationError, shortened
from mock_athena.ratelimit.buckets import Gcra, TokenBucket
from mock_athena.ratelimit.decision import Kind
from mock_athena.ratelimit.limits import FixedWindow, Limit, SlidingWindow
from mock_athena.ratelimit.penalties import Concurrency, Lockout
from mock_athena.ratelimit.policies import Policy, Telling

ROUTES = ("fhir", "bulk", "documents", "public", "oauth")

_LARGEST = 10_000_000  # units of a quota; a ring of so many instants is 80 MB for each caller
_LONGEST = 366 * 86_400  # seconds
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")  # goes into header fields as it is

_WINDOW = {"quota": int, "window": int, "charge_denied": bool}
# By kind: what makes the limit, and what it takes; all but charge_denied must be given.
KINDS: dict[str, tuple[Callable[..., Limit], Mapping[str, type]]] = {
    "sliding-window": (SlidingWindow, _WINDOW),
    "fixed-window": (FixedWindow, _WINDOW),
    "token-bucket": (TokenBucket, _WINDOW),
    "gcra": (Gcra, _WINDOW),
    "lockout": (Lockout, {"quota": int, "window": int, "penalty": int}),
    "concurrency": (Concurrency, {"quota": int}),
}
_KIND_OF = {make: kind for kind, (make, _) in KINDS.items()}  # gcra is a bucket, that tells otherwise
KEYS = ("name", "per", "tells", "limits", "costs", "token_endpoint")


def read_policy(path: str) -> Policy:
    """The policy in a file.

    Raises:
        ConfigurationError: it cannot be read, is no TOML, or says something that is no policy; names the place.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        return parse_policy(tomllib.loads(text), path)
    except OSError as error:
        _wrong(path, f"cannot be read ({error.strerror or error})")
    except ValueError as error:
        _wrong(path, f"is not TOML ({error})")


def parse_policy(written: Mapping[str, Any], path: str) -> Policy:
    """The policy that a file says.

    Raises:
        ConfigurationError: as :func:`read_policy`.
    """
    _known(path, "", written, KEYS)
    limits = _limits(path, written, "limits")
    costs = _costs(path, written.get("costs", {}), limits)
    return Policy(
        _name(path, "name", written.get("name", Path(path).stem)),
        limits,
        per=cast("Kind", _one_of(path, "per", written.get("per", "client"), get_args(Kind))),
        costs=costs,
        token_endpoint=_limits(path, written, "token_endpoint"),
        tells=cast("Telling", _one_of(path, "tells", written.get("tells", "all"), get_args(Telling))),
    )


def written_policy(policy: Policy) -> dict[str, Any]:
    """A policy as a file would say it, so that others can judge by it; ``sandbox`` besides, where that has another."""
    written = {
        "name": policy.name,
        "per": policy.per,
        "tells": policy.tells,
        "limits": [_table(limit) for limit in policy.limits],
        "costs": dict(policy.costs),
        "token_endpoint": [_table(limit) for limit in policy.token_endpoint],
    }
    return written | ({"sandbox": written_policy(policy.sandbox)} if policy.sandbox else {})


def policy_of(written: Mapping[str, Any], source: str) -> Policy:
    """The policy that :func:`written_policy` wrote.

    Args:
        source: who says so, for messages.

    Raises:
        ConfigurationError: it says something that is no policy.
    """
    said = {key: value for key, value in written.items() if key not in ("name", "sandbox")}
    sandbox = written.get("sandbox")
    # The name of a policy with changes, such as mission+per-token, is none that a file may give.
    return replace(
        parse_policy(said | {"name": "told"}, source),
        name=str(written.get("name", "")),
        sandbox=policy_of(sandbox, source) if isinstance(sandbox, dict) else None,
    )


def _table(limit: Limit) -> dict[str, Any]:
    kind = "gcra" if getattr(limit, "until_full", False) else _KIND_OF[type(limit)]
    return {"kind": kind, "name": limit.name} | {key: getattr(limit, key) for key in KINDS[kind][1]}


def _limits(path: str, written: Mapping[str, Any], key: str) -> tuple[Limit, ...]:
    tables = written.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        _wrong(path, f"{key}: expected tables, each beginning with [[{key}]]")
    limits = tuple(_limit(path, f"{key}[{number}]", table) for number, table in enumerate(tables))
    names = [limit.name for limit in limits]
    if len(set(names)) < len(names):
        _wrong(path, f"{key}: two limits of one name ({', '.join(names)}); headers tell them apart by it")
    return limits


def _limit(path: str, where: str, table: Mapping[str, Any]) -> Limit:
    kind = _one_of(path, f"{where}.kind", table.get("kind", "nothing"), tuple(KINDS))
    make, takes = KINDS[kind]
    _known(path, f"{where}.", table, ("kind", "name", *takes))
    values: dict[str, Any] = {"name": _name(path, f"{where}.name", table.get("name", kind))}
    for name, type in takes.items():
        if type is bool:
            values[name] = _flag(path, f"{where}.{name}", table.get(name, False))
        else:
            most = _LARGEST if name == "quota" else _LONGEST
            values[name] = _whole(path, f"{where}.{name}", table.get(name), 1, most)
    return make(**values)


def _costs(path: str, table: object, limits: tuple[Limit, ...]) -> tuple[tuple[str, int], ...]:
    if not isinstance(table, dict):
        _wrong(path, "costs: expected a table, such as [costs] and then bulk = 2")
    _known(path, "costs.", table, ROUTES)
    most = min((limit.quota for limit in limits), default=_LARGEST)
    return tuple((route, _whole(path, f"costs.{route}", cost, 0, most)) for route, cost in table.items())


def _known(path: str, where: str, table: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in table:
        if key not in keys:
            _wrong(path, f"unknown key {where}{shortened(key, 60)}: expected {', '.join(keys)}")


def _one_of(path: str, where: str, value: object, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        _wrong(path, f"{where}: {shortened(repr(value), 60)} is not one of {', '.join(known)}")
    return value


def _name(path: str, where: str, value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        _wrong(path, f"{where}: {shortened(repr(value), 60)} is no name of letters, digits, '.', '_' and '-', up to 40")
    return value


def _whole(path: str, where: str, value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        _wrong(path, f"{where}: {shortened(repr(value), 60)} is no whole number from {least} to {most:,}")
    return value


def _flag(path: str, where: str, value: object) -> bool:
    if not isinstance(value, bool):
        _wrong(path, f"{where}: {shortened(repr(value), 60)} is neither true nor false")
    return value


def _wrong(path: str, what: str) -> NoReturn:
    message = f"rate limit policy {path}: {what}"
    raise ConfigurationError(message) from None
