"""export-incomplete: an export leaves types out."""

from dataclasses import dataclass

from mock_athena.faults import Disturbance
from mock_athena.faults.fault import Call, Fault


@dataclass(frozen=True, slots=True)
class ExportIncomplete(Fault):
    """The export completes without these ``types``; ``error`` of its manifest says so, and who does not look there
    takes it for everything."""

    types: tuple[str, ...] = ("Observation",)

    def disturb(self, call: Call) -> Disturbance:  # noqa: ARG002 - it is the same for everybody
        """Leave them out."""
        return Disturbance(left_out=self.types)
