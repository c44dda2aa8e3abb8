"""Many callers, each of whom seldom asks: what does it cost to know them apart?"""

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.arrivals import Poisson
from athena_fhir_load.users import OpenCaller, shared_pool


class Many(OpenCaller):
    """A request every two seconds, as people come."""

    client_pool = shared_pool()
    arrivals = Poisson(0.5)

    def request(self, due: float) -> None:
        """A read."""
        self.get(f"/Patient/{self.load.patient}", "GET Patient/[id]", due)
