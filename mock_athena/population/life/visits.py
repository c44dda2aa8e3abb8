"""The visits in order of time: what is found, decided, done and prescribed at each follows from all before."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random

from mock_athena.population import moments, staff
from mock_athena.population.cast import role
from mock_athena.population.conditions.module import Occasion, Order, Passing, Programme
from mock_athena.population.conditions.pregnancy import KEY as EXPECTING
from mock_athena.population.conditions.pregnancy import changes as expected_changes
from mock_athena.population.life import orders, vitals
from mock_athena.population.life.agenda import ROUTINE, Planned
from mock_athena.population.life.episodes import URGENT, Episode
from mock_athena.population.life.facts import Teller
from mock_athena.population.life.medicines import Medicines
from mock_athena.population.life.orders import Desk, Done
from mock_athena.population.life.plans import Plans
from mock_athena.population.life.prospect import Course, Life
from mock_athena.population.life.words import Levels, said
from mock_athena.population.story import (
    ACUTE,
    EMERGENCY,
    FOLLOW_UP,
    PRENATAL,
    STAY,
    VIRTUAL,
    WELLNESS,
    Diagnosis,
    Fact,
    Stay,
    Visit,
)

_MINUTES = {WELLNESS: 40, FOLLOW_UP: 20, ACUTE: 20, PRENATAL: 20, VIRTUAL: 15, EMERGENCY: 190}
_OPENS, _SLOTS = 13 * 60, 31
_DEATH = "Worse in spite of all treatment; the family was called in, and the patient died in hospital."
_OVER_THE_COUNTER = ("acetaminophen-500", "ibuprofen-200", "loratadine-10", "cetirizine-10")


class Clinic:
    """One person's visits, told one after the other.

    Attributes:
        died: the instant of a death in hospital, and its cause; None where there was none.
        visits: those told so far, without prescriptions and vaccinations, which are known at the end.
    """

    def __init__(
        self,
        life: Life,
        medicines: Medicines,
        programmes: tuple[Programme, ...],
        episodes: Mapping[tuple[str, date], Episode],
        passing: Sequence[tuple[str, Passing]],
        numbers: Mapping[int, int],
    ) -> None:
        self.life = life
        self.medicines = medicines
        self.desk = Desk(life, life.person.stream("due"))
        self.plans = Plans(life)
        self.visits: list[Visit] = []
        self.died: tuple[datetime, str] | None = None
        self._teller = Teller(life)
        # A role says who dies, and of what.
        self._spared = role(life.person.n) is not None
        self._random = life.person.stream("visits")
        self._programmes = programmes
        self._screening: list[tuple[str, Order]] = []
        self._episodes = episodes
        self._passing = passing
        self._numbers = numbers

    def open(self, since: date) -> None:
        """Where the record begins: screening was done before, treatment has been stepped up before."""
        young, old = self.life.person.age_on(since), self.life.person.age_on(self.life.person.as_of)
        for programme in self._programmes:
            fitting = [one for one in programme.orders if _fits(one, self.life.person.gender, young, old)]
            self._screening += [(programme.key, one) for one in fitting]
            self.desk.stagger(fitting, since)
        for course in self.life.courses.values():
            if course.number and course.condition.treatment:
                self.medicines.recall(course, since)

    def see(self, planned: Planned) -> bool:
        """Tell the next visit; False where the person died at it."""
        random = self._random
        self.life.person.restart(random, f"visit/{planned.day.toordinal()}")
        start = self._start(planned, random)
        order = len(self.visits) + 1
        shifts = self._shifts(planned)
        problems = {id(one): self._problem(one) for one in planned.occasions}
        followed = self._followed(planned)
        spoken = self._treat(planned, followed, order, start)
        done = self._orders(planned, followed, problems, order, start, shifts, random)
        self._remedies(planned, problems, order, start)
        ended = self._end(planned, start, done, random)
        stay, dead = self._stay(planned, random)
        if dead:
            self.died = ended, planned.occasions[0].reason
        summary, plan = self._words(planned, followed, spoken, dead)
        self.visits.append(
            Visit(
                order=order,
                kind=planned.kind,
                start=start,
                end=ended,
                provider=self._provider(planned, random),
                reasons=tuple(dict.fromkeys(one.reason for one in planned.occasions)),
                diagnoses=tuple(self._diagnoses(planned, followed, problems)),
                vitals=None
                if planned.kind == VIRTUAL
                else vitals.measure(self.life, planned.day, planned.kind, shifts, random, start + timedelta(minutes=2)),
                panels=tuple(done.panels),
                studies=tuple(done.studies),
                screenings=tuple(done.screenings),
                facts=tuple(self._facts(planned, start, random)),
                operations=tuple(done.operations),
                referrals=tuple(done.referrals),
                summary=summary,
                plan=plan,
                stay=stay,
            )
        )
        return not dead

    def _shifts(self, planned: Planned) -> dict[str, float]:
        """What the visit is about does to what is measured, and a pregnancy, whatever it is about."""
        found = _shifts(planned.occasions)
        for key, it in self._passing if "pregnancy" not in found else ():
            if key == EXPECTING and it.begun <= planned.day < (it.over or date.max):
                for variable, shift in expected_changes((planned.day - it.begun).days // 7):
                    found[variable] = found.get(variable, 0.0) + shift
        return found

    def _start(self, planned: Planned, random: Random) -> datetime:
        if planned.kind in URGENT:
            return moments.at(planned.day, 5 * random.randint(0, 20 * 12))
        return moments.at(planned.day, _OPENS + 15 * random.randrange(_SLOTS))

    def _end(self, planned: Planned, start: datetime, done: Done, random: Random) -> datetime:
        end = start + timedelta(minutes=_MINUTES.get(planned.kind, 20))
        if planned.kind == STAY:
            end = moments.at(planned.day + timedelta(days=planned.days), 15 * 60 + 10 * random.randint(0, 24))
            end = max(end, start + timedelta(hours=8))
        return max([end, *(one.ended + timedelta(minutes=2) for one in done.operations)])

    def _provider(self, planned: Planned, random: Random) -> int:
        if planned.kind == EMERGENCY:
            return staff.EMERGENCY_PHYSICIAN
        if planned.kind == STAY:
            surgical = any(order.kind == "operation" for one in planned.occasions for order in one.orders)
            return staff.SURGEON if surgical else staff.HOSPITALIST
        person = self.life.person
        child = person.age_on(planned.day) < 18
        n = person.n + (1 if planned.kind in (ACUTE, VIRTUAL) and random.random() < 0.3 else 0)
        return staff.primary_care_number(n, child=child)

    def _problem(self, one: Occasion) -> int:
        """The number of the problem that an occasion is about."""
        episode = self._episodes.get((one.key, one.day))
        if episode is not None:
            return self._numbers.get(id(episode), 0)
        course = self.life.courses.get(one.key)
        if course is not None:
            return course.number
        lasting = (it for key, it in self._passing if key == one.key and it.begun <= one.day <= (it.over or one.day))
        return next((self._numbers[id(it)] for it in lasting), 0)

    def _followed(self, planned: Planned) -> list[Course]:
        """The long-term conditions that are looked after at the visit, what it is about first."""
        if planned.kind not in ROUTINE:
            return []
        about = {one.key for one in planned.occasions}
        today = planned.day.toordinal()
        found = []
        for course in self.life.courses.values():
            if not course.number or not course.active(planned.day):
                continue
            due = today - course.followed >= course.condition.follow_up * 30.44 * 0.7
            if course.key in about or (course.condition.follow_up and due) or not course.followed:
                found.append(course)
                course.followed = today
        found.sort(key=lambda course: (course.key not in about, course.condition.follow_up or 99))
        return found

    def _treat(self, planned: Planned, followed: list[Course], order: int, start: datetime) -> list[str]:
        moment = start + timedelta(minutes=12)
        spoken = self.medicines.withdraw(planned.day)
        if planned.kind not in ROUTINE:
            return spoken
        if order == 1:
            self._report(order, moment)
        for course in followed:
            spoken += self.medicines.follow(course, order, moment)
            self.plans.agree(course, order, planned.day)
        active = frozenset(one.number for one in self.life.courses.values() if one.active(planned.day))
        self.medicines.renew(order, moment, active)
        return spoken

    def _report(self, order: int, moment: datetime) -> None:
        """What the person takes of their own accord."""
        random = self.life.person.stream("over-the-counter")
        if self.life.person.age_on(moment.date()) >= 18 and random.random() < 0.3:
            since = moment.date() - timedelta(days=random.randint(30, 900))
            self.medicines.report(random.choice(_OVER_THE_COUNTER), order, moment, since)

    def _orders(
        self,
        planned: Planned,
        followed: list[Course],
        problems: dict[int, int],
        order: int,
        start: datetime,
        shifts: Mapping[str, float],
        random: Random,
    ) -> Done:
        done = Done()
        # What covers others comes first, so that nothing is measured twice.
        everything = sorted(self._wanted(planned, followed, problems), key=lambda one: one[0].what not in orders.COVERS)
        for wanted, problem, about in everything:
            remote = planned.kind == VIRTUAL and wanted.kind not in ("screening", "referral")
            if not remote and self.desk.due(wanted, planned.day, about=about):
                orders.add(done, self.desk.perform(wanted, problem, order, start, shifts, random))
        return done

    def _wanted(
        self, planned: Planned, followed: list[Course], problems: dict[int, int]
    ) -> Iterator[tuple[Order, int, bool]]:
        for one in planned.occasions:
            for wanted in one.orders:
                yield wanted, problems[id(one)], True
        about = {one.key for one in planned.occasions}
        for course in followed:
            for wanted in course.condition.orders:
                yield wanted, course.number, course.key in about
        if planned.kind in ROUTINE:
            for key, wanted in self._screening:
                yield wanted, 0, key in about

    def _remedies(self, planned: Planned, problems: dict[int, int], order: int, start: datetime) -> None:
        moment = start + timedelta(minutes=13)
        for one in planned.occasions:
            setting = "inpatient" if planned.kind == STAY else "community"
            for group in one.remedies:
                self.medicines.remedy(group, order, moment, problems[id(one)], setting)
            if one.admission:
                self._hospital(one, planned, problems[id(one)], order, moment)

    def _hospital(self, one: Occasion, planned: Planned, problem: int, order: int, moment: datetime) -> None:
        if one.admission is None:
            return
        for remedy in one.admission.remedies:
            self.medicines.remedy((remedy,), order, moment + timedelta(hours=1), problem, "inpatient")
        leaves = moments.at(planned.day + timedelta(days=planned.days), 14 * 60 + 30)
        for remedy in one.admission.discharge:
            self.medicines.remedy((remedy,), order, leaves, problem, "discharge")

    def _stay(self, planned: Planned, random: Random) -> tuple[Stay | None, bool]:
        admission = planned.occasions[0].admission
        if planned.kind != STAY:
            return None, False
        if admission is None:
            return Stay("outp", "home", planned=True), False
        dead = random.random() < admission.deadly and not self._spared
        names, weights = zip(*admission.dispositions, strict=True)
        where = "exp" if dead else random.choices(names, weights)[0]
        source = "outp" if admission.planned else random.choices(("emd", "gp"), (8, 2))[0]
        return Stay(source, where, admission.planned), dead

    def _diagnoses(self, planned: Planned, followed: list[Course], problems: dict[int, int]) -> Iterator[Diagnosis]:
        seen: set[str] = set()
        rank = 0
        stays = planned.kind == STAY
        for one in planned.occasions:
            if one.reason not in seen:
                rank += 1
                seen.add(one.reason)
                yield Diagnosis(one.reason, one.snomed, problems[id(one)], rank, stays and rank == 1)
        also = (
            [one for one in self.life.courses.values() if one.number and one.active(planned.day)] if stays else followed
        )
        categories = {code.partition(".")[0] for code in seen}
        for course in also[:5]:
            icd10, snomed = course.named(planned.day)
            # An exacerbation is not "uncomplicated" as well.
            acute = stays and icd10.partition(".")[0] in categories and course.key == planned.occasions[0].key
            if icd10 not in seen and not acute and not course.condition.concern:
                rank += 1
                seen.add(icd10)
                yield Diagnosis(icd10, snomed, course.number, rank)

    def _facts(self, planned: Planned, start: datetime, random: Random) -> Iterator[Fact]:
        brought = {kind: value for one in planned.occasions for kind, value in one.facts}
        known = set(brought)
        if any(it.begun <= planned.day <= (it.over or planned.day) for _, it in self._passing):
            known.add("pregnancy-status")
        at = start + timedelta(minutes=4)
        for kind, value in brought.items():
            yield Fact(kind, at, value)
        if planned.kind in (*ROUTINE, PRENATAL):
            yield from (
                fact for fact in self._teller.told(planned.kind, start, known, random) if fact.kind not in brought
            )

    def _words(
        self, planned: Planned, followed: list[Course], spoken: list[str], dead: bool
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        levels = Levels(self.life, planned.day)
        summary, plan = [], []
        for one in planned.occasions:
            summary += [said(text, levels) for text in one.signs]
            plan += [said(text, levels) for text in one.advice]
            if one.admission:
                summary += [said(text, levels) for text in ((_DEATH,) if dead else one.admission.summary)]
        for course in followed:
            summary += [said(text, levels) for text in course.condition.signs]
            plan += [said(text, levels) for text in course.condition.advice[:1]]
        return tuple(dict.fromkeys(summary)), tuple(dict.fromkeys([*spoken, *plan]))


def _fits(order: Order, gender: str, young: float, old: float) -> bool:
    return (not order.sex or order.sex == gender) and order.from_age <= old and young < order.to_age


def _shifts(occasions: tuple[Occasion, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in occasions:
        for variable, shift in one.shifts:
            found[variable] = found.get(variable, 0.0) + shift
    return found
