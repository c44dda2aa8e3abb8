"""outcome-in-bundle: a search fails and says 200."""

import json
from dataclasses import dataclass
from typing import ClassVar

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, Phase
from mock_athena.fhir.outcome import issue, operation_outcome


@dataclass(frozen=True, slots=True)
class OutcomeInBundle(Fault):
    """A search fails and answers 200: a searchset whose one entry is an OperationOutcome, as the real API was seen to.

    A client that does not look at ``search.mode`` takes it for a resource.
    """

    message: str = "the search is too broad"

    at: ClassVar[Phase] = "admitted"

    def strike(self, call: Call) -> Answer | None:
        """Fail quietly."""
        outcome = operation_outcome(issue("error", "too-costly", self.message, ()))
        url = call.origin + call.path + (f"?{call.query}" if call.query else "")
        bundle = {
            "resourceType": "Bundle",
            "type": "searchset",
            "link": [{"relation": "self", "url": url}],
            "entry": [{"resource": outcome, "search": {"mode": "outcome"}}],
        }
        return Answer.of(200, "application/fhir+json; charset=utf-8", json.dumps(bundle).encode())
