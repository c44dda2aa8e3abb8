from datetime import date

from mock_athena.population.conditions import CONDITIONS
from mock_athena.population.life.prospect import Course
from mock_athena.population.story import Story

Stories = tuple[Story, ...]

DIABETES = next(one for one in CONDITIONS if one.key == "type-2-diabetes")
VARIANTS = {(one.key, icd10): other for one in CONDITIONS for other, icd10, _ in one.variants}


def test_a_complication_names_a_diagnosis_only_once_it_is_there(stories: Stories, aged: Stories) -> None:
    checked = 0
    for story in (*stories, *aged):
        recorded = {one.key: one.recorded for one in story.problems}
        keys = {one.number: one.key for one in story.problems}
        for visit in story.visits:
            for one in visit.diagnoses:
                other = VARIANTS.get((keys.get(one.problem, ""), one.icd10))
                if other:
                    checked += 1
                    assert recorded[other] <= visit.start.date(), (story.person.n, one.icd10)
    assert checked > 10


def test_a_condition_changes_its_name_on_the_day_on_which_the_complication_is_found() -> None:
    begun, found = date(2015, 3, 1), date(2024, 5, 6)
    course = Course(DIABETES, begun, begun, None, 0.7, "", 0.0)
    course.names.append((found, "E11.22", "44054006"))
    assert course.named(date(2014, 1, 1))[0] == course.named(date(2024, 5, 5))[0] == "E11.9"
    assert course.named(found)[0] == "E11.22"
