"""What is stored: the patients, the resource types, and the way to each resource. With every right, and nothing is
charged or journaled.

``/console/data`` lists, ``/console/data/{environment}/{type}`` searches, ``…/{id}`` shows one, and below that are a
patient's ``chart`` and the files (``file/{n}``).
"""

import json
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Response

from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import ControlError, shortened
from mock_athena.fhir.registry import RESOURCE_TYPES, ResourceType
from mock_athena.store import Snapshot
from mock_athena.store.criteria import InCompartment, Selection
from mock_athena.web.console.console import Console
from mock_athena.web.portal.people import Person
from mock_athena.web.portal.portal import sent_query
from mock_athena.web.portal.rendering import redirected
from mock_athena.web.world import Environment

PATH = "/console/data"
_PAGE = 15
OF_PATIENTS = tuple(kind for kind in RESOURCE_TYPES.values() if kind.patient)


class Place(NamedTuple):
    """Where somebody looks: an environment, and a type in it."""

    console: Console
    here: Environment
    kind: ResourceType

    @property
    def environment(self) -> str:
        """Its name."""
        return self.here.facts.name

    @property
    def url(self) -> str:
        """Of the type, in the API."""
        return f"{self.here.fhir_base(self.console.origin)}/{self.kind.name}"

    @property
    def practice(self) -> list[tuple[str, str]]:
        """What the API has to be told besides, where the profile asks in which practice a request is meant."""
        if not self.console.world.profile.tenancy:
            return []
        return [("ah-practice", f"Organization/a-1.Practice-{self.here.facts.practice}")]

    def href(self, type: str, id: str = "", *below: str) -> str:
        """The screen of a type or of one resource of this environment."""
        return "/".join((PATH, self.environment, *(quote(part, safe="") for part in (type, id, *below) if part)))


def data(console: Console, rest: str) -> Response:
    """The screen of a path below ``/console/data``."""
    if not rest.strip("/"):
        return _listed(console)
    if rest == "go":
        return _chosen(console)
    name, _, below = rest.partition("/")
    type, _, below = below.partition("/")
    if name not in ENVIRONMENTS or type not in RESOURCE_TYPES:
        message = (
            f"There is no screen {shortened(f'{PATH}/{rest}', 100)!r}: expected {PATH}, or below it an environment "
            f"({' or '.join(ENVIRONMENTS)}), a resource type and an id."
        )
        raise ControlError(message, status=404)
    place = Place(console, console.world.environments[name], RESOURCE_TYPES[type])
    id, _, what = below.partition("/")
    return _shown(place, id, what)


def _shown(place: Place, id: str, what: str) -> Response:
    """Each of them is imported when somebody looks at it."""
    if not id:
        from mock_athena.web.console.search import search

        return search(place)
    if what == "chart" and place.kind.name == "Patient":
        from mock_athena.web.console.chart import chart

        return chart(place, id)
    if what.startswith("file/"):
        from mock_athena.web.console.files import file

        return file(place, id, what.removeprefix("file/"))
    if what:
        raise ControlError(f"There is nothing at {shortened(what, 100)!r} of {place.kind.name}/{id}.", status=404)
    from mock_athena.web.console.resource import resource

    return resource(place, id)


def _listed(console: Console) -> Response:
    here, sent = console.environment(), sent_query()
    name, search = here.facts.name, (sent.get("search") or "").strip()
    snapshot = here.store.snapshot()
    listed = console.portal.people.listed(name, "patient", search, sent.get("after") or "", _PAGE)
    place = Place(console, here, RESOURCE_TYPES["Patient"])
    counts = counts_of(console, here, snapshot)
    return console.show(
        "data.html",
        environment=name,
        search=search,
        after=listed.after,
        paged=bool(sent.get("after")),
        patients=[_told(place, snapshot, person) for person in listed.people],
        types=[(type, place.href(type), count) for type, count in counts.items()],
        total=sum(counts.values()),
    )


def _chosen(console: Console) -> Response:
    """On to the search of the type that a form names."""
    here, type = console.environment(), sent_query().get("type") or ""
    if type not in RESOURCE_TYPES:
        raise ControlError(f"There is no resource type {shortened(type, 60)!r} here.", status=404)
    return redirected(Place(console, here, RESOURCE_TYPES[type]).href(type))


def _told(place: Place, snapshot: Snapshot, person: Person) -> dict[str, Any]:
    stored = snapshot.read("Patient", person.id)
    sex = json.loads(stored.body).get("gender", "") if stored and not stored.deleted else ""
    return {
        "id": person.id,
        "name": person.user.name,
        "about": person.about,
        "sex": sex,
        "resources": sum(count_in_chart(snapshot, kind, person.id) for kind in OF_PATIENTS),
        "username": person.user.username,
        "chart": place.href("Patient", person.id, "chart"),
        "resource": place.href("Patient", person.id),
    }


def in_chart(kind: ResourceType, patient: str) -> Selection:
    """What of a type is in a patient's compartment."""
    return Selection(kind.name, (InCompartment((patient,)),), kind.date)


def count_in_chart(snapshot: Snapshot, kind: ResourceType, patient: str) -> int:
    """How much of it there is."""
    return snapshot.count(in_chart(kind, patient))


def counts_of(console: Console, here: Environment, snapshot: Snapshot) -> dict[str, int]:
    """How many resources of each type there are; found out once for each state of the data."""

    def counted() -> bytes:
        return json.dumps({name: snapshot.count(Selection(name)) for name in RESOURCE_TYPES}).encode()

    key = ("console counts", here.facts.name, snapshot.seq)
    counts: dict[str, int] = json.loads(console.world.hot.answer(key, counted))
    return dict(sorted(counts.items()))
