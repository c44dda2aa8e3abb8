"""Pages of Python names: what each package offers, with signatures and docstrings."""

import importlib
import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TypeVar

import griffe

from tests.docs.reference.markdown import page, prose, table
from tests.docs.reference.signatures import annotation, made_of_fields, signature
from tests.docs.reference.source import class_of, described, module_of, summary

T = TypeVar("T", bound=griffe.Object)


def testing_page() -> str:
    """``docs/reference/testing.md``."""
    return page(
        "Python: the emulator in tests",
        "[How to test a client with it](../testing.md).",
        "## mock_athena",
        "`Settings` has one field for each [setting](settings.md).",
        *_names("mock_athena", ["create_app"]),
        "## mock_athena.testing",
        *_names("mock_athena.testing"),
        "## Fixtures of pytest",
        *_fixtures("mock_athena.testing.plugin"),
        "## mock_athena.journal.assertions",
        *_functions("mock_athena.journal.assertions"),
    )


def client_page() -> str:
    """``docs/reference/client.md``."""
    packages = ("", ".service", ".bulk", ".mirror", ".gateway")
    parts: list[str] = []
    seen: set[str] = set()
    for name in (f"athena_fhir_client{each}" for each in packages):
        wanted = [each for each in importlib.import_module(name).__all__ if each not in seen]
        seen |= set(wanted)
        parts += [f"## {name}", *_names(name, wanted)]
    return page(
        "Python: the reference client",
        "`pip install 'mock-athena[client]'`. [How to use it](../client.md).",
        *parts,
        "## athena_fhir_client.errors",
        *_errors("athena_fhir_client.errors"),
    )


def _names(package: str, wanted: list[str] | None = None) -> Iterator[str]:
    module = importlib.import_module(package)
    for name in wanted or module.__all__:
        value = getattr(module, name)
        if isinstance(value, type):
            yield from _class(name, value)
        elif callable(value):
            found = module_of(value)[name]
            assert isinstance(found, griffe.Function)
            yield f"### {name}"
            yield from _function(found)
        else:
            yield f"### {name}"
            yield f"`{type(value).__name__}`. {_comment(package, name)}"


def _comment(package: str, name: str) -> str:
    """What stands below a constant, where it is defined."""
    for module in [value for key, value in sys.modules.items() if key.startswith(package.partition(".")[0])]:
        found = module_of(module).attributes.get(name) if getattr(module, "__file__", None) else None
        if found and found.docstring:
            return prose(found.docstring.value)
    message = f"{package}.{name} has no docstring below it"
    raise ValueError(message)


def _class(name: str, value: type) -> Iterator[str]:
    found = class_of(value)
    yield f"### {name}"
    bases = [base.__name__ for base in value.__bases__ if base not in (object, tuple)]
    if bases:
        yield f"Extends {', '.join(f'`{base}`' for base in bases)}."
    made = [owner.functions["__init__"] for owner in _owners(value) if "__init__" in owner.functions]
    yield signature(made[0], name) if made else made_of_fields(found, name)
    yield from described(found)
    if issubclass(value, Enum):
        yield table(("Member", "Value"), ((f"`{each.name}`", f"`{each.value}`") for each in value))
    yield from _members(value)


def _members(value: type) -> Iterator[str]:
    owners = _owners(value)
    properties = [each for owner in owners for each in owner.attributes.values() if "property" in each.labels]
    rows = [(f"`{each.name}`: `{annotation(each.annotation)}`", summary(each)) for each in _public(properties)]
    if rows:
        yield table(("Attribute", "What it is"), rows)
    for method in _public(each for owner in owners for each in owner.functions.values()):
        yield from _function(method)


def _owners(value: type) -> list[griffe.Class]:
    """The class and those of ours that it extends."""
    root = value.__module__.partition(".")[0]
    return [class_of(each) for each in value.__mro__ if each.__module__.partition(".")[0] == root]


def _public(members: Iterable[T]) -> Iterable[T]:
    """Those that have a public name, the first of each name."""
    first: dict[str, T] = {}
    for each in members:
        if not each.name.startswith("_"):
            first.setdefault(each.name, each)
    return first.values()


def _function(found: griffe.Function) -> Iterator[str]:
    yield signature(found, found.name)
    yield from described(found)


def _functions(module: str) -> Iterator[str]:
    for each in _public(module_of(importlib.import_module(module)).functions.values()):
        yield f"### {each.name}"
        yield from _function(each)


def _fixtures(module: str) -> Iterator[str]:
    for each in _public(module_of(importlib.import_module(module)).functions.values()):
        if any("pytest.fixture" in str(mark.value) for mark in each.decorators):
            yield f"### {each.name}"
            yield f"`{annotation(each.returns)}`"
            yield from described(each)


def _errors(module: str) -> Iterator[str]:
    """Every class of errors, below the one that it extends."""
    classes = _public(module_of(importlib.import_module(module)).classes.values())
    rows = ((f"`{each.name}`", " ".join(f"`{base}`" for base in each.bases), summary(each)) for each in classes)
    yield table(("Error", "Is a", "Means"), rows)
