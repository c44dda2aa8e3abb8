"""The bytes of the files."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_athena.export.files import CHUNK, gzipped, ndjson, outcomes
from mock_athena.fhir.placeholders import DOCUMENTS, FHIR_BASE

BODIES = st.lists(
    st.dictionaries(st.text(max_size=5), st.text(max_size=40), max_size=4).map(lambda v: json.dumps(v).encode())
)


@given(BODIES)
def test_every_resource_is_one_line_and_no_line_is_blank(bodies: list[bytes]) -> None:
    sent = b"".join(ndjson(bodies, "http://f", "http://d"))
    assert sent.endswith(b"\n") or not bodies
    assert sent.split(b"\n")[:-1] == bodies


@pytest.mark.parametrize("size", [10, 1000, CHUNK, 3 * CHUNK])
def test_chunks_are_about_256_kb_and_hold_whole_lines(size: int) -> None:
    bodies = [b"x" * size] * (4 * CHUNK // size)
    chunks = list(ndjson(bodies, "http://f", "http://d"))
    assert all(chunk.endswith(b"\n") for chunk in chunks)
    assert all(CHUNK <= len(chunk) <= CHUNK + size + 1 for chunk in chunks[:-1])


def test_urls_are_filled_in() -> None:
    body = f'{{"a":"{FHIR_BASE}/Patient/1","b":"{DOCUMENTS}/r.pdf"}}'.encode()
    sent = b"".join(ndjson([body, body], "https://ehr.test/fhir/r4", "https://ehr.test/documents"))
    assert sent == b'{"a":"https://ehr.test/fhir/r4/Patient/1","b":"https://ehr.test/documents/r.pdf"}\n' * 2


@given(BODIES)
def test_gzip_holds_the_same_bytes(bodies: list[bytes]) -> None:
    plain = b"".join(ndjson(bodies, "http://f", "http://d"))
    packed = b"".join(gzipped(ndjson(bodies, "http://f", "http://d")))
    assert gzip.decompress(packed) == plain


def test_what_was_left_out_is_told_in_operation_outcomes() -> None:
    told = [json.loads(line) for line in outcomes(["first", "second"])]
    assert [outcome["resourceType"] for outcome in told] == ["OperationOutcome"] * 2
    assert [outcome["issue"][0]["severity"] for outcome in told] == ["warning"] * 2
    assert [outcome["issue"][0]["details"]["text"] for outcome in told] == ["first", "second"]
