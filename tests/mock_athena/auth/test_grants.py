"""What of a requested scope is granted, within what the client registered."""

from dataclasses import replace

import pytest

from mock_athena.auth.grants import grantable, granted
from mock_athena.auth.reach import reach_of
from mock_athena.auth.scopes import Scope, parse_scopes
from mock_athena.profiles import MISSION
from tests.mock_athena.auth.conftest import refused

NARROW = "system/Patient.rs system/Observation.rs"


@pytest.mark.parametrize(
    ("requested", "registered", "expected"),
    [
        ("system/*.read", "system/*.read system/*.rs", "system/*.read"),
        ("system/Observation.rs", "system/*.read", "system/Observation.rs"),
        ("system/Observation.read", "system/*.rs", "system/Observation.read"),
        ("system/Patient.r", NARROW, "system/Patient.r"),
        ("system/*.read", NARROW, NARROW),
        ("system/*.*", "system/*.read system/*.rs", "system/*.read"),
        ("system/*.r", NARROW, "system/Patient.r system/Observation.r"),
        ("system/Patient.cruds", "system/*.rs", "system/Patient.rs"),
        ("system/Patient.rs nonsense openid", "system/*.rs", "system/Patient.rs"),
        ("system/Foo.rs system/Patient.rs", "system/*.rs", "system/Patient.rs"),
        ("system/Patient.rs system/Patient.rs", "system/*.rs", "system/Patient.rs"),
        ("offline_access patient/*.rs", "patient/*.rs offline_access", "offline_access patient/*.rs"),
    ],
)
def test_a_grant_is_the_part_that_was_registered(requested: str, registered: str, expected: str) -> None:
    assert " ".join(granted(requested, parse_scopes(registered), MISSION)) == expected


@pytest.mark.parametrize(
    "requested", ["system/Condition.rs", "patient/Patient.rs", "system/Patient.c", "nonsense", " "]
)
def test_nothing_left_is_refused_and_says_what_may_be_asked(requested: str) -> None:
    error = refused(lambda: granted(requested, parse_scopes(NARROW), MISSION), "invalid_scope")
    assert f"may ask for: {NARROW}" in error.message


LAB, VITAL = "category=http://x|laboratory", "category=http://x|vital-signs"


@pytest.mark.parametrize(
    ("requested", "registered", "expected"),
    [
        (f"patient/Observation.rs?{LAB}", "patient/*.rs", f"patient/Observation.rs?{LAB}"),
        (f"patient/Observation.rs?{LAB}", f"patient/Observation.r?{LAB}", f"patient/Observation.r?{LAB}"),
        ("patient/Observation.read", f"patient/Observation.rs?{LAB}", f"patient/Observation.rs?{LAB}"),
        ("patient/*.cruds", f"patient/Observation.rs?{LAB}", f"patient/Observation.rs?{LAB}"),
        (
            "patient/Observation.rs",
            f"patient/Observation.rs?{LAB} patient/Observation.rs?{VITAL}",
            f"patient/Observation.rs?{LAB} patient/Observation.rs?{VITAL}",
        ),
        (
            f"patient/Observation.rs?{LAB}&status=final",
            f"patient/Observation.rs?{LAB}",
            f"patient/Observation.rs?{LAB}&status=final",
        ),
        (
            f"patient/Observation.rs?{LAB}",
            "patient/Observation.rs?category=laboratory",
            f"patient/Observation.rs?{LAB}",
        ),
        (
            "patient/Observation.rs?category=laboratory",
            f"patient/Observation.rs?{LAB}",
            f"patient/Observation.rs?{LAB}",
        ),
        (
            "patient/Observation.rs?status=final",
            f"patient/Observation.rs?{LAB}",
            f"patient/Observation.rs?status=final&{LAB}",
        ),
        (
            "patient/Observation.rs?status=final",
            "patient/Observation.rs?status=final,amended",
            "patient/Observation.rs?status=final",
        ),
        (
            "patient/Observation.rs?status=final,amended",
            "patient/Observation.rs?status=final",
            "patient/Observation.rs?status=final",
        ),
        ("patient/Condition.rs", "patient/*.rs?_tag=x", "patient/Condition.rs?_tag=x"),
        (
            "patient/Observation.rs?status:not=final",
            "patient/Observation.rs?status:not=final,amended",
            "patient/Observation.rs?status:not=final&status:not=final,amended",
        ),
    ],
)
@pytest.mark.requirement("SMA-076")
def test_of_a_granular_scope_the_part_that_was_registered_is_granted(
    requested: str, registered: str, expected: str
) -> None:
    assert " ".join(granted(requested, parse_scopes(registered), MISSION)) == expected


def test_a_granular_scope_is_granted_whole_or_not_at_all_where_nothing_is_narrowed() -> None:
    strict = replace(MISSION, narrow_scopes=False, wildcard_scopes=False)
    registered = parse_scopes(f"patient/Observation.rs?{LAB} patient/Patient.rs")
    assert granted(f"patient/Observation.r?{LAB}", registered, strict) == (f"patient/Observation.r?{LAB}",)
    for wider in (
        "patient/Observation.rs",
        f"patient/Observation.rs?{VITAL}",
        "patient/Patient.rs patient/Observation.r",
    ):
        refused(lambda asked=wider: granted(asked, registered, strict), "invalid_scope")  # type: ignore[misc]


@pytest.mark.parametrize(
    ("requested", "told"),
    [
        ("patient/Observation.sr", "in the order cruds: write .rs"),
        ("patient/Observation.rs?frob=1", "'frob' is no search parameter that Observation has; expected one of _id"),
        ("patient/Observation.rs?category", "expected parameter=value"),
        ("patient/Observation.rs?date=when", "date=when: "),
        ("patient/Observation.rs?date=ap2024", "'ap' means another time every day"),
        ("patient/Observation.rs?subject:Patient.name=x", "asks about other resources"),
        ("patient/Observation.rs?_has:Provenance:target:agent=x", "no search parameter"),
        ("patient/Observation.rs?category:frob=x", "modifier :frob is not supported"),
        ("patient/Observation.rs?_count=1", "no search parameter"),
        ("patient/*.rs?category=x", "'category' is no search parameter that every type has; expected one of _id"),
    ],
)
def test_what_is_malformed_refuses_the_request_and_says_why(requested: str, told: str) -> None:
    error = refused(
        lambda: granted(f"patient/Patient.rs {requested}", parse_scopes("patient/*.rs"), MISSION), "invalid_scope"
    )
    assert told in error.message


@pytest.mark.parametrize(
    ("grant_type", "grant_types", "expected"),
    [
        ("client_credentials", (), "system/*.rs"),
        ("authorization_code", (), "openid fhirUser launch patient/*.rs user/*.rs launch/patient"),
        (
            "authorization_code",
            ("refresh_token",),
            "openid fhirUser launch patient/*.rs user/*.rs launch/patient offline_access",
        ),
    ],
)
def test_each_grant_type_gives_only_what_it_can_keep(
    grant_type: str, grant_types: tuple[str, ...], expected: str
) -> None:
    everything = "openid fhirUser launch system/*.rs patient/*.rs user/*.rs launch/patient offline_access"
    assert " ".join(scope.text for scope in grantable(everything, grant_type, grant_types)) == expected


def test_a_profile_that_does_not_narrow_refuses_the_whole_request() -> None:
    strict = replace(MISSION, narrow_scopes=False)
    registered = parse_scopes(NARROW)
    assert granted("system/Patient.rs", registered, strict) == ("system/Patient.rs",)
    error = refused(lambda: granted("system/Patient.rs system/Condition.rs", registered, strict), "invalid_scope")
    assert "'system/Condition.rs' cannot be granted" in error.message


def test_a_profile_without_wildcards_refuses_them() -> None:
    strict = replace(MISSION, wildcard_scopes=False)
    registered = parse_scopes("system/*.rs")
    assert granted("system/Patient.rs", registered, strict) == ("system/Patient.rs",)
    refused(lambda: granted("system/*.rs", registered, strict), "invalid_scope")


@pytest.mark.parametrize("letter", "cruds")
@pytest.mark.parametrize("requested", ["system/*.*", "system/*.rs", "system/Patient.cruds", "system/Observation.read"])
def test_a_grant_never_allows_what_was_not_both_asked_and_registered(requested: str, letter: str) -> None:
    registered = parse_scopes("system/Patient.rs system/Observation.r")
    result = parse_scopes(" ".join(granted(requested, registered, MISSION)))
    for type in ("Patient", "Observation", "Condition"):
        both = allows(registered, type, letter) and allows(parse_scopes(requested), type, letter)
        assert allows(result, type, letter) == both


def allows(scopes: tuple[Scope, ...], type: str, letter: str) -> bool:
    return reach_of(scopes, None).grants(type, letter)


@pytest.mark.parametrize("narrows", [True, False])
def test_a_type_that_there_is_not_is_named(narrows: bool) -> None:
    profile = replace(MISSION, narrow_scopes=narrows)
    error = refused(lambda: granted("system/Foo.read", parse_scopes("system/*.rs"), profile), "invalid_scope")
    assert "there is no resource type Foo here" in error.message
    assert "may ask for: system/*.rs" in error.message
