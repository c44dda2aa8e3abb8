"""Header fields of limits, right and wrong."""

from datetime import UTC, datetime

import pytest

from athena_fhir_conformance.judges.limit_fields import ill_formed, members, rises, waiting_time, whole

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_wait_is_a_number_or_a_date() -> None:
    assert waiting_time("2", NOW) == 2.0
    assert waiting_time("Thu, 01 Jan 2026 00:00:30 GMT", NOW) == 30.0
    assert waiting_time("Wed, 31 Dec 2025 00:00:00 GMT", NOW) == 0.0


@pytest.mark.parametrize("value", ["-1", "1.5", "soon", "", "2s", "Thu, 01 Jan 2026 00:00:30", "2026-01-01T00:00:30Z"])
def test_anything_else_is_no_wait(value: str) -> None:
    assert waiting_time(value, NOW) is None


def test_a_policy_is_read() -> None:
    listed = members('"burst";q=16;w=2, "daily";q=100000;w=86400;qu="requests"')
    assert listed is not None
    assert [(each.name, dict(each.parameters)) for each in listed] == [
        ("burst", {"q": "16", "w": "2"}),
        ("daily", {"q": "100000", "w": "86400", "qu": '"requests"'}),
    ]
    assert ill_formed(listed, "q", ("w",)) == []


@pytest.mark.parametrize(
    "field", ["", "burst q=16", '"burst";q=16,', '"burst";q=16 w=2', '"burst', '"a";q=16,,"b";q=1']
)
def test_what_is_no_structured_list_is_none(field: str) -> None:
    assert members(field) is None


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        ('"burst";q=-1;w=2', "q=-1"),
        ('"burst";q=1.5;w=2', "q=1.5"),
        ('"burst";q=16;w=0', "not above zero"),
        ('"burst";w=2', "has no q"),
        ('"burst";q="16";w=2', "not a non-negative whole number"),
    ],
)
def test_wrong_numbers_of_a_policy(field: str, fault: str) -> None:
    (told,) = ill_formed(members(field) or [], "q", ("w",))
    assert fault in told


def test_a_remainder_falls_and_stays_between_zero_and_the_limit() -> None:
    assert rises([15, 14, 14, 12, 0], 16) == []
    assert rises([15, 16], 16) == ["16 after 15"]
    assert rises([17], 16) == ["17 is above the limit of 16"]
    assert whole("-1") is None
    assert whole("1.0") is None
    assert whole(" 12 ") == 12
