"""Conformance of FHIR servers with what FHIR R4, US Core, SMART, Bulk Data, HTTP and the integration guide ask.

The public face::

    from athena_fhir_conformance import Credentials, run

    outcome = run("https://host/fhir/r4", Credentials(client_id="…", client_secret="…"))
    print(outcome.document()["counts"])

``run`` also takes a WSGI application. How a check is written: :mod:`athena_fhir_conformance.checking`.

All of it is imported on first use, since it needs libraries of the extra ``conformance``.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from athena_fhir_conformance.credentials import Credentials
    from athena_fhir_conformance.manners import Manners
    from athena_fhir_conformance.profiles import PROFILES, Profile
    from athena_fhir_conformance.recording import Result, Selection
    from athena_fhir_conformance.running import Run, listed, run
    from athena_fhir_conformance.target import Target
    from athena_fhir_conformance.verdicts import Verdict

__all__ = [
    "PROFILES",
    "Credentials",
    "Manners",
    "Profile",
    "Result",
    "Run",
    "Selection",
    "Target",
    "Verdict",
    "listed",
    "run",
]

_HERE = "athena_fhir_conformance"
_LATER = {
    "PROFILES": f"{_HERE}.profiles",
    "Credentials": f"{_HERE}.credentials",
    "Manners": f"{_HERE}.manners",
    "Profile": f"{_HERE}.profiles",
    "Result": f"{_HERE}.recording",
    "Run": f"{_HERE}.running",
    "Selection": f"{_HERE}.recording",
    "Target": f"{_HERE}.target",
    "Verdict": f"{_HERE}.verdicts",
    "listed": f"{_HERE}.running",
    "run": f"{_HERE}.running",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
