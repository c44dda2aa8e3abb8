"""Attributes that are replaced for a while, also of modules that are imported only later."""

import importlib.abc
import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from mock_athena.testing.memory import MemoryConnection

Guide = Callable[[str, str, int], MemoryConnection | None]
"""(scheme, host, port) → where to go instead; None where nobody is to be led. No scheme: a name is looked up."""


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute of a class or module, and what stands in for it."""

    owner: Any
    name: str
    stand_in: Any


class Changes:
    """Makes changes, and takes them back in the end.

    Args:
        entrances: name of a module → what is to be changed once it is imported.
    """

    def __init__(self, entrances: Mapping[str, Callable[[], Sequence[Change]]]) -> None:
        self._entrances = entrances
        self._made: list[tuple[Change, Any]] = []
        self._watch = _Watch(entrances, self._make)

    def begin(self) -> None:
        """Change what is imported, and wait for the rest; all or nothing."""
        sys.meta_path.insert(0, self._watch)
        try:
            for module, changes in self._entrances.items():
                if module in sys.modules:
                    self._make(changes())
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Everything as it was."""
        sys.meta_path.remove(self._watch)
        while self._made:
            change, original = self._made.pop()
            setattr(change.owner, change.name, original)

    def _make(self, changes: Sequence[Change]) -> None:
        for change in changes:
            # Of a class, what it inherits is not its own to be put back; so each change is of who defines it.
            self._made.append((change, vars(change.owner)[change.name]))
            setattr(change.owner, change.name, change.stand_in)


class _Watch(importlib.abc.MetaPathFinder):
    """Sees a module being imported for the first time, and has it changed right after."""

    def __init__(
        self,
        entrances: Mapping[str, Callable[[], Sequence[Change]]],
        make: Callable[[Sequence[Change]], None],
    ) -> None:
        self._entrances = entrances
        self._make = make
        self._looking: set[str] = set()

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._entrances or fullname in self._looking:
            return None
        self._looking.add(fullname)  # the others are asked, and this finder again
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._looking.discard(fullname)
        if spec is not None and spec.loader is not None:
            changes, make = self._entrances[fullname], self._make
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                make(changes())

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
