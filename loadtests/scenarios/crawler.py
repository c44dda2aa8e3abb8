"""A paging crawler: all pages of a search, one after the other, by the links; it does as Retry-After says."""

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.users import ClosedCaller


class Crawler(ClosedCaller):
    """As fast as it is answered."""

    limited = True

    def rounds(self) -> None:
        """All pages of one patient's observations."""
        path = f"/Observation?patient={self.load.patient}&_count=20"
        while path:
            page = self.get(path, "GET Observation, a page")
            if page is None or page.status_code != 200:
                return
            path = next((link["url"] for link in page.json().get("link", ()) if link["relation"] == "next"), "")
