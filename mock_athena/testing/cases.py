"""The same for :mod:`unittest`."""

import unittest
from collections.abc import Mapping
from typing import Any, ClassVar

from mock_athena.testing.athena import Athena
from mock_athena.testing.intercept import real_hosts_refused
from mock_athena.testing.running import Running
from mock_athena.testing.strict import as_failure


class AthenaTestCase(unittest.TestCase):
    """A test case with an emulator.

    Attributes:
        athena: the emulator, before each test as at its start.
        athena_settings: fields of :class:`mock_athena.Settings`; for a subclass to set.
        athena_strict: errors of the emulator and requests without a route fail the test.
    """

    athena: Athena
    athena_settings: ClassVar[Mapping[str, Any]] = {}
    athena_strict: ClassVar[bool] = True
    _running: ClassVar[Running]

    @classmethod
    def setUpClass(cls) -> None:
        """One server for the class."""
        super().setUpClass()
        cls._running = cls.enterClassContext(Running())

    def setUp(self) -> None:
        """Everything as at the start."""
        super().setUp()
        self.athena = self._running.as_at_the_start(self.athena_settings)
        self.enterContext(real_hosts_refused())
        self.addCleanup(self._check)

    def _check(self) -> None:
        complaints = self.athena.complaints() if self.athena_strict else []
        if complaints:
            self.fail(as_failure(complaints))
