"""The numbers under which the index keeps what a resource is found by: types, parameters, codes, targets, systems.

A posting's key is one integer: the number of the (type, parameter) in its high bits, a hash of the code or the target
in the others. So the index holds eight bytes where a text would stand, the same in every file and on every machine, and
neither loading nor searching looks anything up. Of ten million different codes of one parameter, one search in half a
billion would find one resource too many.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple

from mock_athena.fhir.registry import COMMON, RESOURCE_TYPES

HASH_BITS = 52

# Copied where a hash is needed, which is faster than making one.
_NOTHING = blake2b(digest_size=8)

OWN_COLUMNS = frozenset({"_id", "_lastUpdated"})
"""Parameters that are answered by columns of the version table, not by index rows."""

TYPE_NUMBERS: Mapping[str, int] = MappingProxyType({name: number for number, name in enumerate(RESOURCE_TYPES, 1)})
TYPE_NAMES: Mapping[int, str] = MappingProxyType({number: name for name, number in TYPE_NUMBERS.items()})

_PARAMETERS: Mapping[tuple[str, str], int] = MappingProxyType(
    {
        pair: number
        for number, pair in enumerate(
            (name, code)
            for name, kind in RESOURCE_TYPES.items()
            for code in (*kind.parameters, *COMMON)
            if code not in OWN_COLUMNS
        )
    }
)
if len(_PARAMETERS) >= 1 << (63 - HASH_BITS):
    raise OverflowError(len(_PARAMETERS))  # pragma: no cover - a registry eight times as large as today's


_FOLDED = frozenset(
    (name, code)
    for name, code in _PARAMETERS
    if (parameter := RESOURCE_TYPES[name].parameter(code)) and parameter.type == "token"
)


class KeyRange(NamedTuple):
    """Every key of one parameter: from ``first`` to ``last``."""

    first: int
    last: int


def parameter_number(type: str, param: str) -> int:
    """The number of a search parameter of a type."""
    return _PARAMETERS[type, param]


def key(type: str, param: str, text: str) -> int:
    """The key of a code, of whatever system and in whatever case, or of a reference's target."""
    return key_range(type, param).first | hashed(text.casefold() if is_folded(type, param) else text)


def is_folded(type: str, param: str) -> bool:
    """Whether the codes of a parameter are kept without case."""
    return (type, param) in _FOLDED


def hashed(text: str) -> int:
    """What a key says of a code or a target; the rest is ``key_range(…).first``, the same for a whole parameter."""
    hash = _NOTHING.copy()
    hash.update(text.encode("utf-8", "surrogatepass"))
    return int.from_bytes(hash.digest(), "big") >> (64 - HASH_BITS)


@cache
def key_range(type: str, param: str) -> KeyRange:
    """Where every key of a parameter lies."""
    first = _PARAMETERS[type, param] << HASH_BITS
    return KeyRange(first, first + (1 << HASH_BITS) - 1)


def type_key(type: str) -> int:
    """The key that every resource of a type has in the compartments it is in; negative, unlike all others."""
    return -TYPE_NUMBERS[type]


@lru_cache(maxsize=1 << 12)
def system_number(system: str) -> int:
    """A code system as a number: 0 for none, else 1 to 2^31. It only tells apart systems that share a code."""
    if not system:
        return 0
    digest = blake2b(system.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return (int.from_bytes(digest, "big") & 0x7FFFFFFF) + 1


@lru_cache(maxsize=1 << 10)
def is_compartment(type: str, param: str) -> bool:
    """Whether a reference parameter asks for the compartment itself: our own Patients need no postings in it then."""
    kind = RESOURCE_TYPES[type]
    parameter = kind.parameter(param)
    return parameter is not None and parameter.paths == (kind.patient,) and not kind.follows_targets
