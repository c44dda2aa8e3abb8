"""What goes wrong: scenarios as switches, rules that are armed with what they struck, and a form for any other."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from flask import Response, request

from mock_athena.auth.form import Parameters
from mock_athena.errors import ConfigurationError, ControlError, shortened
from mock_athena.faults.catalogue import names, parameters, teaches
from mock_athena.faults.parameters import Parameter, described, from_text
from mock_athena.faults.rules import ArmedRule, Rule
from mock_athena.faults.scenarios import ROUTES, Scenario, as_kept, load, rule, shipped
from mock_athena.web.console.console import Action, Console

PATH = "/console/faults"
_MATCHED = ("method", "path", "route", "environment", "client", "status")
_WHOLE = ("times", "every", "nth")


class Armed(NamedTuple):
    """A rule on the screen: what it does to whom, and what came of it."""

    number: int
    kind: str
    does: str
    whom: str
    matched: int
    struck: int
    spent: bool


def faults(console: Console, _: str) -> Response:
    """All that can go wrong; a POST arms or disarms."""
    if request.method == "POST":
        return console.act(_ACTIONS)
    armed = console.world.faults.armed
    rules = [each.rule for each in armed]
    return console.show(
        "faults.html",
        armed=[_armed(each) for each in armed],
        scenarios=[(each, all(rule in rules for rule in each.rules)) for each in scenarios()],
        kinds=_kinds(),
        matched=_MATCHED,
        routes=ROUTES,
        clients=[client.client_id for client in console.world.authorization.clients.all()],
    )


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Those that come with us; they do not change while we run."""
    return tuple(load(name) for name in shipped())


@cache
def _kinds() -> tuple[tuple[str, str, list[tuple[str, str, str]]], ...]:
    """(name, what it does, what can be set) of every fault. They stay the same; the screen is asked for each second."""
    return tuple((kind, teaches(kind), _told(kind)) for kind in names())


def _told(kind: str) -> list[tuple[str, str, str]]:
    """(name, what is expected, default) of what can be set of a fault."""
    return [
        (
            each.name,
            described(each.type),
            "required" if each.default is None else json.dumps(each.default, default=list),
        )
        for each in parameters(kind)
    ]


def _armed(each: ArmedRule) -> Armed:
    kept = as_kept(each.rule)
    with_ = ", ".join(f"{name} = {json.dumps(value, default=list)}" for name, value in kept["with"].items())
    return Armed(each.number, each.rule.kind, with_, "; ".join(_whom(kept)), each.matched, each.struck, each.spent)


def _whom(kept: dict[str, Any]) -> Iterator[str]:
    """Whom a rule strikes, in words."""
    yield f"at {kept['at']}"
    if kept["match"]:
        yield ", ".join(f"{name} {value}" for name, value in kept["match"].items())
    for name, words in (("nth", "the {}. of them"), ("every", "every {}."), ("times", "{} times at most")):
        if kept.get(name):
            yield words.format(kept[name])
    if kept.get("probability", 1.0) < 1:
        yield f"with probability {kept['probability']}"


def _on(console: Console, sent: Parameters) -> Response:
    scenario = scenario_of(sent)
    console.world.faults.arm(scenario.rules, console.world.clock.now())
    return console.done(PATH, f"{scenario.name} is on: {scenario.teaches}")


def _off(console: Console, sent: Parameters) -> Response:
    scenario = scenario_of(sent)
    for each in console.world.faults.armed:
        if each.rule in scenario.rules:
            console.world.faults.disarm(each.number)
    return console.done(PATH, f"{scenario.name} is off")


def _arm(console: Console, sent: Parameters) -> Response:
    (added,) = console.world.faults.arm([_rule(sent)], console.world.clock.now())
    return console.done(PATH, f"Fault {added.number}, {added.rule.kind}, is armed")


def _disarm(console: Console, sent: Parameters) -> Response:
    number = sent.get("number") or ""
    # None has a number of as many digits as int() refuses.
    if not (number.isascii() and number.isdigit() and console.world.faults.disarm(int(number[:19]))):
        raise ControlError(f"No fault {shortened(number, 40)!r} is armed.", status=404)
    return console.done(PATH, f"Fault {number} is disarmed")


def _disarm_all(console: Console, _: Parameters) -> Response:
    console.world.faults.disarm()
    return console.done(PATH, "Nothing is armed any more")


_ACTIONS: Mapping[str, Action] = {
    "on": _on,
    "off": _off,
    "arm": _arm,
    "disarm": _disarm,
    "disarm-all": _disarm_all,
}


def scenario_of(sent: Parameters) -> Scenario:
    """The scenario that a form names.

    Raises:
        ControlError: 404: there is none of that name.
    """
    name = sent.get("scenario") or ""
    found = next((each for each in scenarios() if each.name == name), None)
    if found is None:
        raise ControlError(f"There is no scenario {shortened(name, 60)!r}.", status=404)
    return found


def _rule(sent: Parameters) -> Rule:
    """The rule that the form describes: what the control API takes as JSON, as fields of text."""
    kind = sent.get("kind") or ""
    try:
        table: dict[str, Any] = {
            "kind": kind,
            "with": dict(_settings(kind, sent.get("with") or "")),
            "match": {name: value for name in _MATCHED if (value := sent.get(name))},
            **{name: from_text(Parameter(name, int, 0), value, kind) for name in _WHOLE if (value := sent.get(name))},
        }
        return rule(table)
    except (ValueError, ConfigurationError) as error:
        raise ControlError(str(error)) from None


def _settings(kind: str, text: str) -> Iterator[tuple[str, Any]]:
    """The parameters of a fault, ``name = value`` on each line."""
    expected = {each.name: each for each in parameters(kind)}
    for line in text.splitlines():
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals:
            if name:
                message = f"{kind}: {shortened(line, 80)!r}: expected name = value on each line"
                raise ValueError(message)
            continue
        if name not in expected:
            message = f"{kind}: unknown parameter {shortened(name, 40)!r}: expected {', '.join(expected) or 'none'}"
            raise ValueError(message)
        yield name, from_text(expected[name], value.strip('"'), kind)
