"""The bytes of the files, and parts of them."""

import gzip
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_athena.errors import DataError
from mock_athena.export.files import Bases, MadeText, ShortText, StoredText, joined, outcomes
from mock_athena.export.packing import gzipped
from mock_athena.fhir.placeholders import DOCUMENTS, FHIR_BASE
from mock_athena.store import ResourceStore
from mock_athena.store.blocks import CHUNK
from mock_athena.store.criteria import HasId, InCompartment, Selection
from tests.stores import new_store

BASES = Bases("https://ehr.test/fhir/r4", "https://ehr.test/d")
BODIES = st.lists(
    st.dictionaries(st.text(max_size=5), st.text(max_size=40), max_size=4).map(lambda v: json.dumps(v).encode())
)


def patient(number: int, text: str = "") -> dict[str, object]:
    return {"resourceType": "Patient", "id": f"p{number}", "name": [{"text": text or f"☂ {number}"}]}


@pytest.fixture(scope="module")
def store() -> Iterator[ResourceStore]:
    """300 Patients, of whom every seventh names our URLs, and others between them."""
    store = new_store()
    urls = (f"{FHIR_BASE}/Patient/1", f"{DOCUMENTS}/1.pdf", f"{FHIR_BASE}{FHIR_BASE}")
    for number in range(300):
        store.load(
            [
                patient(number, urls[number % 3] if number % 7 == 0 else ""),
                {"resourceType": "Condition", "id": f"c{number}", "subject": {"reference": f"Patient/p{number % 5}"}},
            ],
            0,
        )
    yield store
    store.close()


def text_of(store: ResourceStore, selection: Selection) -> StoredText:
    snapshot = store.snapshot()
    return StoredText(snapshot, list(snapshot.blocks(selection)), BASES)


@pytest.mark.parametrize(
    "selection",
    [
        Selection("Patient"),
        Selection("Patient", (HasId(("p1", "p200")),)),
        Selection("Condition", (InCompartment(("p1", "p2")),)),
        Selection("Immunization"),
    ],
)
def test_the_lines_are_the_bodies_with_our_urls_and_their_length_is_known(
    store: ResourceStore, selection: Selection
) -> None:
    bodies = list(store.snapshot().bodies(selection))
    expected = b"".join(body + b"\n" for body in bodies)
    expected = expected.replace(FHIR_BASE.encode(), BASES.fhir.encode()).replace(
        DOCUMENTS.encode(), b"https://ehr.test/d"
    )
    text = text_of(store, selection)
    assert b"".join(text.chunks()) == expected
    assert text.size == len(expected)


@settings(max_examples=40, deadline=None)  # a store that is another process may be slow
@given(st.data())
def test_a_part_is_that_part_of_the_whole(store: ResourceStore, data: st.DataObject) -> None:
    text = text_of(store, Selection("Patient"))
    whole = b"".join(text.chunks())
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, len(whole)))
    assert b"".join(text.chunks(start, stop)) == whole[start:stop]
    assert b"".join(text.chunks(start)) == whole[start:]


def test_a_part_reads_nothing_of_the_rest(store: ResourceStore) -> None:
    text = text_of(store, Selection("Patient"))
    assert len(list(text.chunks(text.size - 1))) == 1


def test_chunks_are_about_256_kb_and_hold_whole_lines_however_large() -> None:
    store = new_store()
    sizes = [10, 10, CHUNK, 3 * CHUNK, *[10_000] * 200]
    store.load([patient(number, "x" * size) for number, size in enumerate(sizes)], 0)
    chunks = list(text_of(store, Selection("Patient")).chunks())
    store.close()
    assert all(chunk.endswith(b"\n") for chunk in chunks)
    assert sum(chunk.count(b"\n") for chunk in chunks) == len(sizes)
    assert all(len(chunk) <= 2 * CHUNK or chunk.count(b"\n") == 1 for chunk in chunks)
    assert len(chunks) < 20


def test_a_reset_ends_a_download_rather_than_shortening_it() -> None:
    store = new_store()
    store.load([patient(1)], 0)
    store.put(patient(2), 0)
    text = text_of(store, Selection("Patient"))
    store.rewind()
    with pytest.raises(DataError, match="reset"):
        list(text.chunks())
    store.close()


@given(BODIES)
def test_lines_that_are_made_are_one_a_line_and_none_is_blank(bodies: list[bytes]) -> None:
    sent = b"".join(MadeText(lambda: bodies, BASES).chunks())
    assert sent.endswith(b"\n") or not bodies
    assert sent.split(b"\n")[:-1] == bodies
    short = ShortText(bodies)
    assert (b"".join(short.chunks()), short.size) == (sent, len(sent))
    assert b"".join(short.chunks(3, 7)) == sent[3:7]


@given(BODIES)
def test_gzip_holds_the_same_bytes(bodies: list[bytes]) -> None:
    assert gzip.decompress(b"".join(gzipped(joined(bodies)))) == b"".join(joined(bodies))


def test_gzip_works_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "isal", None)
    packed = b"".join(gzipped([b"a\n" * 1000]))
    assert gzip.decompress(packed) == b"a\n" * 1000


def test_what_was_left_out_is_told_in_operation_outcomes() -> None:
    told = [json.loads(line) for line in outcomes(["first", "second"])]
    assert [outcome["resourceType"] for outcome in told] == ["OperationOutcome"] * 2
    assert [outcome["issue"][0]["severity"] for outcome in told] == ["warning"] * 2
    assert [outcome["issue"][0]["details"]["text"] for outcome in told] == ["first", "second"]
