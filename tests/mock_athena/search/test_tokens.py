"""Token parameters: https://hl7.org/fhir/R4/search.html#token."""

import pytest

from mock_athena.store import ResourceStore
from tests.mock_athena.search.conftest import LOADED, concept, found, observation, resource

A, B = "http://a.example", "http://b.example"


@pytest.fixture(autouse=True)
def _loaded(store: ResourceStore) -> None:
    store.load(
        [
            observation("a1", code=concept((A, "1"))),
            observation("b1", code=concept((B, "1"))),
            observation("none1", code=concept(("", "1"))),
            observation("a2b1", code=concept((A, "2"), (B, "1"))),
            observation("odd", code=concept((A, "x,y|z$\\"))),
            observation("cat", category=[concept((A, "lab"))], code=concept((A, "3"))),
            resource("Patient", "on", active=True, identifier=[{"system": A, "value": "77"}], gender="other"),
            resource("Patient", "off", active=False, deceasedDateTime="2020-01-01"),
            resource("Patient", "who", meta={"profile": ["http://p.example/1"], "tag": [{"system": A, "code": "t"}]}),
        ],
        LOADED,
    )


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("code=1", ["a1", "a2b1", "b1", "none1"]),
        (f"code={A}|1", ["a1"]),
        (f"code={B}|1", ["a2b1", "b1"]),
        ("code=|1", ["none1"]),
        (f"code={A}|", ["a1", "a2b1", "cat", "odd"]),
        (f"code={A}|1,{A}|3", ["a1", "cat"]),
        (f"code={A}|1,3", ["a1", "cat"]),
        (f"code={A}|1,{B}|", ["a1", "a2b1", "b1"]),
        (f"code={A}|2&code={B}|1", ["a2b1"]),
        (f"code={A}|1&code={B}|1", []),
        (f"code={A}|x\\,y\\|z\\$\\\\", ["odd"]),
        ("code=x\\,y\\|z\\$\\\\", ["odd"]),
        ("code=x", []),
        ("code=1,", ["a1", "a2b1", "b1", "none1"]),
        ("category=lab&code=3", ["cat"]),
        ("status=final&category=lab", ["cat"]),
        ("status=amended", []),
        (f"patient=p&code={A}|1", ["a1"]),
        (f"patient=p&code={A}|", ["a1", "a2b1", "cat", "odd"]),
        ("patient=p&code=1,2&code=2", ["a2b1"]),
    ],
)
def test_codes(store: ResourceStore, text: str, ids: list[str]) -> None:
    assert found(store, f"Observation?{text}") == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("active=true", ["on"]),
        ("active=false", ["off"]),
        ("deceased=true", ["off"]),
        ("deceased=false", ["on", "who"]),
        ("identifier=77", ["on"]),
        (f"identifier={B}|77", []),
        ("gender=other", ["on"]),
        ("_tag=t", ["who"]),
        ("_profile=http://p.example/1", ["who"]),
        ("_profile=http://p.example/", []),
    ],
)
def test_booleans_identifiers_tags_and_profiles(store: ResourceStore, text: str, ids: list[str]) -> None:
    assert found(store, f"Patient?{text}") == ids


def test_a_backslash_before_a_backslash_does_not_hide_the_bar(store: ResourceStore) -> None:
    store.load([observation("back", code=concept(("sys\\", "5")))], LOADED)
    assert found(store, "Observation?code=sys\\\\|5") == ["back"]
