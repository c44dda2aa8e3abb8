"""Brings a mirror up to date: everything the first time, later what changed since the ``transactionTime`` before.

What a run leaves half done the next one goes on with: the export continues in its folder, and it is applied once.
"""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from athena_fhir_client.bulk.asked import ExportRequest
from athena_fhir_client.bulk.export import BulkExport, Options, Silent, Watch
from athena_fhir_client.bulk.report import Report
from athena_fhir_client.bulk.state import load, locked
from athena_fhir_client.mirror.apply import apply_export
from athena_fhir_client.mirror.mirror import Mirror

if TYPE_CHECKING:
    from athena_fhir_client.client import AthenaClient

DATABASE = "mirror.sqlite"
INCOMING = "incoming"


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a run did.

    Attributes:
        since: of the delta; empty if everything was fetched.
        written, deleted: so many resources. counts: what the mirror has now.
    """

    transaction_time: str
    since: str
    written: int
    deleted: int
    counts: dict[str, int]
    notes: tuple[str, ...]


@dataclass
class Sync:
    """A mirror in a folder, of what a request selects at a server.

    Args:
        request: without ``since``. full: fetch everything, and remove what is not there any more.
    """

    client: "AthenaClient"
    request: ExportRequest
    folder: Path
    options: Options = field(default_factory=Options)
    watch: Watch = field(default_factory=Silent)
    full: bool = False

    def run(self) -> SyncReport:
        """Bring it up to date.

        Raises:
            AthenaError: the mirror is as it was; the next run goes on.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # what comes is about patients
        with locked(self.folder):
            mirror = Mirror(self.folder / DATABASE)
            mirror.bind(_origin(self.client.base_url, self.request))
            self._clear_applied(mirror)
            asked = self._asked(mirror)
            report = BulkExport(self.client, asked, self._incoming, self.options, self.watch).run()
            self.watch.phase("apply")
            return self._applied(mirror, asked, report)

    @property
    def _incoming(self) -> Path:
        return self.folder / INCOMING

    def _asked(self, mirror: Mirror) -> ExportRequest:
        """What is under way, or what is to be asked for now."""
        begun = load(self._incoming)
        if begun:
            return begun.request
        last = mirror.last
        return replace(self.request, since=last.transaction_time) if last and not self.full else self.request

    def _clear_applied(self, mirror: Mirror) -> None:
        """A crash may have come between applying an export and removing its files."""
        begun, last = load(self._incoming), mirror.last
        if begun and last and begun.phase == "done" and begun.transaction_time == last.transaction_time:
            shutil.rmtree(self._incoming)

    def _applied(self, mirror: Mirror, asked: ExportRequest, report: Report) -> SyncReport:
        whole, now = not asked.since, self.client.clock.now()
        written, deleted = apply_export(mirror, report, types=asked.types, whole=whole, now=now)
        shutil.rmtree(self._incoming)
        return SyncReport(report.transaction_time, asked.since, written, deleted, mirror.counts, report.notes)


def _origin(base: str, request: ExportRequest) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in request.pairs())
    return f"{base.rstrip('/')}/{request.path}?{pairs}"
