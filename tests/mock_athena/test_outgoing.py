"""What a connection is still to send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_athena.outgoing import Outgoing


@given(st.lists(st.binary(min_size=1, max_size=50)), st.integers(1, 60), st.integers(1, 60))
def test_all_comes_out_in_order_however_little_is_taken_at_a_time(pieces: list[bytes], most: int, sent: int) -> None:
    outgoing, found = Outgoing(), b""
    for piece in pieces:
        outgoing.append(piece)
    assert len(outgoing) == sum(map(len, pieces))
    while len(outgoing):
        some = outgoing.get(most)
        taken = min(len(some), sent)
        found += bytes(some[:taken])
        outgoing.skip(taken, True)
    assert found == b"".join(pieces)


def test_nothing_is_copied() -> None:
    outgoing, piece = Outgoing(), b"x" * 1000
    outgoing.append(piece)
    assert outgoing.get(10).obj is piece
    outgoing.skip(400)
    assert outgoing.get(1000).obj is piece


def test_closed_it_is_empty() -> None:
    outgoing = Outgoing()
    outgoing.append(b"x")
    outgoing.close()
    assert len(outgoing) == 0
    with pytest.raises(IndexError):
        outgoing.get(1)
