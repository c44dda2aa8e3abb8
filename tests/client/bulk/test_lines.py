"""Lines are counted and checked alike, whatever portions they come in."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from athena_fhir_client.bulk.lines import LineCheck

GOOD = json.dumps({"resourceType": "Patient", "id": "p", "text": "ünï"}, ensure_ascii=False).encode()
BAD = {
    b'{"resourceType":"Observation"}': "it is a Observation, expected a Patient",
    b'{"resourceType":"Patient"': "it is not JSON",
    b'{"resourceType":"Patient","a":"\x01"}': "it is not JSON",
    b'{"resourceType":"Patient","a":"\xff"}': "it is not UTF-8",
    b'{"resourceType":"Patient"}\r\x0b': "it is not JSON",
    b'{"id":"p"}': "it is not a resource",
    b"[]": "it is not a resource",
    b"": "it is blank",
    b"  ": "it is blank",
}


def check(data: bytes, portions: list[int]) -> tuple[LineCheck, bytes]:
    kept: list[bytes] = []
    checked = LineCheck("Patient", kept.append)
    at = 0
    for portion in [*portions, len(data)]:
        checked.feed(data[at : at + portion])
        at += portion
    checked.finish()
    return checked, b"".join(kept)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([GOOD, GOOD, GOOD, *BAD]), max_size=12),
    st.lists(st.integers(1, 70), max_size=20),
    st.booleans(),
)
def test_any_portions_give_the_same(lines: list[bytes], portions: list[int], ended: bool) -> None:
    ended = ended or not lines or not lines[-1]
    data = b"".join(line + b"\n" for line in lines) if ended else b"\n".join(lines)
    checked, kept = check(data, portions)
    assert checked.lines == len(lines)
    wrong = [number for number, line in enumerate(lines, start=1) if line != GOOD]
    assert [bad.number for bad in checked.bad] == wrong
    assert checked.types == ({"Patient": len(lines) - len(wrong)} if len(wrong) < len(lines) else {})
    assert kept.split() == GOOD.split() * (len(lines) - len(wrong))


@pytest.mark.parametrize("line", BAD, ids=repr)
def test_what_is_wrong_is_said(line: bytes) -> None:
    checked, _ = check(GOOD + b"\n" + line + b"\n" + GOOD + b"\n", [])
    (bad,) = checked.bad
    assert (bad.number, bad.reason.startswith(BAD[line])) == (2, True), bad


def test_of_a_million_bad_lines_a_thousand_are_remembered_and_all_counted() -> None:
    checked = LineCheck("Patient")
    checked.feed(b"x\n" * 5000)
    assert (len(checked.bad), checked.bad_count, checked.lines) == (1000, 5000, 5000)


def test_without_a_type_each_is_counted() -> None:
    checked = LineCheck()
    checked.feed(b'{"resourceType":"A"}\n{"resourceType":"B"}\n{"resourceType":"A"}\n')
    checked.finish()
    assert checked.types == {"A": 2, "B": 1}


def test_a_long_line_in_small_portions_is_not_copied_with_each() -> None:
    line = b'{"resourceType":"Patient","text":"' + b"x" * 8_000_000 + b'"}\n'
    at_once, portions = cpu_seconds(line, len(line)), cpu_seconds(line, 1000)
    assert portions < 100 * at_once + 0.1, f"{portions:.3f} s, in one portion {at_once:.3f} s"


def cpu_seconds(data: bytes, portion: int) -> float:
    checked, began = LineCheck("Patient"), time.process_time()
    for at in range(0, len(data), portion):
        checked.feed(data[at : at + portion])
    checked.finish()
    assert (checked.lines, checked.bad_count) == (1, 0)
    return time.process_time() - began
