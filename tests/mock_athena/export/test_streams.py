"""The cap on downloads at a time."""

from collections.abc import Iterator

import pytest

from mock_athena.errors import Unavailable
from mock_athena.export import StreamSlots
from mock_athena.export.streams import FileStream


def test_beyond_the_cap_the_caller_is_told_when_to_come_back() -> None:
    slots = StreamSlots(2)
    first, _ = slots.take(), slots.take()
    with pytest.raises(Unavailable, match="2 export files") as refused:
        slots.take()
    assert refused.value.headers == (("Retry-After", "1"),)
    first()
    slots.take()


def test_a_slot_is_given_back_once() -> None:
    slots = StreamSlots(1)
    give_back = slots.take()
    give_back()
    give_back()
    slots.take()
    with pytest.raises(Unavailable):
        slots.take()


@pytest.mark.parametrize("read", [0, 1, 3])
def test_a_closed_stream_frees_its_slot_however_far_it_was_read(read: int) -> None:
    slots, closed = StreamSlots(1), []

    def chunks() -> Iterator[bytes]:
        try:
            yield from (b"a", b"b", b"c")
        finally:
            closed.append(True)

    stream = FileStream(chunks(), slots.take())
    for _ in range(read):
        next(stream)
    stream.close()
    stream.close()
    assert len(closed) == 1
    slots.take()


def test_a_stream_read_to_its_end_frees_its_slot() -> None:
    slots = StreamSlots(1)
    assert list(FileStream(iter([b"a", b"b"]), slots.take())) == [b"a", b"b"]
    slots.take()


def test_a_stream_that_fails_at_once_does_so_before_it_is_handed_out_and_frees_its_slot() -> None:
    slots = StreamSlots(1)

    def broken(_: int) -> bytes:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        FileStream(map(broken, [1]), slots.take())
    slots.take()


def test_only_the_first_chunk_is_made_before_it_is_asked_for() -> None:
    made = []

    def chunks() -> Iterator[bytes]:
        for chunk in (b"a", b"b", b"c"):
            made.append(chunk)
            yield chunk

    stream = FileStream(chunks(), StreamSlots(1).take())
    assert made == [b"a"]
    assert [next(stream), *made] == [b"a", b"a"]
    assert list(stream) == [b"b", b"c"]


def test_a_stream_that_fails_frees_its_slot() -> None:
    slots = StreamSlots(1)

    def chunks() -> Iterator[bytes]:
        yield b"a"
        raise OSError

    stream = FileStream(chunks(), slots.take())
    with pytest.raises(OSError):  # noqa: PT011
        list(stream)
    slots.take()
