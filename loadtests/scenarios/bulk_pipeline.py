"""A bulk pipeline: kick off an export, look whether it is ready as often as it says, fetch every file."""

from urllib.parse import urlsplit

import gevent

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.users import ClosedCaller


class BulkPipeline(ClosedCaller):
    """One export after the other."""

    def rounds(self) -> None:
        """One export."""
        asked = self.get("/Patient/$export?_type=Patient,Condition", "GET $export", Prefer="respond-async")
        if asked is None or asked.status_code != 202:
            gevent.sleep(1.0)
            return
        for file in self.manifest(self.here(asked.headers["Content-Location"])):
            self.get(self.here(file["url"]), "GET a file of an export")

    def manifest(self, status: str) -> list[dict[str, str]]:
        """The files, when they are ready."""
        while True:
            answer = self.get(status, "GET the status of an export")
            if answer is None or answer.status_code not in (200, 202):
                return []
            if answer.status_code == 200:
                files: list[dict[str, str]] = answer.json()["output"]
                return files
            gevent.sleep(float(answer.headers.get("Retry-After", "1")))

    def here(self, url: str) -> str:
        """Whoever is behind a proxy may be told another name; the token is for the target alone."""
        where = urlsplit(url)
        return self.load.target.origin + where.path + (f"?{where.query}" if where.query else "")
