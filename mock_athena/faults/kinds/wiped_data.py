"""wiped-data: there are no data any more."""

import json
from dataclasses import dataclass
from typing import ClassVar

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, Phase


@dataclass(frozen=True, slots=True)
class WipedData(Fault):
    """A read finds nothing and a search is empty, as when somebody wiped the sandbox; metadata are still there.

    The data themselves are untouched: disarm it and they are back.
    """

    at: ClassVar[Phase] = "admitted"

    def strike(self, call: Call) -> Answer | None:
        """Find nothing."""
        type, _, id = call.path.removeprefix(call.fhir_base.removeprefix(call.origin)).strip("/").partition("/")
        if call.route != "fhir" or not type[:1].isupper():
            return None
        if id and id != "_search":
            raise call.refusal(404, f"{type}/{id} is not known here", ())
        url = call.origin + call.path + (f"?{call.query}" if call.query else "")
        bundle = {"resourceType": "Bundle", "type": "searchset", "total": 0, "link": [{"relation": "self", "url": url}]}
        return Answer.of(200, "application/fhir+json; charset=utf-8", json.dumps(bundle).encode())
