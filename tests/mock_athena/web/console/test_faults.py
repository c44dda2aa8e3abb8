"""The screen of faults: scenarios as switches, rules by a form."""

import pytest

from mock_athena.faults.catalogue import names
from mock_athena.faults.scenarios import shipped
from tests.mock_athena.web.portal.visitor import Visitor

PATH = "/console/faults"


def armed(visitor: Visitor) -> list[str]:
    return [each.rule.kind for each in visitor.athena.world.faults.armed]


def test_every_scenario_and_every_fault_is_there(visitor: Visitor) -> None:
    page = visitor.open(PATH).text
    assert "Nothing: all is well." in page
    for name in (*shipped(), *names()):
        assert name in page


def test_a_scenario_is_switched_on_and_off(visitor: Visitor) -> None:
    visitor.open(PATH)
    visitor.do("on", scenario="flaky")
    assert len(armed(visitor)) == 5
    assert "flaky is off" in visitor.do("off").text
    assert armed(visitor) == []


def test_what_is_switched_off_leaves_what_was_armed_otherwise(visitor: Visitor) -> None:
    visitor.open(PATH)
    visitor.do("arm", kind="latency")
    visitor.do("on", scenario="flaky")
    visitor.do("off", scenario="flaky")
    assert armed(visitor) == ["latency"]


def test_any_fault_is_armed_with_its_parameters_and_tells_what_it_struck(visitor: Visitor) -> None:
    visitor.open(PATH)
    page = visitor.do(
        "arm", kind="status", **{"with": 'status = 418\nmessage = "no coffee"'}, path="/fhir/r4/Patient*", times="1"
    )
    assert "Fault 1, status, is armed" in page.text
    answers = [visitor.athena.get("/Patient").status_code for _ in range(2)]
    assert answers == [418, 200]
    page = visitor.open(PATH)
    for text in ("status = 418", "no coffee", "path /fhir/r4/Patient*", "1 times at most", "spent"):
        assert text in page.text
    assert "Fault 1 is disarmed" in visitor.do("disarm").text
    assert armed(visitor) == []


def test_all_are_disarmed(visitor: Visitor) -> None:
    visitor.open(PATH)
    visitor.do("on", scenario="flaky")
    visitor.do("arm", kind="latency")
    visitor.do("disarm-all")
    assert armed(visitor) == []


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"kind": "dragon"}, "unknown fault"),
        ({"kind": "status", "with": "colour = red"}, "unknown parameter &#39;colour&#39;"),
        ({"kind": "status", "with": "status"}, "expected name = value"),
        ({"kind": "status", "with": "status = soon"}, "expected a whole number"),
        ({"kind": "latency", "times": "often"}, "expected a whole number"),
        ({"kind": "latency", "route": "moon"}, "route = &#39;moon&#39;"),
        ({"kind": "latency", "times": "-1"}, "not negative"),
    ],
)
def test_what_cannot_be_armed_is_said_and_nothing_is(visitor: Visitor, typed: dict[str, str], complaint: str) -> None:
    visitor.open(PATH)
    page = visitor.do("arm", **typed)
    assert page.status_code == 400
    assert complaint in page.text
    assert armed(visitor) == []


def test_what_is_not_there_cannot_be_switched(visitor: Visitor) -> None:
    visitor.open(PATH)
    form = visitor.forms()[0]
    for sent, status in (
        ({"do": "on", "scenario": "../x"}, 404),
        ({"do": "disarm", "number": "7"}, 404),
        ({"do": "disarm", "number": "9" * 5000}, 404),
        ({"do": "explode"}, 400),
    ):
        assert visitor.send(form, {"form_token": form.fields["form_token"], **sent}).status_code == status


def test_a_form_of_another_visit_does_nothing(visitor: Visitor) -> None:
    visitor.open(PATH)
    form = visitor.forms()[0]
    for token in ({}, {"form_token": "forged"}):
        refused = visitor.send(form, {"do": "on", "scenario": "flaky", **token})
        assert refused.status_code == 403
    assert armed(visitor) == []
