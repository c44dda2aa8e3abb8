"""Greedy: forty a second, whatever it is told: does it get more than others, or take something from them?"""

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.arrivals import Even
from athena_fhir_load.users import OpenCaller


class Greedy(OpenCaller):
    """Ignores 429."""

    obeys = False
    arrivals = Even(40.0)

    def request(self, due: float) -> None:
        """A read."""
        self.get(f"/Patient/{self.load.patient}", "GET Patient/[id]", due)
