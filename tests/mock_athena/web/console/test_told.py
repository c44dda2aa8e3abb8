"""A resource in a line and in facts: whatever its shape."""

import pytest

from mock_athena.documents.words import loaded
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.criteria import Selection
from mock_athena.web.console.narrative import text_of
from mock_athena.web.console.told import Text, facts_of, line_of, words_of
from tests.mock_athena.web.in_process import Athena


def test_every_resource_says_what_it_is(looked_at: Athena) -> None:
    snapshot = looked_at.world.environments["production"].store.snapshot()
    for name in RESOURCE_TYPES:
        for row in snapshot.page(Selection(name), 25):
            resource = loaded(row.body)
            line = line_of(resource)
            assert line.what, resource
            assert "{" not in line.value
            assert (line.type, line.id) == (name, row.id)
            assert len(facts_of(resource)) >= 2, resource


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"coding": [{"display": "Pulse", "code": "1"}], "text": "Heart rate"}, "Heart rate"),
        ({"coding": [{"code": "1"}]}, "1"),
        ({"value": "7.0", "unit": "mg"}, "7.0 mg"),
        ({"value": "9", "currency": "USD"}, "9 USD"),
        ({"numerator": {"value": "1", "unit": "mg"}, "denominator": {"value": "2", "unit": "mL"}}, "1 mg / 2 mL"),
        ({"low": {"value": "1", "unit": "mg"}, "high": {"value": "2", "unit": "mg"}}, "1 mg to 2 mg"),
        ({"start": "2020-01-01", "end": "2020-02-01"}, "2020-01-01 to 2020-02-01"),
        ({"family": "Lee", "given": ["Ann", "B"]}, "Ann B Lee"),
        ({"line": ["1 Road"], "city": "Town", "state": "VA"}, "1 Road, Town, VA"),
        ({"system": "phone", "value": "555"}, "555 (phone)"),
        ({"reference": "Patient/1", "display": "Ann"}, "Ann"),
        ({"reference": "Patient/1"}, "Patient/1"),
        ({"contentType": "text/plain", "data": "aGk="}, "text/plain"),
        ({"code": "AMB", "display": "ambulatory"}, "ambulatory"),
        ({"author": {"display": "Ann"}, "rank": 1}, "Author: Ann, Rank: 1"),
        ("2024-01-15T10:30:00-05:00", "2024-01-15 10:30 -05:00"),
        ([True, None, 3], "yes; 3"),
        ({"a": {"b": {"c": {"d": {"e": 1}}}}}, ""),
        ({"coding": "wrong", "text": [], "value": [], "start": {}}, "Coding: wrong"),
        (None, ""),
    ],
)
def test_every_datatype_has_words(value: object, told: str) -> None:
    assert words_of(value) == told


def test_facts_name_their_elements_and_what_they_point_to() -> None:
    resource = {"resourceType": "X", "effectiveDateTime": "2020", "subject": {"reference": "Patient/1"}, "data": "AA=="}
    assert facts_of(resource) == [("Effective", [Text("2020")]), ("Subject", [Text("Patient/1", "Patient/1")])]
    assert facts_of({"item": [{"text": str(n)} for n in range(40)]})[0][1][-1] == Text("and 28 more")


@pytest.mark.parametrize(
    ("xhtml", "text"),
    [
        ("<div><p>One</p><p>two  <b>three</b></p></div>", "One\ntwo three"),
        ("<div><ul><li>a</li><li>b</li></ul></div>", "• a\n• b"),
        ("<div><table><tr><td>a</td><td>b</td></tr></table></div>", "a b"),
        ("<div><script>x</script><style>y</style>a &lt;b&gt;</div>", "a <b>"),
        ("<div>not closed <b>", "not closed"),
        ("", ""),
    ],
)
def test_a_narrative_is_its_text(xhtml: str, text: str) -> None:
    assert text_of(xhtml) == text
