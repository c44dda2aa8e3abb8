"""Visits, emergencies and stays differ in what US Core's Encounter says of them."""

from typing import Any

from tests.mock_athena.population.content.writing import code, of, write
from tests.mock_athena.population.stories import adult, stay


def encounters(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return of("Encounter", made)


def test_a_visit_ranks_its_diagnoses_and_names_the_problem_that_it_was_for() -> None:
    made = write(adult())
    follow_up = encounters(made)[1]
    assert [each["rank"] for each in follow_up["diagnosis"]] == [1, 2]
    problem = next(each for each in made if code(each.get("code", {"coding": [{"code": ""}]})) == "E11.9")
    assert follow_up["reasonReference"] == [{"reference": f"Condition/{problem['id']}"}]


def test_a_visit_lasts_as_long_as_its_period() -> None:
    assert [made["length"]["value"] for made in encounters(write(adult()))] == [40, 20, 15]


def test_an_emergency_is_of_its_own_class_and_place() -> None:
    emergency = encounters(write(stay()))[0]
    assert emergency["class"]["code"] == "EMER"
    assert emergency["location"][0]["location"]["reference"].endswith("Department-4")
    assert "appointment" not in emergency


def test_a_stay_from_the_emergency_department_began_there() -> None:
    admitted = encounters(write(stay()))[1]
    assert admitted["class"]["code"] == "IMP"
    assert [part["class"]["code"] for part in admitted["classHistory"]] == ["EMER", "IMP"]
    first, second = admitted["location"]
    assert first["period"]["end"] == second["period"]["start"]
    assert second["period"]["end"] == admitted["period"]["end"]
    assert [part["status"] for part in admitted["statusHistory"]] == ["arrived", "in-progress"]


def test_a_stay_says_how_it_began_and_ended() -> None:
    hospitalization = encounters(write(stay()))[1]["hospitalization"]
    assert code(hospitalization["admitSource"]) == "emd"
    assert code(hospitalization["dischargeDisposition"]) == "exp"
    assert hospitalization["dietPreference"]


def test_the_admission_diagnosis_is_told_from_that_at_discharge() -> None:
    admitted = encounters(write(stay()))[1]
    assert [(each["rank"], code(each["use"])) for each in admitted["diagnosis"]] == [(1, "DD"), (2, "AD")]


def test_a_stay_that_has_not_ended_is_in_progress() -> None:
    story = stay()
    emergency, admitted = story.visits
    going_on = admitted._replace(end=admitted.end.replace(month=11, day=20))
    made = encounters(write(story._replace(visits=(emergency, going_on), died=None)))[1]
    assert made["status"] == "in-progress"
    assert "end" not in made["period"]
    assert "length" not in made
    assert "dischargeDisposition" not in made["hospitalization"]
    assert made["location"][-1]["status"] == "active"
