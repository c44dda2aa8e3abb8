"""What a test knows of a command that ended."""

from collections.abc import Callable
from typing import NamedTuple

SHORTEST = ("--port", "0", "--patients", "0")


class Ended(NamedTuple):
    """How a command ended."""

    code: int | str | None
    out: str
    err: str


Run = Callable[..., Ended]


def complaint(ended: Ended) -> str:
    """The one line that a command that failed leaves behind."""
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert line.startswith("mock-athena: ")
    return line.removeprefix("mock-athena: ")
