"""What is ordered and done at a visit: what it is about, and what has become due in the meantime."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from random import Random

from mock_athena.population import instruments, laboratory, studies
from mock_athena.population.conditions.module import Order
from mock_athena.population.life.prospect import Life
from mock_athena.population.moments import at
from mock_athena.population.operations import OPERATIONS
from mock_athena.population.referrals import REFERRALS
from mock_athena.population.story import Operation, Panel, Referral, Screening, Study

_MONTH = 30.44
_EARLY = 21
"""Days before it is due that something is done already, as the person is here."""
_IN_THE_ROOM = 35
_FRESH = timedelta(days=4)
"""Reports of the last days may not have been signed yet."""
COVERS = {"comprehensive": ("metabolic",), "blood-count-differential": ("blood-count",), "phq-9": ("phq-2",)}
"""What is measured by something else as well: that it is done makes these done."""


class Done:
    """What was done at one visit."""

    def __init__(self) -> None:
        self.panels: list[Panel] = []
        self.studies: list[Study] = []
        self.screenings: list[Screening] = []
        self.operations: list[Operation] = []
        self.referrals: list[Referral] = []
        self.words: list[str] = []


class Desk:
    """Remembers when everything was done last.

    Attributes:
        life: whose. last: what → ordinal of the day on which it was done.
    """

    def __init__(self, life: Life, random: Random) -> None:
        self.life = life
        self.last: dict[str, int] = {}
        self._random = random

    def stagger(self, orders: Iterable[Order], since: date) -> None:
        """Screening did not begin with this practice: each was done some time before."""
        for order in orders:
            if order.every:
                ago = int(order.every * _MONTH * self._random.random() * 1.15)
                self.last.setdefault(order.what, since.toordinal() - ago)

    def due(self, order: Order, day: date, *, about: bool) -> bool:
        """Whether an order is done today; ``about`` where the visit is about what orders it."""
        person = self.life.person
        if (order.sex and order.sex != person.gender) or not order.from_age <= person.age_on(day) < order.to_age:
            return False
        today, last = day.toordinal(), self.last.get(order.what)
        if not order.every:
            if not about or last == today:
                return False
        elif last is not None and today < last + order.every * _MONTH - _EARLY:
            return False
        if order.share < 1 and self._random.random() >= order.share:
            if order.every:
                self.last[order.what] = today - int(order.every * _MONTH / 2)
            return False
        self.last[order.what] = today
        for covered in COVERS.get(order.what, ()):
            self.last[covered] = today
        return True

    def perform(
        self, order: Order, problem: int, visit: int, start: datetime, shifts: Mapping[str, float], random: Random
    ) -> "Panel | Study | Screening | Operation | Referral":
        """Do what is ordered."""
        if order.kind == "panel":
            return self._panel(order.what, problem, start, shifts, random)
        if order.kind == "study":
            performed = start + timedelta(minutes=30)
            study = studies.perform(order.what, self.life, start.date(), shifts, random, performed)
            return study._replace(reason=problem)
        if order.kind == "screening":
            taken = start + timedelta(minutes=3)
            return instruments.fill(order.what, self.life, start.date(), random, taken)
        if order.kind == "operation":
            return _operation(order.what, problem, visit, start, random)
        code, category = REFERRALS[order.what][:2]
        return Referral(code, category, start + timedelta(minutes=18), problem)

    def _panel(self, what: str, problem: int, start: datetime, shifts: Mapping[str, float], random: Random) -> Panel:
        spec = laboratory.PANELS[what]
        collected = start + timedelta(minutes=random.randint(15, 25))
        issued = collected + timedelta(minutes=random.randint(*spec.turnaround))
        ordered = start + timedelta(minutes=10)
        if issued >= at(self.life.person.as_of, 0):
            return Panel(spec.code, (), spec.specimen, ordered, collected, ordered, problem, "registered")
        results = laboratory.measure(what, self.life, start.date(), shifts, random)
        status = "corrected" if random.random() < 0.012 else "final"
        if issued >= at(self.life.person.as_of, 0) - _FRESH and random.random() < 0.4:
            status = "preliminary"
        return Panel(spec.code, results, spec.specimen, ordered, collected, issued, problem, status)


def _operation(what: str, problem: int, visit: int, start: datetime, random: Random) -> Operation:
    system, code, minutes, device, site = OPERATIONS[what][:5]
    # What is short is done in the room; the rest in an operating room, some hours after the admission.
    begun = start + timedelta(minutes=5 if minutes <= _IN_THE_ROOM else 180)
    ended = begun + timedelta(minutes=round(minutes * random.uniform(0.85, 1.25)))
    return Operation(system, code, begun, ended, visit, problem, device, "completed", site)


def add(done: Done, made: "Panel | Study | Screening | Operation | Referral") -> None:
    """Put an outcome where it belongs."""
    if isinstance(made, Panel):
        done.panels.append(made)
    elif isinstance(made, Study):
        done.studies.append(made)
    elif isinstance(made, Screening):
        done.screenings.append(made)
    elif isinstance(made, Operation):
        done.operations.append(made)
    else:
        done.referrals.append(made)
