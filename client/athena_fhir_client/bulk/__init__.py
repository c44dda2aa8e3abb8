"""Bulk export into a folder: kicked off, waited for, downloaded within the pace, checked, and continued after whatever.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html ::

    with AthenaClient.from_env() as client:
        report = BulkExport(client, ExportRequest(types=("Patient", "Observation")), Path("out")).run()

- :mod:`.asked`: what is exported. :mod:`.export`: the whole way. :mod:`.waiting`: the job. :mod:`.download`: one file.
- :mod:`.state`: where it stands, on disk. :mod:`.lines`: what is looked at in each line. :mod:`.report`: what was
  written.
- :mod:`.incremental`: only what changed since the last time.
"""

from athena_fhir_client.bulk.asked import ExportRequest
from athena_fhir_client.bulk.errors import (
    BadFile,
    BadManifest,
    BadTarget,
    BulkError,
    DownloadFailed,
    ExportFailed,
    ExportRefused,
    ExportStuck,
    JobGone,
)
from athena_fhir_client.bulk.export import BulkExport, Options, Watch
from athena_fhir_client.bulk.incremental import since_last
from athena_fhir_client.bulk.report import Report

__all__ = [
    "BadFile",
    "BadManifest",
    "BadTarget",
    "BulkError",
    "BulkExport",
    "DownloadFailed",
    "ExportFailed",
    "ExportRefused",
    "ExportRequest",
    "ExportStuck",
    "JobGone",
    "Options",
    "Report",
    "Watch",
    "since_last",
]
