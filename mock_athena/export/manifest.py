"""The answer when a job is complete: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status."""

from typing import Any

from mock_athena.export.job import ExportJob
from mock_athena.export.plan import Kind, OutputFile, Plan
from mock_athena.fhir.instants import instant


def manifest(job: ExportJob, plan: Plan, files_url: str) -> dict[str, Any]:
    """The manifest as JSON values.

    Args:
        files_url: absolute URL below which the job's files are.
    """

    def items(kind: Kind) -> list[dict[str, Any]]:
        return [_item(file, files_url) for file in plan if file.kind == kind]

    return {
        "transactionTime": instant(job.transaction_time),
        "request": job.request,
        "requiresAccessToken": True,
        "output": items("output"),
        "deleted": items("deleted"),
        "error": items("error"),
    }


def _item(file: OutputFile, files_url: str) -> dict[str, Any]:
    return {"type": file.type, "url": f"{files_url}/{file.name}", "count": file.count}
