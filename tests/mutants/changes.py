"""Ways of changing answers, of which many mutants are made."""

import json
from collections.abc import Callable
from typing import Any

from tests.mutants.mutant import Answers, Asked, Told

When = Callable[[Asked, Told], bool]
Json = Any


def header(name: str, value: str | None, when: When) -> Answers:
    """A header field has another value; None: it is missing."""
    return header_made(name, lambda _: value, when)


def header_made(name: str, make: Callable[[str], str | None], when: When) -> Answers:
    """A header field, where it is there at all, has a value made of the right one."""

    def change(asked: Asked, told: Told) -> None:
        if when(asked, told) and told.get(name):
            told.set(name, make(told.get(name)))

    return Answers(change)


def added(name: str, value: str, when: When) -> Answers:
    """A header field is there that ought not to be."""

    def change(asked: Asked, told: Told) -> None:
        if when(asked, told):
            told.set(name, value)

    return Answers(change)


def status(number: int, when: When) -> Answers:
    """Another status."""

    def change(asked: Asked, told: Told) -> None:
        if when(asked, told):
            told.status = number

    return Answers(change)


def answered(number: int, type: str, body: bytes, when: When) -> Answers:
    """Quite another answer."""

    def change(asked: Asked, told: Told) -> None:
        if when(asked, told):
            told.status, told.body = number, body
            told.set("Content-Type", type)

    return Answers(change)


def edited(edit: Callable[[Json], Json], when: When) -> Answers:
    """Another JSON body: ``edit`` changes the one that it is given, or answers another."""

    def change(asked: Asked, told: Told) -> None:
        if when(asked, told) and told.body[:1] == b"{":
            value = json.loads(told.body)
            other = edit(value)
            told.body = json.dumps(value if other is None else other, ensure_ascii=False).encode()

    return Answers(change)


def rewritten(rewrite: Callable[[bytes], bytes], when: When) -> Answers:
    """Other bytes."""

    def change(asked: Asked, told: Told) -> None:
        if when(asked, told):
            told.body = rewrite(told.body)

    return Answers(change)


def always(_: Asked, __: Told) -> bool:
    """Every answer."""
    return True


def of_status(*numbers: int) -> When:
    """Answers of these statuses."""
    return lambda _, told: told.status in numbers


def at(*ends: str) -> When:
    """Answers to requests whose path ends so."""
    return lambda asked, _: asked.path.endswith(ends)


def below(part: str) -> When:
    """Answers to requests with this in their path."""
    return lambda asked, _: part in asked.path


def both(*conditions: When) -> When:
    """All of these."""
    return lambda asked, told: all(each(asked, told) for each in conditions)


throttled = of_status(429)
token_answer = at("/oauth2/v1/token")
metadata = at("/metadata")
smart_configuration = at("/.well-known/smart-configuration")
kick_off = at("$export")
polled = below("/bulkstatus/")
file = below("/bulkdata/")


def read(asked: Asked, told: Told) -> bool:
    """Reads that succeed."""
    parts = asked.path.partition("/fhir/r4/")[2].split("/")
    return told.status == 200 and len(parts) == 2 and parts[0][:1].isupper() and parts[1][:1] not in ("$", "_")


def searched(asked: Asked, told: Told) -> bool:
    """Searches that succeed."""
    name = asked.path.partition("/fhir/r4/")[2].removesuffix("/_search")
    return told.status == 200 and name.isalpha() and b'"searchset"' in told.body[:200]


def manifest(asked: Asked, told: Told) -> bool:
    """The answer when an export is complete."""
    return told.status == 200 and polled(asked, told) and asked.method == "GET"


def each_link(relation: str, change: Callable[[str], str]) -> Callable[[Json], Json]:
    """An edit of the URL of a Bundle's links."""

    def edit(bundle: Json) -> None:
        for link in bundle.get("link", ()):
            if link["relation"] == relation:
                link["url"] = change(link["url"])

    return edit


def removed(*names: str) -> Callable[[Json], Json]:
    """An edit that leaves elements out."""

    def edit(value: Json) -> None:
        for name in names:
            value.pop(name, None)

    return edit


def replaced(name: str, value: Json) -> Callable[[Json], Json]:
    """An edit that gives an element another value."""

    def edit(whole: Json) -> None:
        whole[name] = value

    return edit
