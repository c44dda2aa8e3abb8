"""Obedient: one request after the other, as fast as it is answered; at a 429 it waits as told."""

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.users import ClosedCaller


class Obedient(ClosedCaller):
    """What most libraries do with Retry-After."""

    limited = True

    def rounds(self) -> None:
        """A read."""
        self.get(f"/Patient/{self.load.patient}", "GET Patient/[id]")
