"""Clinical notes: a DocumentReference that points at the Binary with the text, and at the same as a PDF.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-documentreference.html
"""

from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha1
from typing import Any, NamedTuple

from mock_athena.fhir.placeholders import DOCUMENTS, FHIR_BASE
from mock_athena.population import ids, moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, LOINC, US_CORE, coding, concept, display
from mock_athena.population.content import actors, note_text, strip
from mock_athena.population.story import EMERGENCY, STAY, WELLNESS, Visit

_PROFILE = "us-core-documentreference"
_HTML = "text/html"
_PROGRESS, _DISCHARGE, _HISTORY, _CONSULT = "11506-3", "18842-5", "34117-2", "11488-4"
_PROCEDURE, _OPERATION, _EMERGENCY, _ECG = "28570-0", "11504-8", "34111-5", "11524-6"
_SIGNED_AFTER = timedelta(minutes=25)
_FORMATS = "http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem"
# One note in so many was amended after it had been signed.
_AMENDED_EVERY = 13
_AMENDMENT = "Amended to correct the medication list after a call from the pharmacy."
_MINOR = timedelta(minutes=9)


class _Note(NamedTuple):
    """A document of a visit: the kind of its id, its type (LOINC), and when it was signed."""

    kind: str
    type: str
    signed: datetime
    amended: bool = False
    replaces: str = ""
    superseded: bool = False


def record(chart: Chart, visit: Visit, encounter: Reference) -> None:
    """Add the notes of a visit: what was seen and decided, and what else was written down."""
    for note in _notes(chart, visit, encounter):
        _note(chart, visit, encounter, note)
    if any(study.code == _ECG for study in visit.studies):
        _picture(chart, visit, encounter)


def _notes(chart: Chart, visit: Visit, encounter: Reference) -> Iterator[_Note]:
    signed = visit.end + _SIGNED_AFTER
    if visit.is_stay:
        yield _Note("historyAndPhysical", _HISTORY, visit.start + timedelta(hours=2))
        if visit.operations:
            yield _Note("operationNote", _OPERATION, visit.operations[0].ended + _SIGNED_AFTER)
        yield _Note("dischargeSummary", _DISCHARGE, signed)
        return
    amended = (chart.person.n + visit.order) % _AMENDED_EVERY == 0
    type = _type(visit)
    yield _Note("hpiNote", type, signed, superseded=amended)
    if amended:
        yield _Note("hpiTemplate", type, signed + timedelta(hours=3), True, _note_id(chart, "hpiNote", encounter))
    if any(done.ended - done.begun >= _MINOR for done in visit.operations):
        yield _Note("procedureNote", _PROCEDURE, signed)


def _type(visit: Visit) -> str:
    if visit.kind == EMERGENCY:
        return _EMERGENCY
    if visit.kind == WELLNESS:
        return _HISTORY if visit.order == 1 else _PROGRESS
    # Somebody whom another clinician has sent: seen for the first time for a complaint that is not new.
    return _CONSULT if visit.kind != STAY and visit.order % 7 == 5 else _PROGRESS


def _note_id(chart: Chart, kind: str, encounter: Reference) -> str:
    """The real API numbers a note as its encounter."""
    head, _, number = encounter["reference"].rpartition("-")
    apart = "Stay" if head.endswith(".stay") and kind == "historyAndPhysical" else ""
    return ids.local_id(chart.person.practice, kind + apart, int(number))


def _note(chart: Chart, visit: Visit, encounter: Reference, note: _Note) -> None:
    id = _note_id(chart, note.kind, encounter)
    title = display(LOINC, note.type)
    text = note_text.page(chart, visit, title, _AMENDMENT if note.amended else "").encode()
    binary = chart.new_id("document")
    created = moments.date_time(note.signed)
    content = [
        {"attachment": _attachment(binary, title, text, created), "format": _format()},
        {"attachment": _pdf(id, title, created), "format": _format()},
    ]
    body = _body(chart, visit, encounter, note.type, note.signed, content)
    if note.superseded:
        body["status"] = "superseded"
    if note.amended:
        body["docStatus"] = "amended"
        body["relatesTo"] = [{"code": "replaces", "target": {"reference": f"DocumentReference/{note.replaces}"}}]
    chart.add("DocumentReference", id, note.signed, body, _PROFILE)
    held = {"contentType": _HTML, "securityContext": chart.subject, "data": b64encode(text).decode()}
    chart.add("Binary", binary, note.signed, held)


def _body(
    chart: Chart, visit: Visit, encounter: Reference, type: str, signed: datetime, content: list[dict[str, Any]]
) -> dict[str, Any]:
    clinician = actors.clinician(chart.person.practice, visit.provider)
    return {
        "status": "current",
        "docStatus": "final",
        "type": concept(LOINC, type),
        "category": _category(),
        "subject": chart.subject,
        "date": moments.instant(signed),
        "author": [clinician],
        "authenticator": clinician,
        "custodian": actors.organization(chart.person.practice),
        "description": f"{display(LOINC, type)}, {visit.start.date().isoformat()}",
        "securityLabel": _label(),
        "content": content,
        "context": {
            "encounter": [encounter],
            "period": {"start": moments.date_time(visit.start), "end": moments.date_time(visit.end)},
        },
    }


@cache
def _category() -> list[dict[str, Any]]:
    return [concept(US_CORE + "us-core-documentreference-category", "clinical-note")]


@cache
def _label() -> list[dict[str, Any]]:
    return [{"coding": [coding(HL7 + "v3-Confidentiality", "N")]}]


@cache
def _format() -> dict[str, str]:
    return coding(_FORMATS, "urn:ihe:iti:xds:2017:mimeTypeSufficient")


def _attachment(binary: str, title: str, data: bytes, created: str, media_type: str = _HTML) -> dict[str, Any]:
    return {
        "contentType": media_type,
        "language": "en",
        "url": f"{FHIR_BASE}/Binary/{binary}",
        "size": len(data),
        "hash": b64encode(sha1(data, usedforsecurity=False).digest()).decode(),
        "title": title,
        "creation": created,
    }


def _pdf(id: str, title: str, created: str) -> dict[str, str]:
    """The same as a document, made when somebody asks for it: nobody knows its size before."""
    return {
        "contentType": "application/pdf",
        "language": "en",
        "url": f"{DOCUMENTS}/{id}.pdf",
        "title": title,
        "creation": created,
    }


def _picture(chart: Chart, visit: Visit, encounter: Reference) -> None:
    """The strip of an ECG as it was scanned."""
    study = next(study for study in visit.studies if study.code == _ECG)
    binary = chart.new_id("document")
    data, encoded = strip.scanned()
    attachment = _attachment(binary, "ECG strip", data, moments.date_time(study.issued), "image/png")
    content = [{"attachment": attachment, "format": _format()}]
    body = _body(chart, visit, encounter, _ECG, study.issued, content)
    chart.add("DocumentReference", chart.new_id("scannedDocument"), study.issued, body, _PROFILE)
    held = {"contentType": "image/png", "securityContext": chart.subject, "data": encoded}
    chart.add("Binary", binary, study.issued, held)
