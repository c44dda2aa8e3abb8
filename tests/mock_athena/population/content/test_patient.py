"""The Patient says what US Core asks of it, and nothing that the person would not say."""

from datetime import date
from typing import Any

from mock_athena.population import AS_OF
from mock_athena.population.chart import US_CORE, Chart
from mock_athena.population.content import demographics, household
from mock_athena.population.person import Person
from mock_athena.population.story import Story
from tests.mock_athena.population.stories import adult, stay


def patient(n: int, born: date = date(1980, 5, 5), gender: str = "female") -> dict[str, Any]:
    person = Person(1, 500001, n, AS_OF, gender, born)
    chart = Chart(Story(person, (), (), (), (), (), (), ()))
    demographics.record(chart)
    return chart.resources[0]


def extension(made: dict[str, Any], name: str) -> dict[str, Any] | None:
    return next((each for each in made["extension"] if each["url"] == US_CORE + name), None)


def test_a_deceased_person_has_the_instant_and_is_no_longer_active() -> None:
    chart = Chart(stay())
    demographics.record(chart)
    assert chart.resources[0]["deceasedDateTime"] == "2026-01-17T22:00:00Z"
    assert chart.resources[0]["active"] is False


def test_a_living_one_has_none() -> None:
    chart = Chart(adult())
    demographics.record(chart)
    assert "deceasedDateTime" not in chart.resources[0]
    assert chart.resources[0]["active"] is True


def test_who_declined_has_words_only_for_race_and_ethnicity() -> None:
    made = patient(13)
    for name in ("us-core-race", "us-core-ethnicity"):
        found = extension(made, name)
        assert found
        assert [part["url"] for part in found["extension"]] == ["text"]


def test_a_native_american_has_a_tribe() -> None:
    assert extension(patient(7), "us-core-tribal-affiliation")
    assert not extension(patient(8), "us-core-tribal-affiliation")


def test_an_old_name_and_an_old_address_have_ended_before_the_present_ones_began() -> None:
    ended = 0
    for made in (patient(n) for n in range(1, 60)):
        for parts in (made["name"], made["address"]):
            old = [part["period"]["end"] for part in parts if part["use"] == "old"]
            if old:
                ended += 1
                assert old[0] < parts[0]["period"]["start"] < AS_OF.isoformat()
    assert ended > 10


def test_a_child_is_reached_by_the_phone_of_a_parent() -> None:
    made = patient(21, date(2019, 2, 2))
    assert made["telecom"][0]["value"] == made["contact"][0]["telecom"][0]["value"]
    assert "maritalStatus" not in made


def test_a_person_always_has_the_same_household() -> None:
    person = Person(1, 500001, 5, AS_OF, "male", date(1950, 1, 1))
    assert household.draw(person) == household.draw(person)
