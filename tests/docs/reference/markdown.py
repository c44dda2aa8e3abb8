"""Markdown that reads well where it lies: tables, and docstrings as prose."""

import re
from collections.abc import Iterable, Sequence

_ROLE = re.compile(r":\w+:`~?[\w.]*?(\w+)`")
_LITERAL = re.compile(r"``(.+?)``")
_INDENTED = re.compile(r"::\n\n((?: {4,}.*\n|\n)+)")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells may hold anything."""
    return "\n".join((_row(header), "|---" * len(header) + "|", *(_row(map(_cell, row)) for row in rows)))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def prose(docstring: str) -> str:
    """A docstring in reStructuredText as Markdown: literals, roles and indented blocks are all that we write."""
    text = _INDENTED.sub(lambda block: ":\n\n```python\n" + _outdented(block[1]) + "```\n\n", docstring + "\n")
    return _LITERAL.sub(r"`\1`", _ROLE.sub(r"`\1`", text)).strip()


def _outdented(block: str) -> str:
    return re.sub(r"(?m)^ {4}", "", block.rstrip()) + "\n"


def code(text: str) -> str:
    """As code within a line; nothing for nothing."""
    return f"`{text}`" if text else ""


def page(title: str, *parts: str) -> str:
    """A whole page, with the note that it was made."""
    note = "<!-- Made by `make reference` from the code; a test compares. Do not edit. -->"
    return "\n\n".join((f"# {title}", note, *(part for part in parts if part))) + "\n"
