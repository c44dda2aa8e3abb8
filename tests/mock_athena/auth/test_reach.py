"""Scopes put together: what is reached, and by which criteria the store is asked."""

import pytest

from mock_athena.auth.reach import reach_of
from mock_athena.auth.scopes import parse_scopes
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.confinement import EVERYTHING, Patients
from mock_athena.store.criteria import AnyOf, Condition, HasToken, InCompartment, Nothing, Token

A, B = (HasToken("category", (Token(None, code),)) for code in "ab")
X, Y, BOTH = InCompartment(("x",)), InCompartment(("y",)), InCompartment(("x", "y"))
OBSERVATION, GROUP, PRACTITIONER = (RESOURCE_TYPES[name] for name in ("Observation", "Group", "Practitioner"))
USER = "Practitioner/u"


@pytest.mark.parametrize(
    ("scopes", "patient", "user", "patients", "expected"),
    [
        ("system/*.rs", None, None, None, ()),
        ("system/Observation.rs?category=a", None, None, None, (A,)),
        ("system/Observation.r?category=a system/*.r?category=a", None, None, None, (A,)),
        ("system/Observation.r?category=a system/Observation.r?category=b", None, None, None, (AnyOf(((A,), (B,))),)),
        ("system/Observation.r?category=a system/Observation.rs", None, None, None, ()),
        ("system/Patient.rs", None, None, None, (Nothing(),)),
        ("patient/*.rs", "x", None, None, (X,)),
        ("patient/*.rs", None, None, None, (Nothing(),)),
        ("patient/*.rs patient/Observation.rs?category=a", "x", None, None, (X,)),
        ("patient/*.r?category=a patient/Observation.rs?category=b", "x", None, None, (X, B)),
        (
            "patient/Observation.r?category=a patient/Observation.rs?category=b",
            "x", None, None, (X, AnyOf(((A,), (B,)))),
        ),
        ("user/*.rs", None, USER, None, ()),
        ("user/*.rs", "x", None, None, (X,)),
        ("user/*.rs", None, USER, ("x", "y"), (BOTH,)),
        ("user/*.rs patient/*.rs", "x", USER, ("y",), (InCompartment(("y", "x")),)),
        ("user/Observation.rs?category=a patient/*.rs", "x", USER, None, (AnyOf(((A,), (X,))),)),
        ("user/*.rs", None, USER, (), (Nothing(),)),
        ("openid launch/patient", "x", USER, None, (Nothing(),)),
        ("system/Observation.rs?frob=1", None, None, None, (Nothing(),)),
    ],
)  # fmt: skip
def test_criteria(
    scopes: str, patient: str | None, user: str | None, patients: Patients, expected: tuple[Condition, ...]
) -> None:
    reach = reach_of(parse_scopes(scopes), patient, user, patients)
    assert reach.criteria(OBSERVATION, "r") == expected
    assert reach.criteria(OBSERVATION, "c") == (Nothing(),)


def test_what_is_in_no_compartment_is_seen_but_for_what_tells_of_several() -> None:
    reach = reach_of(parse_scopes("patient/*.rs"), "x")
    assert (reach.criteria(PRACTITIONER, "s"), reach.criteria(GROUP, "s")) == ((), (Nothing(),))
    assert (reach.patients("Group", "r"), reach.people) == (("x",), ("x",))
    assert reach.compartments.criteria(OBSERVATION, "d") == (X,)
    assert EVERYTHING.criteria(GROUP, "d") == ()


def test_an_export_tells_what_is_both_read_and_searched() -> None:
    reach = reach_of(parse_scopes("system/Observation.r?category=a system/Observation.s?category=b"), None)
    assert reach.told(OBSERVATION) == (A, B)


def test_the_same_token_reaches_the_same() -> None:
    assert reach_of(parse_scopes("patient/*.rs"), "x") is reach_of(parse_scopes("patient/*.rs"), "x")
