"""Bursty: twenty-four at once, every four seconds: within the limit in the long run, beyond it at once."""

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.arrivals import Bursts
from athena_fhir_load.users import OpenCaller


class Bursty(OpenCaller):
    """Eight of each burst are refused, wait as told, and are admitted."""

    arrivals = Bursts(24, 4.0)

    def request(self, due: float) -> None:
        """A read."""
        self.get(f"/Patient/{self.load.patient}", "GET Patient/[id]", due)
