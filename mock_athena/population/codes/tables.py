"""Reads the code tables: one JSON file per system (the many small ones of HL7 share a file), each when first asked for.

A file is ``{system: {"release", "licence", "rows": [[code, display, source], …]}}``; a source is a key of
``sources.json``, which says what was published when, by whom and under which licence.
"""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

# The file of a system; every system that is not named here is in hl7.json.
_FILES = {
    "http://loinc.org": "loinc",
    "http://snomed.info/sct": "snomed",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10cm",
    "http://www.cms.gov/Medicare/Coding/ICD10": "icd10pcs",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "http://hl7.org/fhir/sid/mvx": "mvx",
    "http://unitsofmeasure.org": "ucum",
    "urn:oid:2.16.840.1.113883.6.238": "cdcrec",
}


class Row(NamedTuple):
    """One code: what its system calls it, and the key in ``sources.json`` of the release that says so."""

    display: str
    source: str


class Table(NamedTuple):
    """The codes of one system that the population may use."""

    release: str
    licence: str
    rows: dict[str, Row]


def systems() -> Iterator[str]:
    """The canonical URLs of all systems."""
    yield from _FILES
    yield from _read("hl7")


@cache
def load(system: str) -> Table:
    """The table of a system.

    Raises:
        KeyError: there is none.
    """
    found = _read(_FILES.get(system, "hl7")).get(system)
    if found is None:
        message = f"no code table for the system {system!r}: use one of mock_athena.population.codes, or add a table"
        raise KeyError(message)
    rows = {code: Row(display, source) for code, display, source in found["rows"]}
    return Table(found["release"], found["licence"], rows)


def find(system: str, code: str) -> Row:
    """The row of a code.

    Raises:
        KeyError: the tables do not have the system or the code.
    """
    row = load(system).rows.get(code)
    if row is None:
        message = f"code {code!r} is not in the table of {system}: look it up in the system's release and add its row"
        raise KeyError(message)
    return row


@cache
def sources() -> dict[str, dict[str, str]]:
    """Key of a row's source → its title, licence and publisher."""
    return _read("sources")


@cache
def pairs() -> dict[str, str]:
    """ICD-10-CM code → SNOMED CT concept, for the conditions that both call the same."""
    return {icd10: snomed for icd10, snomed, _ in _read("pairs")["rows"]}


@cache
def _read(name: str) -> dict[str, Any]:
    text = (files("mock_athena.population.codes") / f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
