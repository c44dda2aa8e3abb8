"""A questionnaire: its answers, and the Observations that follow from them."""

from datetime import datetime
from typing import Any

from mock_athena.population.story import Answer, Screening, Visit

SEVERAL, NOT_AT_ALL = "LA6569-3", "LA6568-5"


def phq2(start: datetime) -> Screening:
    return Screening("phq-2", start, (Answer("44250-9", SEVERAL, 1), Answer("44255-8", NOT_AT_ALL, 0)), 1)


def hunger(start: datetime) -> Screening:
    often, risk = "LA28397-0", "LA19952-3"
    answers = (Answer("88122-7", often), Answer("88123-5", often), Answer("88124-3", risk))
    return Screening("hunger-vital-sign", start, answers, None)


def test_the_response_holds_the_answers_and_the_total(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    (response,) = only(write(visit._replace(screenings=(phq2(start),))), "QuestionnaireResponse")
    first, second, total, filled_in = response["item"]
    assert response["questionnaire"] == "http://loinc.org/q/55757-9"
    assert [item["answer"][0]["valueCoding"]["code"] for item in (first, second)] == [SEVERAL, NOT_AT_ALL]
    assert total["answer"] == [{"valueDecimal": 1}]
    assert "valueString" in filled_in["answer"][0]


def test_the_panel_holds_items_and_total_together(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    made = write(visit._replace(screenings=(phq2(start),)))
    *members, panel = only(made, "Observation")
    (response,) = only(made, "QuestionnaireResponse")
    assert panel["hasMember"] == [{"reference": f"Observation/{each['id']}"} for each in members]
    derived = {"reference": f"QuestionnaireResponse/{response['id']}"}
    assert all(derived in each["derivedFrom"] for each in (*members, panel))


def test_what_follows_from_an_answer_stands_under_it(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    (response,) = only(write(visit._replace(screenings=(hunger(start),))), "QuestionnaireResponse")
    (nested,) = response["item"][1]["answer"][0]["item"]
    assert nested["linkId"] == "/88124-3"


def test_a_risk_of_hunger_is_put_on_record(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    made = only(write(visit._replace(screenings=(hunger(start),))), "Observation")
    (finding,) = [each for each in made if "valueBoolean" in each]
    assert finding["valueBoolean"] is True
    assert finding["derivedFrom"]
