"""Polite: seven reads a second, evenly: within the limit, so that no 429 is right."""

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.arrivals import Even
from athena_fhir_load.users import OpenCaller


class Polite(OpenCaller):
    """Keeps below 8 a second."""

    limited = True
    arrivals = Even(7.0)

    def request(self, due: float) -> None:
        """A read."""
        self.get(f"/Patient/{self.load.patient}", "GET Patient/[id]", due)
