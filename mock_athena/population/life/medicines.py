"""What a person takes: treatment begun and stepped up at follow-ups, renewed every year, dispensed, and stopped."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random

from mock_athena.population.codes import RXNORM, display
from mock_athena.population.conditions.module import Remedy, Step
from mock_athena.population.formulary import FORMULARY, Drug
from mock_athena.population.life.prospect import Course, Effect, Life
from mock_athena.population.story import Allergy, Prescription

_RENEWED_AFTER = 320
_SETTLED = timedelta(days=700)
"""A treatment that has not been stepped up for so long is left as it is."""
_SUPPLY = 90
_DISPENSED = timedelta(days=365)
"""What was dispensed is known for the last year alone."""
_REMEMBERED = timedelta(days=7 * 365)
"""Nobody takes longer what they take now: medicines are changed, and some are new."""
_CLASSES = (
    ("lisinopril-10", "lisinopril-20", "losartan-50"),
    ("metoprolol-succinate-50", "carvedilol-625", "propranolol-40"),
    ("atorvastatin-20", "atorvastatin-40", "atorvastatin-80", "rosuvastatin-20"),
    ("sertraline-50", "sertraline-100", "escitalopram-10", "fluoxetine-20"),
    ("furosemide-20", "furosemide-40"),
    ("apixaban-5", "warfarin-5"),
    ("omeprazole-20", "famotidine-20"),
    ("ibuprofen-200", "ibuprofen-400", "naproxen-500", "meloxicam-15"),
    ("cetirizine-10", "loratadine-10"),
    ("metformin-500", "metformin-1000"),
)
_ALIKE = {drug: alike for alike in _CLASSES for drug in alike}
"""Of these nobody takes two at a time."""
_SHORT = 45
"""A supply of no more days, without refills, is a course that ends."""


class Draft:
    """A prescription while the story goes on: see :class:`story.Prescription`; ``lasting`` is what will be renewed."""

    __slots__ = (
        "because",
        "drug",
        "effect",
        "ends",
        "lasting",
        "number",
        "problem",
        "reported",
        "setting",
        "started",
        "status",
        "visit",
        "written",
    )

    def __init__(self, drug: Drug, number: int, visit: int, written: datetime, started: date, problem: int) -> None:
        self.drug = drug
        self.number = number
        self.visit = visit
        self.written = written
        self.started = started
        self.problem = problem
        self.ends: date | None = None
        self.status = "active"
        self.setting = "community"
        self.because = ""
        self.reported = False
        self.lasting = False
        self.effect: Effect | None = None


class Before:
    """A medicine that was begun before the practice knew the person."""

    __slots__ = ("effect", "problem", "since")

    def __init__(self, since: date, problem: int, effect: Effect | None) -> None:
        self.since = since
        self.problem = problem
        self.effect = effect


class Medicines:
    """Everything prescribed to one person.

    Attributes:
        drafts: all orders, in order of writing.
        taken: key of the drug → its latest order, for what is taken for long.
    """

    def __init__(
        self, life: Life, allergies: Iterable[Allergy], expecting: tuple[tuple[date, date], ...], random: Random
    ) -> None:
        self.life = life
        self.random = random
        self._expecting = expecting
        self._dispensed = life.person.as_of - _DISPENSED
        self.drafts: list[Draft] = []
        self.taken: dict[str, Draft] = {}
        self._before: dict[str, Before] = {}
        self._allergic = frozenset(one.substance for one in allergies if one.category == "medication")
        self._given: dict[tuple[str, int], bool] = {}
        self._tried: set[tuple[str, str]] = set()

    def recall(self, course: Course, since: date) -> None:
        """What the treatment of a condition had come to when the practice first saw the person."""
        day, half = max(course.found, since - _REMEMBERED), timedelta(days=182)
        for _ in range(8):
            if day >= since:
                return
            due = self._steps(course, day)
            for step in due:
                self._begin_before(course, step, day)
            if not due and day > course.found + _SETTLED and course.treated:
                return
            day += half

    def _begin_before(self, course: Course, step: Step, day: date) -> None:
        for key in _superseded(step):
            replaced = self._before.pop(key, None)
            if replaced and replaced.effect:
                replaced.effect.end = day.toordinal()
        effect = self.life.take(*step.effect, day) if step.effect else None
        self._before[step.drug] = Before(day, course.number, effect)
        course.treated = course.treated or day.toordinal()

    def follow(self, course: Course, visit: int, moment: datetime) -> list[str]:
        """Begin, step up or stop the treatment of a condition; answers what was done, in words."""
        day, said = moment.date(), []
        for key, before in list(self._before.items()):
            if before.problem == course.number:
                self._resume(key, visit, moment)
        for step in self._steps(course, day):
            said += self._take(course, step, visit, moment)
        return said

    def _resume(self, key: str, visit: int, moment: datetime) -> None:
        before = self._before.pop(key)
        draft = self._write(FORMULARY[key], visit, moment, before.since, before.problem)
        draft.effect = before.effect
        draft.lasting = True
        self.taken[key] = draft

    def _take(self, course: Course, step: Step, visit: int, moment: datetime) -> list[str]:
        day = moment.date()
        olds = [self.taken[key] for key in _superseded(step) if key in self.taken]
        for old in olds:
            self.stop(old, day, "Changed to another dose or medicine")
        draft = self._write(FORMULARY[step.drug], visit, moment, day, course.number)
        if step.effect:
            draft.effect = self.life.take(*step.effect, day)
        draft.lasting = True
        self.taken[step.drug] = draft
        course.treated = course.treated or day.toordinal()
        return [f"{'Change to' if olds else 'Start'} {display(RXNORM, draft.drug.code)}."]

    def _steps(self, course: Course, day: date) -> list[Step]:
        """The steps that are due on a day: at first all that begin a treatment, then one at a time."""
        due: list[Step] = []
        for index, step in enumerate(course.condition.treatment):
            escalates = step.above is not None or step.below is not None
            if escalates and due:
                break
            if self._fits(course, step, day, due) and self._has_share(course, index, step):
                self._tried.add((course.key, step.drug))
                due.append(step)
                if escalates:
                    break
        return due

    def _fits(self, course: Course, step: Step, day: date, due: list[Step]) -> bool:
        if (course.key, step.drug) in self._tried:
            return False
        if self._has(step.drug):
            # What is taken for another condition does for this one.
            course.treated = course.treated or day.toordinal()
            return False
        if step.raises and not self._has(step.raises):
            return False
        if not self._chosen(course, step, due) or not self._reached(step, day) or not self._allowed(step, day):
            return False
        return not self._served(course, step, due, day)

    def _served(self, course: Course, step: Step, due: list[Step], day: date) -> bool:
        """Whether a medicine of the same class is taken already, maybe for another condition, and does for this one."""
        for drug in _ALIKE.get(step.drug, ()):
            if (
                drug != step.drug
                and drug not in _superseded(step)
                and (self._has(drug) or any(one.drug == drug for one in due))
            ):
                course.treated = course.treated or day.toordinal()
                return True
        return False

    def _has(self, drug: str) -> bool:
        return drug in self.taken or drug in self._before

    def _chosen(self, course: Course, step: Step, due: list[Step]) -> bool:
        """Whether no other medicine of the same choice is taken already."""
        if not step.choice or step.replaces or step.raises:
            return True
        rivals = {one.drug for one in course.condition.treatment if one.choice == step.choice}
        return not any(self._has(drug) for drug in rivals) and not any(one.drug in rivals for one in due)

    def _reached(self, step: Step, day: date) -> bool:
        if step.above and self.life.level(step.above[0], day) <= step.above[1]:
            return False
        return not (step.below and self.life.level(step.below[0], day) >= step.below[1])

    def _allowed(self, step: Step, day: date) -> bool:
        if not step.from_age <= self.life.person.age_on(day) < step.to_age:
            return False
        if step.only_with and not any(self.life.known(key, day) for key in step.only_with):
            return False
        return self.fits(step.drug, day) and not self._forbidden(step.never_with, day)

    def fits(self, drug: str, day: date) -> bool:
        """Whether neither an allergy, nor a condition, nor a pregnancy forbids a medicine to the person."""
        found = FORMULARY[drug]
        return self._allergic.isdisjoint(found.contains) and not self._harms(found, day)

    def _harms(self, drug: Drug, day: date) -> str:
        """What forbids a medicine on a day, in words; empty for nothing."""
        if drug.spares_unborn or not self._pregnant(day):
            return self._forbidden(drug.never_with, day)
        return "pregnancy"

    def _pregnant(self, day: date) -> bool:
        return any(since <= day < until for since, until in self._expecting)

    def _forbidden(self, conditions: tuple[str, ...], day: date) -> str:
        known = (key for key in conditions if self.life.known(key, day))
        return next((self.life.courses[key].condition.name for key in known), "")

    def withdraw(self, day: date) -> list[str]:
        """Stop what has come to be forbidden; answers what was done, in words."""
        said = []
        for key, draft in list(self.taken.items()):
            because = self._harms(draft.drug, day) or self._forbidden(self._never_with(draft), day)
            if because:
                self.stop(draft, day, f"Contraindicated: {because}")
                said.append(f"Stop {display(RXNORM, draft.drug.code)} ({because}).")
                if because == "pregnancy":
                    # Afterwards it may be begun again.
                    self._tried -= {tried for tried in self._tried if tried[1] == key}
        for key, before in list(self._before.items()):
            if self._harms(FORMULARY[key], day):
                self._forget(key, before, day)
        return said

    def _forget(self, key: str, before: Before, day: date) -> None:
        if before.effect:
            before.effect.end = day.toordinal()
        self._before.pop(key)

    def _never_with(self, draft: Draft) -> tuple[str, ...]:
        """What forbids a medicine to those who take it for the condition for which it was ordered."""
        course = next((one for one in self.life.courses.values() if one.number == draft.problem), None)
        steps = course.condition.treatment if course and draft.problem else ()
        return next((step.never_with for step in steps if step.drug == draft.drug.key), ())

    def _has_share(self, course: Course, index: int, step: Step) -> bool:
        key = course.key, index
        if key not in self._given:
            self._given[key] = self.random.random() < step.share
        return self._given[key]

    def remedy(self, group: tuple[Remedy, ...], visit: int, moment: datetime, problem: int, setting: str) -> None:
        """Give the first medicine of a group that fits."""
        day = moment.date()
        age = self.life.person.age_on(day)
        for one in group:
            fits = one.from_age <= age < one.to_age and self.fits(one.drug, day) and one.drug not in self.taken
            if fits and self.random.random() < one.share:
                self._short_course(FORMULARY[one.drug], visit, moment, problem, setting)
                return

    def _short_course(self, drug: Drug, visit: int, moment: datetime, problem: int, setting: str) -> None:
        draft = self._write(drug, visit, moment, moment.date(), problem)
        draft.setting = setting
        if setting == "discharge" and not _short(drug):
            draft.lasting = True
            self.taken[drug.key] = draft
            return
        longest = 4 if setting == "inpatient" else _SUPPLY
        draft.ends = moment.date() + timedelta(days=min(drug.days, longest))
        if setting == "community" and self.random.random() < 0.02:
            draft.status, draft.because, draft.ends = "cancelled", "Patient prefers no medicine", moment.date()

    def report(self, drug: str, visit: int, moment: datetime, since: date) -> None:
        """The person says that they take something that was not ordered here."""
        if drug in FORMULARY and self.fits(drug, moment.date()) and drug not in self.taken:
            draft = self._write(FORMULARY[drug], visit, moment, since, 0)
            draft.reported = True

    def renew(self, visit: int, moment: datetime, active: frozenset[int]) -> None:
        """Write new orders for what will run out, and stop what is no longer needed."""
        day = moment.date()
        for key, draft in list(self.taken.items()):
            if draft.problem and draft.problem not in active:
                self.stop(draft, day, "No longer needed")
            elif (day - draft.written.date()).days >= _RENEWED_AFTER:
                draft.status, draft.ends = "completed", day
                renewed = self._write(draft.drug, visit, moment, draft.started, draft.problem)
                renewed.effect, renewed.lasting = draft.effect, True
                self.taken[key] = renewed

    def stop(self, draft: Draft, day: date, because: str) -> None:
        """A medicine is taken no longer."""
        draft.status, draft.ends, draft.because = "stopped", day, because
        if draft.effect:
            draft.effect.end = day.toordinal()
        self.taken.pop(draft.drug.key, None)

    def _write(self, drug: Drug, visit: int, moment: datetime, started: date, problem: int) -> Draft:
        """A new prescription; what was taken of the person's own accord goes on as it."""
        for said in self.drafts:
            if said.reported and said.drug is drug and said.ends is None:
                said.status, said.ends = "completed", moment.date()
        draft = Draft(drug, len(self.drafts) + 1, visit, moment, started, problem)
        self.drafts.append(draft)
        return draft

    def finish(self, until: date, died: bool) -> dict[int, list[Prescription]]:
        """The prescriptions as they stand on the last day, by order of the visit."""
        found: dict[int, list[Prescription]] = {}
        for draft in self.drafts:
            if draft.status == "active" and (died or (draft.ends and draft.ends <= until)):
                draft.status = "completed"
                draft.ends = min(draft.ends or until, until)
            found.setdefault(draft.visit, []).append(self._prescription(draft, until))
        return found

    def _prescription(self, draft: Draft, until: date) -> Prescription:
        return Prescription(
            draft.drug.key,
            draft.number,
            draft.written,
            draft.started,
            draft.ends,
            draft.status,
            draft.setting,
            self._fills(draft, min(until, draft.ends or until)),
            draft.reported,
            draft.problem,
            draft.because,
        )

    def _fills(self, draft: Draft, until: date) -> tuple[date, ...]:
        """The days on which the pharmacy dispensed it: most people come a few days late."""
        if draft.reported or draft.status == "cancelled" or draft.setting == "inpatient" or until < self._dispensed:
            return ()
        drug, day = draft.drug, draft.written.date()
        if not draft.lasting:
            return (day,) if day >= self._dispensed else ()
        supply = 150 if drug.as_needed else max(drug.days, _SUPPLY)
        days: list[date] = []
        while day <= until:
            if day >= self._dispensed:
                days.append(day)
            day += timedelta(days=supply + int(9 * self.random.random() * (1.3 - self.life.body.adherence)))
        return tuple(days)


def _superseded(step: Step) -> tuple[str, ...]:
    return (*step.replaces, step.raises) if step.raises else step.replaces


def _short(drug: Drug) -> bool:
    return not drug.refills and drug.days <= _SHORT
