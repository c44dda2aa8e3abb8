"""What a clinician reads: no problem stands twice on a list, diabetes with a complication is not called one without."""

from collections import Counter
from typing import Any

from mock_athena.population.story import Story

Records = tuple[tuple[dict[str, Any], ...], ...]
COMPLICATIONS = {"diabetic-kidney-disease", "diabetic-neuropathy", "diabetic-retinopathy"}


def test_no_name_stands_twice_on_the_problem_list(records: Records) -> None:
    for record in records:
        problems = [made for made in record if made["resourceType"] == "Condition" and "encounter" not in made]
        names = Counter(made["code"]["text"] for made in problems if "abatementDateTime" not in made)
        assert all(count == 1 for count in names.values()), (record[0]["id"], names)


def test_diabetes_with_a_complication_is_not_called_one_without(
    stories: tuple[Story, ...], aged: tuple[Story, ...]
) -> None:
    complicated = 0
    for story in (*stories, *aged):
        named = {problem.key: problem.icd10 for problem in story.problems}
        if named.keys() & COMPLICATIONS:
            complicated += 1
            assert named["type-2-diabetes"] != "E11.9", story.person.n
    assert complicated > 5


def test_every_heart_rate_is_a_vital_sign(records: Records) -> None:
    """Also that of an ECG: https://hl7.org/fhir/R4/observation-vitalsigns.html asks it of the code."""
    for made in (one for record in records for one in record if one["resourceType"] == "Observation"):
        if any(coding["code"] == "8867-4" for coding in made["code"].get("coding", ())):
            assert made["category"][0]["coding"][0]["code"] == "vital-signs", made["id"]


def test_nobody_takes_the_same_medicine_by_two_active_prescriptions(stories: tuple[Story, ...]) -> None:
    for story in stories:
        given = (one for visit in story.visits for one in visit.prescriptions)
        active = Counter(one.drug for one in given if one.status == "active")
        assert all(count == 1 for count in active.values()), (story.person.n, active)
