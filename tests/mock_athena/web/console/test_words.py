"""Instants and spans in words."""

from mock_athena.web.console.words import from_now, span

SECOND = 1_000_000_000


def test_a_span_is_told_in_its_own_unit() -> None:
    told = {
        0: "0 s",
        340_000: "340 µs",
        12_500_000: "12.5 ms",
        1_250_000_000: "1.25 s",
        200 * SECOND: "3 min 20 s",
        18_180 * SECOND: "5 h 3 min",
        172_800 * SECOND: "2 d",
    }
    assert {nanoseconds: span(nanoseconds) for nanoseconds in told} == told


def test_what_comes_is_rounded_up_and_what_was_is_rounded_down() -> None:
    now = 100 * SECOND
    assert [from_now(now + away, now) for away in (0, 1, -1, -SECOND, 59 * SECOND + 1)] == [
        "0 s ago", "in 1 s", "0 s ago", "1 s ago", "in 1 min",
    ]  # fmt: skip
