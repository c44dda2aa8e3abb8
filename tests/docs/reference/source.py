"""What the source says of a name, read by griffe without running it: docstrings as prose and lists.

https://mkdocstrings.github.io/griffe/
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from inspect import cleandoc
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import griffe

from tests.docs.reference.markdown import prose

_SECTION = re.compile(r"(?m)^(Args|Attributes|Raises|Returns|Yields):\n")
_WORDS = {"Raises": "raises ", "Returns": "answers ", "Yields": "answers "}
_NAMES = re.compile(r"[\w*]+(, [\w*]+)*")


@cache
def _visited(path: Path, name: str) -> griffe.Module:
    return griffe.visit(name, path, path.read_text(encoding="utf-8"))


def module_of(value: Any) -> griffe.Module:
    """The source of the module in which something was defined."""
    module = value if isinstance(value, ModuleType) else sys.modules[value.__module__]
    assert module.__file__
    return _visited(Path(module.__file__), module.__name__)


def docstring_of(value: Any) -> str:
    """The first paragraph of a class's docstring."""
    return prose(cleandoc(value.__doc__).partition("\n\n")[0])


def attributes_of(value: type) -> dict[str, str]:
    """Names and texts of the section ``Attributes`` of a class; several on one line are told apart."""
    found: dict[str, str] = {}
    names = "|".join(each.name for each in fields(value))
    text = cleandoc(value.__doc__ or "").partition("Attributes:\n")[2]
    parts = re.split(rf"(?:^|\s)({names}): ", " ".join(text.split()))
    for name, told in zip(parts[1::2], parts[2::2], strict=True):
        found[name] = prose(told).rstrip(".")
    return found


def class_of(value: type) -> griffe.Class:
    """The source of a class."""
    found = module_of(value)[value.__qualname__]
    assert isinstance(found, griffe.Class)
    return found


def described(found: griffe.Object) -> Iterator[str]:
    """Prose, and as lists what is said of parameters, attributes and errors."""
    text, *sections = _SECTION.split(cleandoc(found.docstring.value) if found.docstring else "")
    yield prose(text)
    yield "\n".join(
        f"- {_WORDS.get(title, '')}{_item(part)}"
        for title, body in zip(sections[::2], sections[1::2], strict=True)
        for item in re.split(r"\n(?=\S)", dedent(body).strip("\n"))
        for part in _parts(item, title)
    )


def summary(found: griffe.Object) -> str:
    """The first paragraph."""
    return prose(cleandoc(found.docstring.value).partition("\n\n")[0] if found.docstring else "")


def _parts(item: str, title: str) -> list[str]:
    """What was written on one line is several items: ``app: the emulator. origin: where it is reached.``"""
    name = r"[A-Z]\w+" if title == "Raises" else r"\w+"
    return re.split(rf"(?<=[.;]) (?={name}: )", " ".join(item.split()))


def _item(text: str) -> str:
    names, colon, told = text.partition(": ")
    return f"`{names}`: {prose(told)}" if colon and _NAMES.fullmatch(names) else prose(text)
