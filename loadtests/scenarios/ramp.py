"""Ramp: callers within their limits, more and more (``--users 200 --spawn-rate 10``): what can the emulator carry?"""

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.arrivals import Even
from athena_fhir_load.users import OpenCaller, shared_pool


class Ramp(OpenCaller):
    """Seven reads a second."""

    client_pool = shared_pool()
    arrivals = Even(7.0)

    def request(self, due: float) -> None:
        """A read."""
        self.get(f"/Patient/{self.load.patient}", "GET Patient/[id]", due)
