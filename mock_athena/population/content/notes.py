"""Clinical notes: a DocumentReference that points at the Binary with the text.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-documentreference.html
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha1
from html import escape
from typing import Any

from mock_athena.fhir.placeholders import FHIR_BASE
from mock_athena.population import ids, moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import LOINC, RXNORM, US_CORE, display
from mock_athena.population.codes import concept as shared
from mock_athena.population.content.conditions import code
from mock_athena.population.content.encounters import period
from mock_athena.population.content.formulary import Drug
from mock_athena.population.content.vitals import Measured
from mock_athena.population.staff import primary_care
from mock_athena.population.timeline import Visit

_PROGRESS_NOTE, _DISCHARGE_SUMMARY = "11506-3", "18842-5"
_MEDIA_TYPE = "text/html"


@dataclass(frozen=True, slots=True)
class Story:
    """What a note tells: of whom, the vital signs, and what was prescribed."""

    patient: dict[str, Any]
    measured: Measured
    drugs: list[Drug]


def record(chart: Chart, visit: Visit, encounter: Reference, story: Story) -> None:
    """Add the note of a visit, or the discharge summary of a stay."""
    written = visit.end + timedelta(minutes=25)
    code = _DISCHARGE_SUMMARY if visit.is_stay else _PROGRESS_NOTE
    title = display(LOINC, code)
    text = _html(title, visit, story).encode()
    binary = chart.new_id("document")
    body = {
        "status": "current",
        "docStatus": "final",
        "type": shared(LOINC, code),
        "category": [shared(US_CORE + "us-core-documentreference-category", "clinical-note")],
        "subject": chart.subject,
        "date": moments.instant(written),
        "author": [primary_care(chart.person)],
        "custodian": {"reference": f"Organization/{ids.practice_id(chart.person.practice)}"},
        "description": f"{title}, {visit.start:%Y-%m-%d}",
        "content": [{"attachment": _attachment(binary, title, text, moments.date_time(written))}],
        "context": {"encounter": [encounter], "period": period(visit)},
    }
    chart.add("DocumentReference", _note_id(chart, encounter), written, body, "us-core-documentreference")
    content = {
        "contentType": _MEDIA_TYPE,
        "securityContext": chart.subject,
        "data": b64encode(text).decode(),
    }
    chart.add("Binary", binary, written, content)


def _note_id(chart: Chart, encounter: Reference) -> str:
    """The real API numbers a note as its encounter; the kinds of encounters are numbered apart, so stays differ."""
    head, _, number = encounter["reference"].rpartition("-")
    kind = "dischargeSummary" if head.endswith(".stay") else "hpiNote"
    return ids.local_id(chart.person.practice, kind, int(number))


def _attachment(binary: str, title: str, text: bytes, created: str) -> dict[str, Any]:
    return {
        "contentType": _MEDIA_TYPE,
        "language": "en",
        "url": f"{FHIR_BASE}/Binary/{binary}",
        "size": len(text),
        "hash": b64encode(sha1(text, usedforsecurity=False).digest()).decode(),
        "title": title,
        "creation": created,
    }


def _html(title: str, visit: Visit, story: Story) -> str:
    name = story.patient["name"][0]
    who = f"{' '.join(name['given'])} {name['family']}, born {story.patient['birthDate']}"
    drugs = "".join(f"<li>{escape(display(RXNORM, drug.code))}. {escape(drug.sig)}.</li>" for drug in story.drugs)
    plan = f"<ul>{drugs}</ul>" if drugs else "<p>No new prescriptions.</p>"
    reason = code(visit.reason)["text"]
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<p>{escape(who)}</p><p>Seen {visit.start:%Y-%m-%d %H:%M} UTC. Assessment: {escape(reason)}.</p>"
        f"<h2>Vital signs</h2><p>{_vitals(story.measured)}</p><h2>Plan</h2>{plan}</body></html>"
    )


def _vitals(found: Measured) -> str:
    pressure = f"BP {found.pressure[0]}/{found.pressure[1]} mmHg, " if found.pressure else ""
    return (
        f"{pressure}pulse {found.pulse}/min, respirations {found.breaths}/min, "
        f"temperature {found.temperature} F, SpO2 {found.saturation} %, "
        f"height {found.height} cm, weight {found.weight} kg"
    )
