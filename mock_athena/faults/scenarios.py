"""Scenarios: TOML files of rules, and the same rules as JSON or as a header.

::

    teaches = "Every third search is answered 503, twice."
    seed = 7                                  # optional; of everything that is drawn

    [[fault]]
    kind = "status"                           # a file of mock_athena/faults/kinds
    with = { status = 503 }                   # its parameters
    match = { route = "fhir", method = "GET" }
    every = 3
    times = 2

Whatever is not known or does not fit is an error that says what came and what was expected. TOML: https://toml.io
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from mock_athena.errors import ConfigurationError
from mock_athena.faults.catalogue import fault_class, parameters
from mock_athena.faults.fault import Fault, Phase
from mock_athena.faults.parameters import Parameter, converted, from_text, known
from mock_athena.faults.rules import Match, Rule
from mock_athena.settings import fixtures_dir

_RULE = ("kind", "with", "match", "name", "at", "nth", "every", "probability", "times", "start", "stop")
_MATCH = tuple(Parameter(each.name, str, "") for each in fields(Match))
_NUMBERS = (
    Parameter("nth", int, 0),
    Parameter("every", int, 0),
    Parameter("times", int, 0),
    Parameter("probability", float, 1.0),
    Parameter("start", float, 0.0),
    Parameter("stop", float, None),
)
ROUTES = ("public", "oauth", "fhir", "bulk", "documents", "unknown")
STATUS = "[0-9][0-9x]{2}"


class Scenario(NamedTuple):
    """A named set of rules.

    Attributes:
        teaches: what it shows, for people.
    """

    name: str
    teaches: str
    rules: tuple[Rule, ...]


def shipped() -> dict[str, Path]:
    """The scenarios that come with the emulator, by name."""
    return {path.stem: path for path in sorted((fixtures_dir() / "scenarios").glob("*.toml"))}


def load(name: str, *, files: bool = True) -> Scenario:
    """The scenario that ``--scenario`` names: one that comes with the emulator, or a file.

    Args:
        files: whether it may be a file; whoever asks over HTTP must not read what is on this machine.

    Raises:
        ConfigurationError: there is none, or it cannot be read; says where and what was expected.
    """
    import tomllib

    path = shipped().get(name)
    if path is None and not files:
        message = f"unknown scenario {name!r}: expected one of {', '.join(shipped())}"
        raise ConfigurationError(message)
    path = path or Path(name)
    try:
        sent = tomllib.loads(path.read_text(encoding="utf-8"))
        return scenario(path.stem, sent)
    except OSError as error:
        known_names = ", ".join(shipped())
        message = f"scenario {name!r}: {error.strerror or error}; expected a TOML file, or one of {known_names}"
        raise ConfigurationError(message) from None
    except ValueError as error:
        message = f"scenario {path}: {error}"
        raise ConfigurationError(message) from None


def scenario(name: str, sent: Mapping[str, Any]) -> Scenario:
    """A scenario from its parsed file.

    Raises:
        ValueError: something in it is unknown or does not fit.
    """
    known(sent, ("teaches", "seed", "fault"), "at the top")
    teaches = converted(Parameter("teaches", str, ""), sent.get("teaches", ""), "at the top")
    seed = converted(Parameter("seed", int, 1), sent.get("seed", 1), "at the top")
    listed = sent.get("fault", [])
    if not isinstance(listed, list) or not listed:
        message = f"fault = {listed!r}: expected at least one [[fault]] table"
        raise ValueError(message)
    return Scenario(name, teaches, tuple(rule(each, seed, f"fault {n}") for n, each in enumerate(listed, 1)))


def rule(sent: Any, seed: int = 1, where: str = "fault") -> Rule:
    """A rule from the table that describes it.

    Raises:
        ValueError: something in it is unknown or does not fit.
    """
    sent = _table(sent, where)
    known(sent, _RULE, where)
    kind = sent.get("kind")
    if not isinstance(kind, str):
        message = f"{where}: kind = {kind!r}: expected the name of a fault"
        raise ValueError(message)
    where = f"{where} ({kind})"
    fault = built(kind, _table(sent.get("with", {}), f"{where}, with"), where)
    numbers = {each.name: _number(each, sent[each.name], where) for each in _NUMBERS if each.name in sent}
    return Rule(
        kind=kind,
        fault=fault,
        at=_phase(sent.get("at"), fault, where),
        match=_match(_table(sent.get("match", {}), f"{where}, match"), f"{where}, match"),
        name=converted(Parameter("name", str, ""), sent.get("name", ""), where),
        seed=seed,
        **numbers,
    )


def built(kind: str, sent: Mapping[str, Any], where: str) -> Fault:
    """A fault with the parameters that were sent.

    Raises:
        ValueError: there is no such fault, or a parameter is unknown or does not fit.
    """
    found, expected = fault_class(kind), parameters(kind)
    known(sent, (each.name for each in expected), f"{where}, with")
    values = {each.name: converted(each, sent[each.name], f"{where}, with") for each in expected if each.name in sent}
    missing = [each.name for each in expected if each.default is None and each.name not in values]
    if missing:
        message = f"{where}, with: {', '.join(missing)} is missing"
        raise ValueError(message)
    try:
        return found(**values)
    except ValueError as error:
        message = f"{where}, with: {error}"
        raise ValueError(message) from None


def from_header(text: str) -> list[Rule]:
    """The rules that ``X-Mock-Fault: status; status=503; message="so, so", latency; seconds=2`` asks for.

    Raises:
        ValueError: something in it is unknown or does not fit.
    """
    return [_from_item(item) for item in _split(",", text) if item.strip()]


def _split(separator: str, text: str) -> list[str]:
    """Parts of a header's value; what stands in quotes is not looked into."""
    return re.split(rf'{separator}(?=(?:[^"]*"[^"]*")*[^"]*$)', text)


def _from_item(item: str) -> Rule:
    kind, *pairs = (part.strip() for part in _split(";", item))
    where = f"X-Mock-Fault ({kind})"
    expected = {each.name: each for each in parameters(kind)}
    sent: dict[str, Any] = {}
    at = None
    for pair in pairs:
        name, _, value = (part.strip() for part in pair.partition("="))
        value = value.strip('"')
        if name == "at":
            at = value
            continue
        known({name: value}, (*expected, "at"), where)
        sent[name] = from_text(expected[name], value, where)
    fault = built(kind, sent, where)
    return Rule(kind, fault, _phase(at, fault, where))


def _phase(sent: Any, fault: Fault, where: str) -> Phase:
    possible = fault.phases()
    if sent is None:
        return fault.at if fault.at in possible else possible[0]
    for phase in possible:
        if sent == phase:
            return phase
    message = f"{where}: at = {sent!r}: expected {' or '.join(repr(phase) for phase in possible)}"
    raise ValueError(message)


def _match(sent: Mapping[str, Any], where: str) -> Match:
    known(sent, (each.name for each in _MATCH), where)
    values = {each.name: converted(each, sent[each.name], where) for each in _MATCH if each.name in sent}
    if values.get("route", "") not in ("", *ROUTES):
        message = f"{where}: route = {values['route']!r}: expected {', '.join(ROUTES)}"
        raise ValueError(message)
    if values.get("environment", "") not in ("", "production", "sandbox"):
        message = f"{where}: environment = {values['environment']!r}: expected 'production' or 'sandbox'"
        raise ValueError(message)
    if values.get("status") and not re.fullmatch(STATUS, values["status"]):
        message = f"{where}: status = {values['status']!r}: expected a status such as '429', or a class such as '2xx'"
        raise ValueError(message)
    return Match(**values)


def _number(parameter: Parameter, value: Any, where: str) -> Any:
    number = converted(parameter, value, where)
    if number < 0 or (parameter.name == "probability" and number > 1):
        expected = "a share from 0 to 1" if parameter.name == "probability" else "a number that is not negative"
        message = f"{where}: {parameter.name} = {value!r}: expected {expected}"
        raise ValueError(message)
    return number


def _table(sent: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(sent, Mapping):
        message = f"{where}: {sent!r}: expected a table of keys and values"
        raise ValueError(message)
    return sent


def as_sent(rule: Rule) -> dict[str, Any]:
    """The table from which :func:`rule` makes the same rule."""
    match = {each.name: getattr(rule.match, each.name) for each in _MATCH}
    numbers = {each.name: getattr(rule, each.name) for each in _NUMBERS}
    return {
        "kind": rule.kind,
        "name": rule.name,
        "at": rule.at,
        "with": {each.name: getattr(rule.fault, each.name) for each in fields(rule.fault)},  # type: ignore[arg-type]
        "match": {name: value for name, value in match.items() if value},
        **numbers,
    }


def as_kept(rule: Rule) -> dict[str, Any]:
    """The same without what was not given, as JSON keeps it."""
    table = as_sent(rule)
    table["with"] = {name: value for name, value in table["with"].items() if value is not None}
    return {name: value for name, value in table.items() if value is not None}


def described(armed: Sequence[Any]) -> list[dict[str, Any]]:
    """Armed rules as JSON values."""
    return [_described(each) for each in armed]


def _described(armed: Any) -> dict[str, Any]:
    counted = {"matched": armed.matched, "struck": armed.struck, "spent": armed.spent}
    return {"id": armed.number, **as_sent(armed.rule), **counted}
