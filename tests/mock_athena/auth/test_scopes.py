"""The grammar of SMART scopes, v1 and v2, and what they allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_athena.auth.caller import Caller, require
from mock_athena.auth.scopes import Scope, allows, covers, parse_scope, parse_scopes
from mock_athena.errors import Forbidden


@pytest.mark.parametrize(
    ("text", "context", "type", "letters"),
    [
        ("patient/Observation.read", "patient", "Observation", "rs"),
        ("user/*.write", "user", "*", "cud"),
        ("system/*.*", "system", "*", "cruds"),
        ("system/Patient.r", "system", "Patient", "r"),
        ("system/Patient.cruds", "system", "Patient", "cruds"),
        ("patient/*.rs", "patient", "*", "rs"),
    ],
)
def test_both_spellings_are_read(text: str, context: str, type: str, letters: str) -> None:
    assert parse_scope(text) == Scope(text, context, type, letters)


@pytest.mark.parametrize(
    "text",
    [
        "patient/Observation.sr", "patient/Observation.", "patient/Observation", "patient/.rs", "group/Patient.rs",
        "patient/*.dus ", "patient/*.rrs", "patient/*.x", "Patient.rs", "patient/Observation.read?category=x",
        "patient/Observation.rs?", "patient/observation.rs", "something", "", "patient/*.rs\n",
    ],
)  # fmt: skip
def test_anything_else_is_not_understood(text: str) -> None:
    assert parse_scope(text) is None


@pytest.mark.parametrize("text", ["openid", "fhirUser", "launch", "launch/patient", "offline_access"])
def test_plain_names_stay_plain(text: str) -> None:
    assert parse_scope(text) == Scope(text)


def test_a_granular_scope_is_read_and_allows_nothing_by_itself() -> None:
    scope = parse_scope("patient/Observation.rs?category=http://x|laboratory")
    assert scope is not None
    assert scope.condition == "category=http://x|laboratory"
    assert not allows([scope], "Observation", "r")


def test_a_list_keeps_its_order_and_drops_repetitions_and_nonsense() -> None:
    texts = [scope.text for scope in parse_scopes(" openid  system/*.rs nonsense openid ")]
    assert texts == ["openid", "system/*.rs"]


@given(
    context=st.sampled_from(["patient", "user", "system"]),
    type=st.one_of(st.just("*"), st.from_regex(r"[A-Z][A-Za-z]{0,20}", fullmatch=True)),
    letters=st.sets(st.sampled_from("cruds"), min_size=1).map(lambda some: "".join(c for c in "cruds" if c in some)),
)
def test_whatever_v2_can_spell_is_read_back(context: str, type: str, letters: str) -> None:
    text = f"{context}/{type}.{letters}"
    scope = parse_scope(text)
    assert scope == Scope(text, context, type, letters)
    assert {letter for letter in "cruds" if allows([scope], "Patient", letter)} == (
        set(letters) if type in ("*", "Patient") else set()
    )


@given(st.text(alphabet="patiensyumru/.*?=|cdO_ ", max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    scope = parse_scope(text)
    assert scope is None or scope.text == text


def test_read_and_search_are_separate_rights() -> None:
    only_read = parse_scopes("system/Observation.r")
    assert allows(only_read, "Observation", "r")
    assert not allows(only_read, "Observation", "s")
    assert not allows(only_read, "Patient", "r")


def test_covering_needs_the_same_context_and_every_letter() -> None:
    wide, narrow, other = parse_scopes("system/*.read system/Patient.s user/Patient.s")
    assert covers(wide, narrow)
    assert not covers(narrow, wide)
    assert not covers(wide, other)


@pytest.mark.parametrize(
    ("patient", "letter", "advice"), [(None, "s", "system/Observation.rs"), ("a-1.E-1", "c", "patient/Observation.c")]
)
def test_what_is_missing_is_named(patient: str | None, letter: str, advice: str) -> None:
    caller = Caller("c", parse_scopes("system/Patient.rs openid"), patient, "t", 0)
    with pytest.raises(Forbidden) as caught:
        require(caller, "Observation", letter)
    assert f"'{letter}'" in caught.value.message
    assert "the token has: system/Patient.rs openid" in caught.value.message
    assert caught.value.headers == (
        ("WWW-Authenticate", f'Bearer realm="mock-athena", error="insufficient_scope", scope="{advice}"'),
    )


def test_what_is_granted_is_not_refused() -> None:
    require(Caller("c", parse_scopes("system/*.rs"), None, "t", 0), "Observation", "s")
