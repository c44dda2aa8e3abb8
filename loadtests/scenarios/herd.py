"""A herd after 429: many users of one client are told the same time, and all come back at once."""

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.users import ClosedCaller


class Herd(ClosedCaller):
    """Obeys Retry-After to the millisecond, as all the others of its client do."""

    shares = True

    def rounds(self) -> None:
        """A read."""
        self.get(f"/Patient/{self.load.patient}", "GET Patient/[id]")
