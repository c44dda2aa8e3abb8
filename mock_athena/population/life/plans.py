"""Care plans: agreed at a visit, renewed every year, with goals that are met or not as the body says."""

from datetime import date, timedelta

from mock_athena.population.conditions.module import Outline, Target
from mock_athena.population.life.prospect import Course, Life
from mock_athena.population.story import Activity, Aim, Plan

_YEAR = timedelta(days=365)


class Plans:
    """The plans of one person, as they are agreed."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self._agreed: dict[str, list[tuple[date, int]]] = {}

    def agree(self, course: Course, visit: int, day: date) -> bool:
        """Agree on a plan, or on a new one after a year; answers whether it was done."""
        agreed = self._agreed.setdefault(course.key, [])
        if course.condition.plan is None or (agreed and day < agreed[-1][0] + _YEAR - timedelta(days=25)):
            return False
        agreed.append((day, visit))
        return True

    def finish(self, until: date, died: bool) -> tuple[Plan, ...]:
        """All plans, the latest of each problem last."""
        found = []
        for key, agreed in self._agreed.items():
            course = self.life.courses[key]
            for index, (day, visit) in enumerate(agreed):
                following = agreed[index + 1][0] if index + 1 < len(agreed) else None
                found.append(self._plan(course, visit, day, following, until, died))
        return tuple(sorted(found, key=lambda plan: (plan.problem, plan.start)))

    def _plan(self, course: Course, visit: int, day: date, following: date | None, until: date, died: bool) -> Plan:
        outline = course.condition.plan or Outline("", "", (), ())
        over = following is not None or died or (course.over is not None and course.over <= until)
        end = following or min(day + _YEAR, max(day, until) if over else day + _YEAR)
        activities = tuple(
            Activity(
                task.description,
                task.times,
                task.period,
                task.unit,
                task.outcome,
                "completed" if over else "in-progress",
                task.kind,
            )
            for task in outline.tasks
        )
        aims = tuple(self._aim(course, target, day, min(end, until), over) for target in outline.targets)
        status = "completed" if over else "active"
        return Plan(outline.title, outline.description, course.number, visit, day, end, aims, activities, status)

    def _aim(self, course: Course, target: Target, day: date, on: date, over: bool) -> Aim:
        reached = self._reached(target, on)
        if over:
            achievement = "achieved" if reached else "not-achieved"
        else:
            achievement = "achieved" if reached and target.variable else "in-progress"
        status = "completed" if over else "active"
        return Aim(target.text, day, day + _YEAR, course.number, target.measure, status, achievement)

    def _reached(self, target: Target, on: date) -> bool:
        if not target.measure or not target.variable:
            return self.life.body.activity > 0.4
        level, (_, comparator, value, _) = self.life.level(target.variable, on), target.measure
        return level < value + (0 if comparator == "<" else 1e-9) if "<" in comparator else level >= value
