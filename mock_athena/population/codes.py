"""Every code that the synthetic record uses, from one table: ``codes.json``, grouped by system, with its release.

A code that is not in the table cannot be emitted, so checking the table checks the population. Displays are the
systems' own, but for the one that the integration guide words differently (``guide.py``); ``NOTICE`` has the notices
of their owners.

The concepts returned here are shared between resources: read them, never change them.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

Concept = dict[str, Any]

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
CVX = "http://hl7.org/fhir/sid/cvx"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
CDCREC = "urn:oid:2.16.840.1.113883.6.238"
LANGUAGE = "urn:ietf:bcp:47"
US_CORE = "http://hl7.org/fhir/us/core/CodeSystem/"
HL7 = "http://terminology.hl7.org/CodeSystem/"


@cache
def table() -> dict[str, dict[str, Any]]:
    """The whole table: system → ``{"release": …, "codes": {code: display}}``."""
    text = (files("mock_athena.population") / "codes.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, Any]] = json.loads(text)
    return loaded


def display(system: str, code: str) -> str:
    """What the system calls the code.

    Raises:
        KeyError: the table does not have it.
    """
    text: str = table()[system]["codes"][code]
    return text


@cache
def coding(system: str, code: str) -> dict[str, str]:
    """A Coding of the table. Shared: do not change it.

    Raises:
        KeyError: the table does not have it.
    """
    return {"system": system, "code": code, "display": display(system, code)}


@cache
def concept(system: str, code: str, text: str | None = None) -> Concept:
    """A CodeableConcept with one coding; its text is the display where none is given. Shared: do not change it."""
    found = coding(system, code)
    return {"coding": [found], "text": text or found["display"]}


@cache
def bare(system: str, code: str) -> Concept:
    """A CodeableConcept that is a coding alone, as status and category elements usually are. Shared."""
    return {"coding": [coding(system, code)]}


@cache
def unit(code: str) -> dict[str, str]:
    """The unit members of a Quantity, from UCUM.

    Raises:
        KeyError: the table does not have it.
    """
    return {"unit": display(UCUM, code), "system": UCUM, "code": code}


def quantity(value: float, code: str) -> dict[str, Any]:
    """A Quantity in a UCUM unit of the table."""
    return {"value": value, **unit(code)}
