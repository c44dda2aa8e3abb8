"""The emulators of one test process: one for each combination of settings that a test asked for."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from mock_athena.testing.athena import Athena
from mock_athena.testing.server import serve_athena


class Running:
    """Starts each when it is first asked for, and ends all together."""

    def __init__(self) -> None:
        self._started: dict[str, Athena] = {}
        self._stack = ExitStack()

    def as_at_the_start(self, settings: Mapping[str, Any]) -> Athena:
        """The emulator with these settings, reset.

        Raises:
            ConfigurationError: the settings cannot work.
        """
        key = repr(sorted(settings.items()))  # a setting may be a list
        if key in self._started:
            self._started[key].reset()
        else:
            self._started[key] = self._stack.enter_context(serve_athena(**settings))
        return self._started[key]

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)
