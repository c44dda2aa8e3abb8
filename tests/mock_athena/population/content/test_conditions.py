"""The problem list and the diagnoses of visits keep the rules of their statuses."""

from datetime import date

from mock_athena.population.chart import Chart
from mock_athena.population.codes import US_CORE
from mock_athena.population.content import conditions
from mock_athena.population.story import Problem
from tests.mock_athena.population.content.writing import code, of, write
from tests.mock_athena.population.stories import adult


def test_only_listed_problems_are_on_the_list() -> None:
    listed = [made for made in of("Condition", write(adult())) if ".Problem-" in made["id"]]
    assert [code(made["code"]) for made in listed] == ["E11.9", "I10", "M54.50"]


def test_two_problems_that_share_a_code_are_told_apart_by_name() -> None:
    day = date(2020, 1, 1)
    diabetes = Problem(1, "type-2-diabetes", "E11.22", "44054006", day, day)
    kidneys = Problem(2, "diabetic-kidney-disease", "E11.22", "127013003", day, day)
    chart = Chart(adult()._replace(problems=(diabetes, kidneys), visits=()))
    conditions.problem_list(chart)
    assert [made["code"]["text"] for made in chart.resources] == [
        "Type 2 diabetes mellitus with diabetic chronic kidney disease",
        "Disorder of kidney due to diabetes mellitus",
    ]
    assert [code(made["code"]) for made in chart.resources] == ["E11.22", "E11.22"]


def test_what_is_over_has_abated_and_is_resolved_or_in_remission() -> None:
    for made in of("Condition", write(adult())):
        over = code(made["clinicalStatus"]) in ("resolved", "remission")
        assert over == ("abatementDateTime" in made), made["id"]


def test_a_depression_that_is_over_is_in_remission() -> None:
    depression = Problem(1, "depression", "F32.A", "", date(2020, 1, 1), date(2020, 2, 1), date(2021, 1, 1))
    chart = Chart(adult()._replace(problems=(depression,), visits=()))
    conditions.problem_list(chart)
    assert code(chart.resources[0]["clinicalStatus"]) == "remission"


def test_a_social_need_is_a_health_concern() -> None:
    need = Problem(1, "food-insecurity", "E66.9", "", date(2024, 1, 1), date(2024, 1, 1), concern=True)
    chart = Chart(adult()._replace(problems=(need,), visits=()))
    conditions.problem_list(chart)
    systems = {each["coding"][0]["system"]: code(each) for each in chart.resources[0]["category"]}
    assert systems == {US_CORE + "condition-category": "health-concern", US_CORE + "us-core-category": "sdoh"}


def test_a_diagnosis_names_its_encounter_and_begins_no_later() -> None:
    made = write(adult())
    encounters = {f"Encounter/{each['id']}": each for each in of("Encounter", made)}
    diagnoses = [each for each in of("Condition", made) if "encounter" in each]
    assert len(diagnoses) == 5
    for each in diagnoses:
        visit = encounters[each["encounter"]["reference"]]
        assert each["onsetDateTime"] <= visit["period"]["start"][:10]
        assert visit["period"]["start"] <= each["recordedDate"] <= visit["period"]["end"]


def test_an_unlisted_problem_is_known_by_its_diagnosis() -> None:
    chart = Chart(adult())
    conditions.problem_list(chart)
    assert 3 not in chart.problems
    conditions.diagnoses(chart, adult().visits[2], {"reference": "Encounter/any"})
    assert ".EncounterDx-" in chart.problems[3]["reference"]
