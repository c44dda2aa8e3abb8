"""Admissions and refusals against a quota, with and without known instants."""

from athena_fhir_conformance.judges.decisions import Decision, most_in_window, wrongly_refused


def at(*instants: float, admitted: bool = True, blur: float = 0.0) -> list[Decision]:
    return [Decision(instant, instant + blur, admitted) for instant in instants]


def test_a_full_window_is_no_excess() -> None:
    assert most_in_window(at(*[0.1] * 16), 2.0).count == 16
    assert most_in_window(at(*[n * 2.0 for n in range(20)]), 2.0).count == 1  # a window does not hold its end


def test_one_more_than_a_full_window_is_seen_across_a_boundary() -> None:
    """A fixed window that is sold as a sliding one."""
    excess = most_in_window([*at(*[1.9] * 16), *at(*[2.1] * 16)], 2.0)
    assert excess.count == 32
    assert round(excess.seconds, 3) == 0.2


def test_refusals_are_not_counted() -> None:
    assert most_in_window([*at(*[0.0] * 16), *at(0.1, admitted=False)], 2.0).count == 16


def test_instants_that_are_not_known_prove_nothing_they_could_not() -> None:
    assert most_in_window(at(*[0.0] * 17, blur=2.5), 2.0).count == 0
    assert most_in_window(at(*[0.0] * 17, blur=0.5), 2.0).count == 17


def test_a_refusal_with_room_left_is_wrong() -> None:
    refused = at(0.5, admitted=False)
    assert wrongly_refused([*at(*[0.0] * 15), *refused], 16, 2.0) == [(refused[0], 15)]
    assert wrongly_refused([*at(*[0.0] * 16), *refused], 16, 2.0) == []


def test_a_refusal_after_the_window_passed_is_wrong() -> None:
    assert wrongly_refused([*at(*[0.0] * 16), *at(2.001, admitted=False)], 16, 2.0)
    assert not wrongly_refused([*at(*[0.0] * 16), *at(1.999, admitted=False)], 16, 2.0)


def test_a_refusal_is_not_called_wrong_where_the_instants_leave_a_way_out() -> None:
    assert not wrongly_refused([*at(*[0.0] * 16, blur=0.3), *at(2.2, admitted=False)], 16, 2.0)
