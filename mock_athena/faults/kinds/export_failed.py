"""export-failed: an export fails."""

from dataclasses import dataclass

from mock_athena.faults import Disturbance
from mock_athena.faults.fault import Call, Fault


@dataclass(frozen=True, slots=True)
class ExportFailed(Fault):
    """The export that is being started runs as long as it should, and then its status answers 500."""

    message: str = "the export failed: the data could not be read"

    def disturb(self, call: Call) -> Disturbance:  # noqa: ARG002 - it is the same for everybody
        """Let it fail."""
        return Disturbance(failure=self.message or "the export failed")
