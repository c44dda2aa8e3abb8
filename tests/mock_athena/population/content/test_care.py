"""Care teams, goals and plans hang together."""

from tests.mock_athena.population.content.writing import code, of, write
from tests.mock_athena.population.stories import adult, infant, stay


def test_a_plan_names_its_problem_goals_team_and_visit() -> None:
    made = write(adult())
    known = {f"{each['resourceType']}/{each['id']}" for each in made}
    (plan,) = of("CarePlan", made)
    named = [*plan["addresses"], *plan["goal"], *plan["careTeam"], plan["encounter"]]
    assert len(named) == 5
    assert {each["reference"] for each in named} <= known


def test_a_goal_that_is_measured_has_a_number_to_reach_by_a_day() -> None:
    measured, other = of("Goal", write(adult()))
    (target,) = measured["target"]
    assert code(target["measure"]) == "4548-4"
    assert (target["detailQuantity"]["comparator"], target["detailQuantity"]["value"]) == ("<", 7.0)
    assert target["dueDate"] == "2026-03-11"
    assert other["target"] == [{"dueDate": "2026-03-11"}]
    assert other["lifecycleStatus"] == "completed"
    assert code(other["achievementStatus"]) == "achieved"


def test_an_activity_says_how_often_and_how_it_went() -> None:
    (plan,) = of("CarePlan", write(adult()))
    first, second = plan["activity"]
    assert first["detail"]["scheduledTiming"]["repeat"] == {"frequency": 2, "period": 1, "periodUnit": "d"}
    assert first["outcomeCodeableConcept"]
    assert second["detail"]["kind"] == "ServiceRequest"


def test_the_parents_of_a_child_are_on_the_team() -> None:
    made = write(infant())
    (team,) = of("CareTeam", made)
    members = {each["member"]["reference"] for each in team["participant"]}
    assert {f"RelatedPerson/{each['id']}" for each in of("RelatedPerson", made)} <= members


def test_the_team_of_the_deceased_is_inactive() -> None:
    (team,) = of("CareTeam", write(stay()))
    assert team["status"] == "inactive"
    assert team["period"]["end"] == "2026-01-17"
