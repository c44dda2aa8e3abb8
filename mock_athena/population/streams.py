"""Random streams: one generator per (seed, practice, patient, purpose), so that no module disturbs another.

A module that starts to draw more numbers changes only what it makes itself. The key is hashed with BLAKE2b
(https://www.rfc-editor.org/rfc/rfc7693), which is the same on every machine and in every Python, unlike ``hash``.
"""

from hashlib import blake2b
from random import Random


def stream(seed: int, practice: int, n: int, purpose: str) -> Random:
    """The generator for one purpose of one patient; ``n`` is 0 for what belongs to the whole practice."""
    return Random(_key(seed, practice, n, purpose))  # noqa: S311 - data, not secrets


def restart(random: Random, seed: int, practice: int, n: int, purpose: str) -> None:
    """Make ``random`` what :func:`stream` would answer, at half the cost: for one purpose after the other."""
    # What Random.seed does with a number, without its questions about other types.
    super(Random, random).seed(_key(seed, practice, n, purpose))
    random.gauss_next = None  # type: ignore[attr-defined] # not in the stubs, but in every Python


def chance(seed: int, practice: int, n: int, purpose: str) -> float:
    """A number from 0 to below 1 for one purpose, where one is all that is needed: it costs no generator."""
    return (_key(seed, practice, n, purpose) >> 11) / (1 << 53)


def _key(seed: int, practice: int, n: int, purpose: str) -> int:
    key = f"{seed}/{practice}/{n}/{purpose}".encode()
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big")
