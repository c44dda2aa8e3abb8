"""Lines of an export's files."""

import pytest

from athena_fhir_conformance.judges.ndjson import deletions, lines_of, repeated

PATIENT = b'{"resourceType":"Patient","id":"1"}'


def test_complete_lines_are_read_with_and_without_a_last_line_feed() -> None:
    for body in (PATIENT + b"\n" + PATIENT + b"\n", PATIENT + b"\n" + PATIENT):
        lines = lines_of(body)
        assert lines.faults == ()
        assert lines.names == ["Patient/1", "Patient/1"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (PATIENT + b"\n\n" + PATIENT, "line 2 is blank"),
        (PATIENT + b"\n" + PATIENT[:-5], "line 2 is not complete JSON"),
        (b'{\n"resourceType": "Patient"\n}\n', "line 1 is not complete JSON"),
        (b"[" + PATIENT + b"]\n", "line 1 is no resource"),
        (b"\xff\n", "not UTF-8"),
        (PATIENT[:-1] + b',"x":"\x01"}', "line 1 is not complete JSON"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(body: bytes, fault: str) -> None:
    assert any(told.startswith(fault) for told in lines_of(body).faults)


def test_what_comes_twice() -> None:
    assert repeated(["a", "b", "a", "a", "c"]) == ["a"]
    assert repeated(["a", "b"]) == []


def test_deletions() -> None:
    entry = {"request": {"method": "DELETE", "url": "Patient/1"}}
    assert deletions({"type": "transaction", "entry": [entry]}) == (["Patient/1"], [])
    assert deletions({"type": "batch", "entry": [entry]})[1]
    assert deletions({"type": "transaction", "entry": []})[1]
    assert deletions({"type": "transaction", "entry": [{"request": {"method": "PUT", "url": "Patient/1"}}]})[1]
