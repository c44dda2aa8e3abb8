"""The guide's advice: 125 ms of sleep between requests."""

import gevent

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.users import ClosedCaller

_BETWEEN = 0.125  # seconds


class Guide(ClosedCaller):
    """Sleeps after each answer."""

    limited = True

    def rounds(self) -> None:
        """A read, and the sleep."""
        self.get(f"/Patient/{self.load.patient}", "GET Patient/[id]")
        gevent.sleep(_BETWEEN)
