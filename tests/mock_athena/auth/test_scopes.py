"""The grammar of SMART scopes, v1 and v2, and what they allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_athena.auth.caller import Caller, require
from mock_athena.auth.reach import reach_of
from mock_athena.auth.scopes import Scope, covers, parse_scope, parse_scopes, read_scope
from mock_athena.errors import Forbidden


@pytest.mark.requirement("SMA-072")
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


@pytest.mark.requirement("SMA-073")
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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("patient/Observation.sr", r"the order cruds: write \.rs"),
        ("patient/Observation.rr", r"rights come once, .* write \.r"),
        ("patient/Observation.rx", "'x' is no right"),
        ("patient/Observation.", "there are no rights after the dot"),
        ("patient/Observation", "a dot, and rights"),
        ("patient/observation.rs", "a resource type or \\*"),
        ("group/Patient.rs", "patient, user or system before the /, not 'group'"),
        ("patient/Observation.read?category=x", r"write patient/Observation\.rs\?category=x"),
        ("patient/Observation.rs?", r"a search after the \?"),
        ("frob", "expected fhirUser, launch"),
    ],
)
def test_what_is_malformed_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_scope(text)


def test_a_granular_scope_is_read() -> None:
    scope = parse_scope("patient/Observation.rs?category=http://x|laboratory&status=final")
    assert scope is not None
    assert (scope.letters, scope.condition) == ("rs", "category=http://x|laboratory&status=final")


def test_a_list_keeps_its_order_and_drops_repetitions_and_nonsense() -> None:
    texts = [scope.text for scope in parse_scopes(" openid  system/*.rs nonsense openid ")]
    assert texts == ["openid", "system/*.rs"]


@pytest.mark.requirement("SMA-071")
@given(
    context=st.sampled_from(["patient", "user", "system"]),
    type=st.one_of(st.just("*"), st.from_regex(r"[A-Z][A-Za-z]{0,20}", fullmatch=True)),
    letters=st.sets(st.sampled_from("cruds"), min_size=1).map(lambda some: "".join(c for c in "cruds" if c in some)),
)
def test_whatever_v2_can_spell_is_read_back(context: str, type: str, letters: str) -> None:
    text = f"{context}/{type}.{letters}"
    scope = parse_scope(text)
    assert scope == Scope(text, context, type, letters)
    reach = reach_of((scope,), "p")
    assert {letter for letter in "cruds" if reach.grants("Patient", letter)} == (
        set(letters) if type in ("*", "Patient") else set()
    )


@given(st.text(alphabet="patiensyumru/.*?=|cdO_ ", max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    scope = parse_scope(text)
    assert scope is None or scope.text == text


@pytest.mark.requirement("SMA-074")
def test_read_and_search_are_separate_rights() -> None:
    only_read = reach_of(parse_scopes("system/Observation.r"), None)
    assert only_read.grants("Observation", "r")
    assert not only_read.grants("Observation", "s")
    assert not only_read.grants("Patient", "r")


def test_covering_needs_the_same_context_and_every_letter() -> None:
    wide, narrow, other = parse_scopes("system/*.read system/Patient.s user/Patient.s")
    assert covers(wide, narrow)
    assert not covers(narrow, wide)
    assert not covers(wide, other)


@pytest.mark.requirement("SMA-084")
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
