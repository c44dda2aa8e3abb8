"""The answer when a job is complete: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status."""

from dataclasses import dataclass
from typing import Any

from mock_athena.export.job import ExportJob
from mock_athena.fhir.instants import instant

ERRORS_FILE = "errors"


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One file of a job: the resource type in it, and how many lines."""

    type: str
    count: int


def manifest(job: ExportJob, plan: tuple[OutputFile, ...], files_url: str) -> dict[str, Any]:
    """The manifest as JSON values.

    Args:
        plan: the files with resources.
        files_url: absolute URL below which the job's files are.
    """
    ignored = len(job.ignored)
    return {
        "transactionTime": instant(job.transaction_time),
        "request": job.request,
        "requiresAccessToken": True,
        "output": [_item(file.type, f"{files_url}/{file.type}", file.count) for file in plan],
        "deleted": [],
        "error": [_item("OperationOutcome", f"{files_url}/{ERRORS_FILE}", ignored)] if ignored else [],
    }


def _item(type: str, name: str, count: int) -> dict[str, Any]:
    return {"type": type, "url": f"{name}.ndjson", "count": count}
