"""A panel: the order, the specimen, the results and the report know each other."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mock_athena.population.story import Panel, Result, Visit

SODIUM, POTASSIUM, PANEL, SERUM = "2951-2", "2823-3", "51990-0", "119364003"


def panel(start: datetime, *results: Result, status: str = "final", hours: int = 12) -> Panel:
    taken = start + timedelta(minutes=10)
    return Panel(PANEL, results, SERUM, start, taken, taken + timedelta(hours=hours), 1, status)


def one(made: list[dict[str, Any]], type: str) -> dict[str, Any]:
    (found,) = [each for each in made if each["resourceType"] == type]
    return found


def test_all_refer_to_each_other(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    made = write(visit._replace(panels=(panel(start, Result(SODIUM, 139), Result(POTASSIUM, 4.1)),)))
    order, specimen, report = (one(made, type) for type in ("ServiceRequest", "Specimen", "DiagnosticReport"))
    results = only(made, "Observation")
    assert report["basedOn"] == specimen["request"] == [{"reference": f"ServiceRequest/{order['id']}"}]
    assert report["result"] == [{"reference": f"Observation/{each['id']}"} for each in results]
    assert all(each["specimen"] == report["specimen"][0] for each in results)
    assert order["reasonReference"] == [{"reference": "Condition/a-500001.Problem-300001"}]


@pytest.mark.parametrize(("value", "flag"), [(139, "N"), (148, "H"), (131, "L"), (165, "HH"), (115, "LL")])
def test_a_value_is_flagged_by_its_range(
    write: Any, only: Any, visit: Visit, start: datetime, value: int, flag: str
) -> None:
    made = write(visit._replace(panels=(panel(start, Result(SODIUM, value)),)))
    (result,) = only(made, "Observation")
    assert result["interpretation"][0]["coding"][0]["code"] == flag
    assert (result["referenceRange"][0]["low"]["value"], result["referenceRange"][0]["high"]["value"]) == (135, 145)
    assert ("note" in result) == (flag in ("HH", "LL"))


def test_a_lost_value_says_why(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    made = write(visit._replace(panels=(panel(start, Result(POTASSIUM, "", "not-performed")),)))
    (result,) = only(made, "Observation")
    assert result["dataAbsentReason"]["coding"][0]["code"] == "not-performed"
    assert not [element for element in result if element.startswith("value")]


def test_what_was_only_ordered_has_no_result(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    made = write(visit._replace(panels=(panel(start, status="registered"),)))
    report = one(made, "DiagnosticReport")
    assert report["status"] == "registered"
    assert not {"result", "conclusion", "presentedForm"} & set(report)
    assert one(made, "ServiceRequest")["status"] == "active"
    assert not only(made, "Observation")


def test_what_is_known_at_once_was_tested_in_the_office(write: Any, visit: Visit, start: datetime) -> None:
    outside = write(visit._replace(panels=(panel(start, Result(SODIUM, 139)),)))
    inside = write(visit._replace(panels=(panel(start, Result(SODIUM, 139), hours=0),)))
    assert one(outside, "DiagnosticReport")["performer"][0]["reference"].startswith("Organization/")
    assert one(inside, "DiagnosticReport")["performer"][0]["reference"].startswith("Practitioner/")
