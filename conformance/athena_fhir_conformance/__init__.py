"""Conformance of FHIR servers with what FHIR R4, US Core, SMART, Bulk Data, HTTP and the integration guide ask.

The public face::

    from athena_fhir_conformance import Credentials, run

    outcome = run("https://host/fhir/r4", Credentials(client_id="…", client_secret="…"))
    print(outcome.document()["counts"])

``run`` also takes a WSGI application. How a check is written: :mod:`athena_fhir_conformance.checking`.
"""

from athena_fhir_conformance.credentials import Credentials
from athena_fhir_conformance.profiles import PROFILES, Profile
from athena_fhir_conformance.recording import Result, Selection
from athena_fhir_conformance.running import Run, listed, run
from athena_fhir_conformance.target import Manners, Target
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
