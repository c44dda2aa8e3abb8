"""Which faults there are: every file of :mod:`mock_athena.faults.kinds` is one, named as the file is."""

import inspect
import pkgutil
from dataclasses import MISSING, fields
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, get_type_hints

from mock_athena.faults import kinds
from mock_athena.faults.fault import Fault
from mock_athena.faults.parameters import Parameter


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The kinds of faults, in alphabetical order."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(kinds.__path__)))


@cache
def fault_class(kind: str) -> type[Fault]:
    """The fault of this name.

    Raises:
        ValueError: there is none.
    """
    if kind not in names():
        near = get_close_matches(kind, names(), 1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        message = f"unknown fault {kind!r}: expected one of {', '.join(names())}{meant}"
        raise ValueError(message)
    module = import_module(f"{kinds.__name__}.{kind.replace('-', '_')}")
    (found,) = (each for each in vars(module).values() if _is_fault_of(each, module.__name__))
    return found  # type: ignore[no-any-return]


def parameters(kind: str) -> tuple[Parameter, ...]:
    """What can be set of a fault."""
    found = fault_class(kind)
    hints = get_type_hints(found)
    return tuple(
        Parameter(each.name, hints[each.name], None if each.default is MISSING else each.default)
        for each in fields(found)  # type: ignore[arg-type]
    )


def teaches(kind: str) -> str:
    """What a fault does, in its own words."""
    return inspect.cleandoc(fault_class(kind).__doc__ or "")


def _is_fault_of(value: Any, module: str) -> bool:
    return isinstance(value, type) and issubclass(value, Fault) and value.__module__ == module
