"""A resource's JSON as it is stored, with the references in it as links."""

import difflib
import re
from collections.abc import Callable
from typing import NamedTuple

from markupsafe import Markup, escape

from mock_athena.fhir.references import Literal, own_reference
from mock_athena.web.pretty import indented

MOST_LINES = 3000
_LONGEST = 2000
_MOST_CHANGED = 400
_LINE = re.compile(r'(\s*)("(?:[^"\\]|\\.)*")?(: )?(.*?)(,?)', re.DOTALL)
_POINTING = frozenset(('"reference"', '"url"', '"valueUri"'))


class Changed(NamedTuple):
    """A line of a comparison: ``+`` where it is new, ``-`` where it is gone, a space where it is in both."""

    mark: str
    text: str


def json_page(body: bytes, href: Callable[[Literal], str]) -> Markup:
    """JSON on lines of its own.

    Args:
        href: the address of what a reference names.
    """
    lines = lines_of(body)
    written = [_marked(line, href) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        written.append(escape(f"… {len(lines) - MOST_LINES:,} more lines"))
    return Markup("\n").join(written)


def changes(before: bytes, after: bytes) -> list[Changed]:
    """What one version has otherwise than another, with some lines around it."""
    found = [
        Changed(line[:1], line[1:])
        for line in difflib.unified_diff(lines_of(before)[:MOST_LINES], lines_of(after)[:MOST_LINES], lineterm="", n=2)
        if not line.startswith(("---", "+++", "@@"))
    ]
    more = len(found) - _MOST_CHANGED
    return [*found[:_MOST_CHANGED], *([Changed(" ", f"… {more:,} more lines")] if more > 0 else [])]


def lines_of(body: bytes) -> list[str]:
    """The lines of JSON, what is very long in them cut."""
    return [_short(line) for line in indented(body).decode(errors="replace").rstrip("\n").split("\n")]


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:80]}…{len(line):,} characters…{line[-20:]}"


def _marked(line: str, href: Callable[[Literal], str]) -> Markup:
    match = _LINE.fullmatch(line)
    if match is None:
        return escape(line)
    indent, key, colon, value, comma = (part or "" for part in match.groups())
    if key and not colon:
        key, value = "", key
    told = _value(value, href if key in _POINTING else None)
    name = Markup('<span class="key">{}</span>').format(key) if key else Markup("")
    return Markup("{}{}{}{}{}").format(indent, name, colon, told, comma)


def _value(text: str, href: Callable[[Literal], str] | None) -> Markup:
    if not text.startswith('"'):
        return escape(text)
    literal = own_reference(text[1:-1]) if href else None
    if literal and href:
        return Markup('"<a href="{}">{}</a>"').format(href(literal), text[1:-1])
    return Markup('<span class="text">{}</span>').format(text)
