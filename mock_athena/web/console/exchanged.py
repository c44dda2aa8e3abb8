"""One exchange, word for word, as its screen shows it: header fields and bodies, with secrets struck out."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from mock_athena.journal import Entry
from mock_athena.journal.bodies import LARGEST, Part, Said
from mock_athena.journal.struck import body, fields
from mock_athena.web.pretty import indented

Pairs = list[tuple[str, str]]

_POLICY = re.compile(r'"([^"]*)";q=(\d+)(?:;w=(\d+))?')
_STANDING = re.compile(r'"([^"]*)";r=(-?\d+);t=(-?\d+)')


@dataclass(frozen=True, slots=True)
class Half:
    """What one side said.

    Attributes:
        body: its text, or empty. note: what is to be known of it, such as that it was cut.
    """

    fields: Pairs
    body: str
    note: str


def shown(said: Said, entry: Entry) -> tuple[Half, Half, str]:
    """What was asked, what was answered, and the status line."""
    asked = _half(fields(said.fields), said.sent, entry.route)
    return asked, _half(fields(said.headers), said.answered, entry.route), said.status


def _half(told: Pairs, part: Part, route: str) -> Half:
    named = {name.lower(): value for name, value in told}
    kind = named.get("content-type", "")
    if not part.kept:
        return Half(told, "", f"Of {kind or 'this kind'} nothing is kept." if kind else "")
    text = body(part, kind, named.get("content-encoding", ""), route)
    cut = f"It has {part.size:,} bytes; of them the first {LARGEST:,} are kept." if part.size > LARGEST else ""
    return Half(told, _pretty(text) if "json" in kind else text, cut)


def _pretty(text: str) -> str:
    try:
        json.loads(text)
    except (ValueError, RecursionError):  # cut, or no JSON at all: as it came
        return text
    return indented(text.encode()).decode()


def limits_told(told: Iterable[tuple[str, str]]) -> list[tuple[str, int, int, int, int]]:
    """(name, quota, window, remaining, seconds to the reset) of each limit, as its header fields tell."""
    named = dict(told)
    quotas = {
        name: (int(quota), int(window or 0))
        for name, quota, window in _POLICY.findall(named.get("RateLimit-Policy", ""))
    }
    return [
        (name, *quotas[name], int(remaining), int(reset))
        for name, remaining, reset in _STANDING.findall(named.get("RateLimit", ""))
        if name in quotas
    ]
