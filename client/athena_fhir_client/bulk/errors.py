"""What can go wrong with an export. Each says what was kept and what to do: an export is continued, not repeated.

::

    BulkError
    ├── ExportRefused      the kick-off was not accepted
    ├── ExportFailed       the server says that the job failed
    ├── ExportStuck        the job takes longer than the caller's patience; it can be polled again
    ├── JobGone            the job or its files are not there any more: expired, deleted, or another client's
    ├── BadManifest        a manifest that would lose data
    ├── DownloadFailed     a file could not be had; what came of it is kept
    ├── BadFile            a file is not what the manifest says, or has lines that are no resources
    └── BadTarget          the folder holds another export, or another process writes there
"""

from athena_fhir_client.errors import AthenaError


class BulkError(AthenaError):
    """Whatever an export raises, beside the errors of single requests."""


class ExportRefused(BulkError):
    """The kick-off was not accepted, or its answer does not say where to poll."""


class ExportFailed(BulkError):
    """The server says that the job failed; another run starts another job."""


class ExportStuck(BulkError):
    """The job was still in progress when the patience was over; another run polls the same job."""


class JobGone(BulkError):
    """The job or its files are not there any more; another run starts another job."""


class BadManifest(BulkError):
    """A manifest that cannot be relied on."""


class DownloadFailed(BulkError):
    """A file could not be had as a whole. What came of it is kept; another run goes on there."""


class BadFile(BulkError):
    """A file came as a whole, again and again, and is wrong: its count, its hash, or lines in it.

    Attributes:
        name: of the file. problems: each in words, with the line where there is one.
    """

    def __init__(self, message: str, name: str, problems: list[str]) -> None:
        super().__init__(message)
        self.name = name
        self.problems = problems


class BadTarget(BulkError):
    """The folder is not one that this export can go on in."""
