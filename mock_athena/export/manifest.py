"""The answer when a job is complete: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status."""

from collections.abc import Mapping
from typing import Any

from mock_athena.export.checksums import Checksum
from mock_athena.export.job import ExportJob
from mock_athena.export.plan import Kind, OutputFile, Plan
from mock_athena.fhir.instants import instant


def manifest(
    job: ExportJob, plan: Plan, files_url: str, next_url: str = "", checksums: Mapping[str, Checksum] | None = None
) -> dict[str, Any]:
    """The manifest as JSON values.

    Args:
        plan: the files that it tells of.
        files_url: absolute URL below which the job's files are. next_url: of the manifest with more of them; empty for
            none.
        checksums: what is told of files beside, by name.
    """
    sums = checksums or {}

    def items(kind: Kind) -> list[dict[str, Any]]:
        return [_item(file, files_url, sums.get(file.name)) for file in plan if file.kind == kind]

    told = {
        "transactionTime": instant(job.transaction_time),
        "request": job.request,
        "requiresAccessToken": not job.key,
        "output": items("output"),
        "deleted": items("deleted"),
        "error": items("error"),
    }
    return told | {"link": [{"relation": "next", "url": next_url}]} if next_url else told


def _item(file: OutputFile, files_url: str, checksum: Checksum | None) -> dict[str, Any]:
    item = {"type": file.type, "url": f"{files_url}/{file.name}", "count": file.count}
    return item | {"extension": checksum._asdict()} if checksum else item
