"""One resource: what it says, its JSON, its versions, its files, where it points and what points to it."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import Response
from markupsafe import Markup

from mock_athena.documents.words import loaded
from mock_athena.errors import ControlError, shortened
from mock_athena.fhir.instants import instant
from mock_athena.fhir.placeholders import filled
from mock_athena.fhir.references import Literal
from mock_athena.fhir.registry import RESOURCE_TYPES, ResourceType, pointing_to
from mock_athena.fhir.resource import Resource, as_object, as_text
from mock_athena.store import Snapshot
from mock_athena.store.criteria import HasReference, InCompartment, Selection
from mock_athena.store.history import Event, History
from mock_athena.store.links import every_link
from mock_athena.web.console import commands
from mock_athena.web.console.data import OF_PATIENTS, Place
from mock_athena.web.console.files import files_of
from mock_athena.web.console.json_page import Changed, changes, json_page
from mock_athena.web.console.narrative import text_of
from mock_athena.web.console.told import Line, facts_of, line_of
from mock_athena.web.portal.portal import sent_query
from mock_athena.web.portal.rendering import link

_MOST_VERSIONS = 50
_MOST_POINTING = 5
_MOST_NAMED = 25


class Pointing(NamedTuple):
    """What points here by one parameter: the newest, and a search for all where there are more."""

    type: str
    parameter: str
    lines: list[Line]
    all: str


def resource(place: Place, id: str) -> Response:
    """Its latest version, or the one that the query names."""
    snapshot, type = place.here.store.snapshot(), place.kind.name
    events = snapshot.events(History(type, id), _MOST_VERSIONS)
    if not events:
        message = f"There is no {type} of id {shortened(id, 64)!r} in {place.environment}, and there never was."
        raise ControlError(message, status=404)
    event, before = _asked(events, sent_query().get("version"))
    told = event if event.body else before or event
    body, content = _filled(place, told.body), loaded(told.body) if told.body else {}
    url = f"{place.url}/{id}"
    return place.console.show(
        "resource.html",
        environment=place.environment,
        type=type,
        id=id,
        line=line_of(content),
        event=event,
        latest=events[0],
        updated=instant(event.last_updated),
        versions=[(each, instant(each.last_updated)) for each in events],
        told=place.console.world.profile.versions,
        facts=_facts(place, snapshot, content),
        narrative=text_of(as_text(as_object(content.get("text")).get("div"))),
        files=files_of(place, content),
        json=json_page(body, lambda literal: place.href(literal.type, literal.id)) if body else Markup(""),
        changed=_changed(place, event, before),
        before=before,
        patients=_patients(place, told.body),
        pointing=_pointing(place, snapshot, id, _compartments(place, told.body, id)),
        here=place.href(type, id),
        href=place.href,
        url=url,
        token=commands.token_command(place.console.world, place.console.origin, type),
        curl=commands.curl(url, place.practice),
        python=commands.python(url, place.practice),
    )


def _asked(events: Sequence[Event], version: str | None) -> tuple[Event, Event | None]:
    """The version that is asked for, and the one before it as far as it is listed."""
    found = [n for n, each in enumerate(events) if version in (None, str(each.version_id))]
    if not found:
        listed = ", ".join(str(each.version_id) for each in events)
        message = f"There is no version {shortened(version or '', 20)!r}: the latest are {listed}."
        raise ControlError(message, status=404)
    n = found[0]
    return events[n], events[n + 1] if n + 1 < len(events) else None


def _changed(place: Place, event: Event, before: Event | None) -> list[Changed]:
    if before is None or not (event.body and before.body):
        return []
    return changes(_filled(place, before.body), _filled(place, event.body))


def _filled(place: Place, body: bytes) -> bytes:
    origin = place.console.origin
    return filled(body, place.here.fhir_base(origin), place.here.documents_base(origin))


def _facts(place: Place, snapshot: Snapshot, content: Resource) -> list[tuple[str, list[tuple[str, str]]]]:
    """What it says, each with the address of what is named; the first of these are told by their own names."""
    told = facts_of(content)
    named = dict.fromkeys(text.to for _, texts in told for text in texts if text.to)
    names = {reference: _name(snapshot, reference) for reference in list(named)[:_MOST_NAMED]}
    return [(name, [(names.get(text.to) or text.words, _to(place, text.to)) for text in texts]) for name, texts in told]


def _name(snapshot: Snapshot, reference: str) -> str:
    type, _, id = reference.partition("/")
    stored = snapshot.read(type, id)
    what = line_of(loaded(stored.body)).what if stored and not stored.deleted else ""
    return f"{what} ({reference})" if what else ""


def _to(place: Place, reference: str) -> str:
    type, _, id = reference.partition("/")
    return place.href(type, id) if id and type in RESOURCE_TYPES else ""


def _patients(place: Place, body: bytes) -> list[tuple[str, str]]:
    """Whose chart it is in, with the address of that."""
    found = dict.fromkeys(each.id for each in every_link(body) if each.type == "Patient") if place.kind.patient else {}
    return [(id, place.href("Patient", id, "chart")) for id in list(found)[:5]]


def _compartments(place: Place, body: bytes, id: str) -> tuple[str, ...]:
    if place.kind.name == "Patient":
        return (id,)
    return tuple(id for id, _ in _patients(place, body))


def _pointing(place: Place, snapshot: Snapshot, id: str, patients: tuple[str, ...]) -> list[Pointing]:
    """What points here, by each parameter that can; of a patient, what is not in the chart anyway."""
    target, found = Literal(place.kind.name, id), []
    for type, code in pointing_to(place.kind.name):
        kind = RESOURCE_TYPES[type]
        if place.kind.name == "Patient" and kind in OF_PATIENTS:
            continue
        each = _by(place, snapshot, kind, code, target, patients)
        if each.lines:
            found.append(each)
    return found


def _by(
    place: Place, snapshot: Snapshot, kind: ResourceType, code: str, target: Literal, patients: tuple[str, ...]
) -> Pointing:
    reference = f"{target.type}/{target.id}"
    parameter = kind.parameters[code]
    # What is in no index is looked for within the chart alone, where there is little to look at.
    within = () if parameter.indexed else (InCompartment(patients),) if kind.patient and patients else None
    if within is None:
        return Pointing(kind.name, code, [], "")
    selection = Selection(kind.name, (*within, HasReference(code, (reference,))), kind.date)
    rows = snapshot.page(selection, _MOST_POINTING + 1)
    lines = [line_of(loaded(row.body)) for row in rows[:_MOST_POINTING]]
    everything = link(place.href(kind.name), (("name", code), ("value", reference)))
    return Pointing(kind.name, code, lines, everything if len(rows) > _MOST_POINTING else "")
