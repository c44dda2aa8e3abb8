"""Children are on the plan of a parent who is on file; the old have Medicare."""

from datetime import date

from mock_athena.population import AS_OF, ids
from mock_athena.population.person import Person
from mock_athena.population.story import Story
from tests.mock_athena.population.content.writing import code, of, write
from tests.mock_athena.population.stories import infant, stay


def story(n: int, born: date) -> Story:
    return Story(Person(1, 500001, n, AS_OF, "female", born), (), (), (), (), (), (), ())


def test_a_child_has_a_relative_with_the_same_address() -> None:
    made = write(infant())
    relatives = of("RelatedPerson", made)
    assert relatives
    assert {code(each["relationship"][0]) for each in relatives} <= {"MTH", "FTH", "GUARD"}
    assert relatives[0]["address"][0]["line"] == made[0]["address"][0]["line"]


def test_a_parent_is_older_than_the_child() -> None:
    for n in range(2, 80):
        made = write(story(n, date(2015, 3, 3)))
        assert all(each["birthDate"] < "2002" for each in of("RelatedPerson", made))


def test_the_subscriber_of_a_childs_employer_plan_is_the_parent() -> None:
    relations = set()
    for n in range(2, 60):
        made = write(story(n, date(2015, 3, 3)))
        (plan,) = of("Coverage", made)
        relation = code(plan["relationship"])
        relations.add(relation)
        if relation == "child":
            assert plan["subscriber"]["reference"] == f"RelatedPerson/{of('RelatedPerson', made)[0]['id']}"
            assert plan["payor"][0]["reference"] == f"Organization/{ids.COMMERCIAL_PLAN_ID}"
        else:
            assert plan["subscriber"] == plan["beneficiary"]
    assert relations == {"child", "self"}


def test_from_65_it_is_medicare_and_what_was_before_has_ended() -> None:
    before, now = of("Coverage", write(stay()))
    assert (before["status"], now["status"]) == ("cancelled", "active")
    assert before["period"]["end"] == now["period"]["start"] == "2009-06-01"
    assert now["payor"][0]["reference"] == f"Organization/{ids.MEDICARE_ID}"
