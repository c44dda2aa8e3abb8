"""Small choices without a random stream of their own: a number that is always the same for a person and a place."""

from mock_athena.population.person import Person

_SPREAD = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: Knuth's multiplicative hashing, TAOCP volume 3, 6.4
_MASK = 0xFFFFFFFFFFFFFFFF


def number(person: Person, place: int) -> int:
    """A number from 0 to 2**32 - 1 for ``place``, such as the order of a visit."""
    mixed = ((person.seed * 1_000_003 + person.n) * 8191 + place) * _SPREAD & _MASK
    return (mixed ^ mixed >> 29) * _SPREAD >> 32 & 0xFFFFFFFF


def share(person: Person, place: int) -> float:
    """The same as a number from 0 to 1."""
    return number(person, place) / 4294967296
