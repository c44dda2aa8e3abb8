"""Who can sign in at athenaPatient: the patients, providers and relatives whom an environment holds.

Nobody is made up: each user is one Patient, Practitioner or RelatedPerson that can be read. A relative acts for a
patient as a parent or guardian of a minor, as a grown-up child, or by a power of attorney; a spouse does not.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mock_athena.auth.portal import password_of
from mock_athena.auth.users import Kind, User
from mock_athena.clock import NANOSECONDS
from mock_athena.errors import BadRequest
from mock_athena.fhir.registry import RESOURCE_TYPES, offered
from mock_athena.search import Circumstances, parse_search
from mock_athena.store import Snapshot
from mock_athena.store.criteria import HasId, Position, Selection
from mock_athena.web.portal.names import name_of, relationship_of, years_between
from mock_athena.web.world import Environment, World

TYPES: Mapping[Kind, str] = {"patient": "Patient", "provider": "Practitioner", "proxy": "RelatedPerson"}
PAGE = 8
MAJORITY = 18
_MOST_LOOKED_AT = 1000
_LARGEST = 2**63  # of the numbers of the database

# https://terminology.hl7.org/ValueSet-v3-PersonalRelationshipRoleType.html
_PARENTS = frozenset(
    ("PRN", "MTH", "FTH", "NPRN", "NMTH", "NFTH", "ADOPTP", "ADOPTM", "ADOPTF", "STPPRN", "STPMTH", "STPFTH")
) | {"PRNFOST", "MTHFOST", "FTHFOST", "GUARD"}
_CHILDREN = frozenset(("CHILD", "DAU", "DAUC", "SON", "SONC", "NCHILD", "CHLDADOPT", "DAUADOPT", "SONADOPT"))
_ATTORNEYS = frozenset(("POWATT", "DPOWATT", "HPOWATT", "SPOWATT", "RESPRSN"))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list of those who can sign in.

    Attributes:
        id: of the user's own resource.
        about: what tells people of one name apart, such as ``born 1967-06-20`` or ``mother of Theo Gordon``.
    """

    user: User
    id: str
    about: str

    @property
    def password(self) -> str:
        """What is typed."""
        return password_of(self.user.username)


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list.

    Attributes:
        after: what the next page is asked for with; empty where this is the last.
    """

    people: tuple[Person, ...]
    after: str


class People:
    """Finds users in the data of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        served = offered(world.profile.surface)
        # A user whose own resource cannot be read would be one that no application can look up.
        self.kinds: tuple[Kind, ...] = tuple(kind for kind, type in TYPES.items() if type in served)

    def named(self, environment: str, username: str) -> Person | None:
        """The user of that name, or whose resource it names: an id, or ``Type/id``."""
        here = self._world.environments[environment]
        type, slash, id = username.partition("/")
        for kind in self.kinds:
            if not slash or type == TYPES[kind]:
                person = self._read(here, kind, id if slash else username)
                if person:
                    return person
        return None

    def patient(self, environment: str, id: str | None) -> Person | None:
        """The patient of that id."""
        return self._read(self._world.environments[environment], "patient", id) if id else None

    def listed(self, environment: str, kind: Kind, search: str = "", after: str = "", size: int = PAGE) -> Listed:
        """A page of the users of a kind, those whose name, birth date or id is searched for."""
        here = self._world.environments[environment]
        snapshot = here.store.snapshot()
        found: list[tuple[Person, Position]] = []
        for body, position in self._bodies(snapshot, self._selection(here, snapshot, kind, search), position_of(after)):
            person = self._person(here, snapshot, kind, json.loads(body))
            if person:
                found.append((person, position))
            if len(found) > size:
                break
        last = found[size - 1][1] if len(found) > size else None
        return Listed(tuple(person for person, _ in found[:size]), f"{last.date}.{last.vk}" if last else "")

    def count(self, environment: str, kind: Kind) -> int:
        """How many resources of that kind's type there are."""
        return self._world.environments[environment].store.snapshot().count(Selection(TYPES[kind]))

    def _bodies(
        self, snapshot: Snapshot, selection: Selection | None, after: Position | None
    ) -> Iterator[tuple[bytes, Position]]:
        looked_at = 0
        while selection is not None and looked_at < _MOST_LOOKED_AT:
            rows = snapshot.page(selection, 2 * PAGE, after)
            for row in rows:
                yield row.body, row.position
            if len(rows) < 2 * PAGE:
                return
            looked_at, after = looked_at + len(rows), rows[-1].position

    def _selection(self, here: Environment, snapshot: Snapshot, kind: Kind, search: str) -> Selection | None:
        """What is searched for; None for what nothing can match."""
        type, words = RESOURCE_TYPES[TYPES[kind]], search.split()[:8]
        for id in (search.strip(), f"a-{here.facts.practice}.{search.strip()}"):
            stored = snapshot.read(type.name, id)
            if stored and not stored.deleted:
                return Selection(type.name, (HasId((id,)),), type.date)
        asked = [("birthdate" if word[0].isdigit() else "name", word.replace(",", "\\,")) for word in words]
        circumstances = Circumstances(lambda _: False, self._world.clock.now() // 1000, str)
        try:
            return parse_search(type, asked, circumstances._replace(strict=True)).selection
        except BadRequest:  # such as 31.02., or the birth date of a provider
            return None

    def _read(self, here: Environment, kind: Kind, id: str) -> Person | None:
        snapshot = here.store.snapshot()
        stored = snapshot.read(TYPES[kind], id)
        return self._person(here, snapshot, kind, json.loads(stored.body)) if stored and not stored.deleted else None

    def _person(self, here: Environment, snapshot: Snapshot, kind: Kind, body: Mapping[str, Any]) -> Person | None:
        patients, about = self._told(snapshot, kind, body)
        if patients == ():
            return None
        reference = f"{body['resourceType']}/{body['id']}"
        others = (TYPES[other] for other in self.kinds[: self.kinds.index(kind)])
        username = reference if any(_current(snapshot, type, body["id"]) for type in others) else body["id"]
        practice = f"a-1.Practice-{here.facts.practice}"
        user = User(username, kind, name_of(body), reference, patients, practice, here.facts.name)
        return Person(user, body["id"], about)

    def _told(self, snapshot: Snapshot, kind: Kind, body: Mapping[str, Any]) -> tuple[tuple[str, ...] | None, str]:
        """For whom somebody may act (nobody: not a user), and what is said about them."""
        if kind == "patient":
            return (body["id"],), self._life(body)
        if kind == "provider":
            return None, ", ".join(_texts(each.get("code", {}) for each in body.get("qualification", ())))
        return self._charge(snapshot, body)

    def _charge(self, snapshot: Snapshot, body: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
        id = str(body.get("patient", {}).get("reference", "")).removeprefix("Patient/")
        stored = snapshot.read("Patient", id)
        if stored is None or stored.deleted or body.get("active") is False:
            return (), ""
        patient = json.loads(stored.body)
        roles, word = relationship_of(body)
        age = years_between(patient.get("birthDate", ""), self._today())
        allowed = _ATTORNEYS | _CHILDREN | (_PARENTS if age is not None and age < MAJORITY else frozenset())
        return (
            (id,) if roles & allowed else ()
        ), f"{word} of {name_of(patient)}, who was born {patient.get('birthDate')}"

    def _life(self, body: Mapping[str, Any]) -> str:
        born = str(body.get("birthDate") or "")
        age = years_between(born, self._today())
        parts = (
            f"born {born}" if born else "birth date unknown",
            "" if age is None or "deceasedDateTime" in body else _years(age),
            "died" if body.get("deceasedDateTime") or body.get("deceasedBoolean") else "",
        )
        return ", ".join(part for part in parts if part)

    def _today(self) -> str:
        return datetime.fromtimestamp(self._world.clock.now() / NANOSECONDS, UTC).date().isoformat()


def _years(age: int) -> str:
    return "under one year" if not age else "1 year" if age == 1 else f"{age} years"


def _current(snapshot: Snapshot, type: str, id: str) -> bool:
    stored = snapshot.read(type, id)
    return stored is not None and not stored.deleted


def position_of(text: str) -> Position | None:
    """The place that ``{date}.{vk}`` names in a list; None for what names none."""
    date, _, vk = text.partition(".")
    try:
        position = Position(int(date), int(vk))
    except ValueError:
        return None
    return position if all(-_LARGEST <= each < _LARGEST for each in position) else None


def _texts(concepts: Iterator[Mapping[str, Any]]) -> Sequence[str]:
    return [text for concept in concepts if (text := concept.get("text"))]
