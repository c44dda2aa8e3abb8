"""Every code that the synthetic record uses: one data file per system, each row with its display and its source.

A code that is not in the tables cannot be emitted, so checking the tables checks the population. Displays are those of
the row's source, but for three that the integration guide words itself (``guide.py``); a SNOMED CT term stands without
its semantic tag where the source gives the fully specified name. ``sources.json`` names the releases and ``NOTICE``
has the notices of their owners.

The concepts returned here are shared between resources: read them, never change them.
"""

from functools import cache
from typing import Any

from mock_athena.population.codes.tables import Row, find, load, pairs, systems

__all__ = [
    "CDCREC",
    "CVX",
    "HL7",
    "ICD10CM",
    "ICD10PCS",
    "LANGUAGE",
    "LOINC",
    "MVX",
    "RXNORM",
    "SNOMED",
    "UCUM",
    "US_CORE",
    "Concept",
    "bare",
    "coding",
    "concept",
    "display",
    "problem_code",
    "quantity",
    "row",
    "table",
    "unit",
]

Concept = dict[str, Any]

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
CVX = "http://hl7.org/fhir/sid/cvx"
MVX = "http://hl7.org/fhir/sid/mvx"
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
    """All tables: system → ``{"release": …, "licence": …, "codes": {code: display}}``. Reads every file: for checks."""
    return {
        system: {
            "release": found.release,
            "licence": found.licence,
            "codes": {code: row.display for code, row in found.rows.items()},
        }
        for system in systems()
        for found in (load(system),)
    }


def row(system: str, code: str) -> Row:
    """The table's row of a code: display and source.

    Raises:
        KeyError: the tables do not have the system or the code.
    """
    return find(system, code)


def display(system: str, code: str) -> str:
    """What the system calls the code.

    Raises:
        KeyError: the tables do not have it.
    """
    return find(system, code).display


@cache
def coding(system: str, code: str) -> dict[str, str]:
    """A Coding of the tables. Shared: do not change it.

    Raises:
        KeyError: the tables do not have it.
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
    """The unit members of a Quantity, from UCUM. Shared.

    Raises:
        KeyError: the tables do not have it.
    """
    return {"unit": display(UCUM, code), "system": UCUM, "code": code}


def quantity(value: float, code: str) -> dict[str, Any]:
    """A Quantity in a UCUM unit of the tables.

    Raises:
        KeyError: the tables do not have the unit.
    """
    return {"value": value, **unit(code)}


def problem_code(icd10: str) -> str:
    """The SNOMED CT concept that says of a problem what an ICD-10-CM code says; empty where no such pair is listed."""
    return pairs().get(icd10, "")
