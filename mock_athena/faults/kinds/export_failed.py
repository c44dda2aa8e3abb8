"""export-failed: an export fails."""

from dataclasses import dataclass

from mock_athena.faults import Disturbance
from mock_athena.faults.fault import Call, Fault, check


@dataclass(frozen=True, slots=True)
class ExportFailed(Fault):
    """The export that is being started runs, and then its status answers 500.

    ``after`` is the share of its time after which it fails: at 1 when it should be complete, at 0.9 when its progress
    says 90 %.
    """

    message: str = "the export failed: the data could not be read"
    after: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(0 <= self.after <= 1, f"after = {self.after}: expected a share from 0 to 1")

    def disturb(self, call: Call) -> Disturbance:  # noqa: ARG002 - it is the same for everybody
        """Let it fail."""
        return Disturbance(failure=self.message or "the export failed", fails_after=self.after)
