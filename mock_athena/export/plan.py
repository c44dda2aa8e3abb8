"""Which files a job has: computed once when it is ready, and kept, so that every answer and every download agree.

A file is a part of what the job's query finds: keys of the store, between which its resources are. Nothing is read for
it but the index. https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---output-manifest
"""

from dataclasses import dataclass
from typing import Any, Literal

from mock_athena.export.deleted import deleted, lines_of
from mock_athena.export.job import ExportJob
from mock_athena.export.queries import selections
from mock_athena.store import Snapshot
from mock_athena.store.statements import Part

Kind = Literal["output", "deleted", "error"]

ERRORS_FILE = "errors.ndjson"


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One file of a job.

    Attributes:
        name: ``{Type}.ndjson``, or ``{Type}-{n}.ndjson`` where a type has several; with ``deleted-`` before it for
            what was deleted of the type.
        type: of the resources in it: ``Bundle`` for deletions, ``OperationOutcome`` for errors.
        count: how many lines.
        kind: the list of the manifest that names it.
        of: the type that its reader must be allowed to see; empty for errors.
        part: its place in what is found of the type; None for deletions and errors.
    """

    name: str
    type: str
    count: int
    kind: Kind = "output"
    of: str = ""
    part: Part | None = None


Plan = tuple[OutputFile, ...]


def planned(job: ExportJob, snapshot: Snapshot, most: int) -> Plan:
    """The files of a job whose snapshot this is; types without data have none.

    Args:
        most: resources in one file; what is more goes into a second one.
    """
    files: list[OutputFile] = []
    for query in selections(job, snapshot):
        parts = snapshot.parts(query, most)
        for number, part in enumerate(parts, 1):
            name = f"{query.type}.ndjson" if len(parts) == 1 else f"{query.type}-{number}.ndjson"
            files.append(OutputFile(name, query.type, part.matches, of=query.type, part=part))
    for type, gone in deleted(job, snapshot):
        files.append(OutputFile(f"deleted-{type}.ndjson", "Bundle", lines_of(len(gone)), "deleted", of=type))
    if job.ignored:
        files.append(OutputFile(ERRORS_FILE, "OperationOutcome", len(job.ignored), "error"))
    return tuple(files)


def from_record(record: list[list[Any]]) -> Plan:
    """The plan that :func:`to_record` wrote."""
    return tuple(
        OutputFile(name, type, count, kind, of, Part(*part) if part else None)
        for name, type, count, kind, of, part in record
    )


def to_record(plan: Plan) -> list[tuple[Any, ...]]:
    """The plan as JSON values."""
    return [(file.name, file.type, file.count, file.kind, file.of, file.part) for file in plan]
