"""What an export wrote, for whoever reads the folder: ``export.json``."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from athena_fhir_client.bulk.state import ExportState, FileState, replace_file

REPORT_FILE = "export.json"


@dataclass(frozen=True, slots=True)
class Report:
    """A finished export.

    Attributes:
        files: all of them, those of ``deleted`` and ``error`` too.
        notes: what went on that the user should know: left out lines, the server's own errors.
    """

    folder: Path
    transaction_time: str
    files: tuple[FileState, ...]
    notes: tuple[str, ...]
    started: float
    completed: float

    @property
    def resources(self) -> dict[str, int]:
        """How many of each type."""
        counts: dict[str, int] = {}
        for file in self.of("output"):
            for type, times in file.types.items():
                counts[type] = counts.get(type, 0) + times
        return counts

    @property
    def total(self) -> int:
        """How many resources."""
        return sum(self.resources.values())

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files)

    def of(self, kind: str) -> list[FileState]:
        """The files of ``output``, ``deleted`` or ``error``."""
        return [file for file in self.files if file.kind == kind]

    def paths(self, kind: str = "output") -> list[Path]:
        """Where they are."""
        return [self.folder / file.name for file in self.of(kind)]


def report_of(folder: Path, state: ExportState) -> Report:
    """What a state that is written amounts to."""
    notes = [*state.notes, *(problem for file in state.files for problem in file.bad)]
    return Report(
        folder,
        state.transaction_time,
        tuple(state.files),
        tuple(notes),
        state.started,
        state.completed or state.started,
    )


def report_json(state: ExportState, report: Report) -> dict[str, Any]:
    """As ``export.json`` and ``--json`` have it."""
    return {
        "transactionTime": report.transaction_time,
        "base": state.base,
        "request": state.request.as_json(),
        "startedAt": _instant(report.started),
        "completedAt": _instant(report.completed),
        "resources": report.resources,
        "total": report.total,
        "files": [_file(file) for file in report.files],
        "notes": list(report.notes),
    }


def write_report(folder: Path, state: ExportState) -> Report:
    """Write ``export.json``."""
    report = report_of(folder, state)
    text = json.dumps(report_json(state, report), indent=2, ensure_ascii=False)
    replace_file(folder / REPORT_FILE, text.encode())
    return report


def _file(file: FileState) -> dict[str, Any]:
    told: dict[str, Any] = {"name": file.name, "kind": file.kind, "type": file.type}
    told |= {"lines": file.lines, "bytes": file.bytes, "url": file.url}
    if file.sha256:
        told["sha256"] = file.sha256
    if file.bad:
        told["problems"] = file.bad
    return told


def _instant(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
