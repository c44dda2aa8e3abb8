"""A patient's chart: what there is of each type, the newest first, a line for each resource."""

from collections.abc import Iterable

from flask import Response

from mock_athena.documents.words import loaded
from mock_athena.errors import ControlError, shortened
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.criteria import Position
from mock_athena.store.snapshot import Row
from mock_athena.web.console.data import OF_PATIENTS, Place, count_in_chart, in_chart
from mock_athena.web.console.told import Line, line_of
from mock_athena.web.portal.people import position_of
from mock_athena.web.portal.portal import sent_query

_FIRST = 5
_PAGE = 50


def chart(place: Place, id: str) -> Response:
    """All types with their latest, or one type by pages."""
    person = place.console.portal.people.patient(place.environment, id)
    if person is None:
        raise ControlError(f"There is no Patient {shortened(id, 64)!r} in {place.environment}.", status=404)
    sent = sent_query()
    only = sent.get("type") or ""
    if only and only not in {kind.name for kind in OF_PATIENTS}:
        raise ControlError(f"A chart has no {shortened(only, 60)!r}.", status=404)
    snapshot = place.here.store.snapshot()
    counts = {kind.name: count_in_chart(snapshot, kind, id) for kind in OF_PATIENTS}
    shown = [kind for kind in OF_PATIENTS if counts[kind.name] and only in ("", kind.name)]
    after = position_of(sent.get("after") or "") if only else None
    size = _PAGE if only else _FIRST
    sections = []
    following: Position | None = None
    for kind in shown:
        rows = snapshot.page(in_chart(kind, id), size + 1, after)
        following = rows[size - 1].position if only and len(rows) > size else None
        sections.append((kind.name, counts[kind.name], _lines(rows[:size])))
    return place.console.show(
        "chart.html",
        environment=place.environment,
        person=person,
        here=place.href("Patient", id, "chart"),
        resource=place.href("Patient", id),
        sections=sections,
        counts={name: count for name, count in counts.items() if count},
        total=sum(counts.values()),
        only=only,
        after=f"{following.date}.{following.vk}" if following else "",
        href=place.href,
        searchable={name for name in counts if RESOURCE_TYPES[name].searchable},
    )


def _lines(rows: Iterable[Row]) -> list[Line]:
    return [line_of(loaded(row.body)) for row in rows]
