"""Random streams: one generator per (seed, practice, patient, purpose), so that no module disturbs another.

A module that starts to draw more numbers changes only what it makes itself. The key is hashed with BLAKE2b
(https://www.rfc-editor.org/rfc/rfc7693), which is the same on every machine and in every Python, unlike ``hash``.
"""

from hashlib import blake2b
from random import Random


def stream(seed: int, practice: int, n: int, purpose: str) -> Random:
    """The generator for one purpose of one patient; ``n`` is 0 for what belongs to the whole practice."""
    key = f"{seed}/{practice}/{n}/{purpose}".encode()
    return Random(int.from_bytes(blake2b(key, digest_size=8).digest(), "big"))  # noqa: S311 - data, not secrets
