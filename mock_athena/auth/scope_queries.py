"""The search behind the ``?`` of a granular scope, as text: which of two is the narrower one.

``category=http://…|laboratory&status=final``: parameters joined by ``&`` must all be met, values joined by a comma are
alternatives. Only what the words show is known: that no ``final`` is ``amended``, they do not say.
"""

from typing import NamedTuple
from urllib.parse import parse_qsl

from mock_athena.errors import shortened


class Asked(NamedTuple):
    """One parameter: its name with its modifier, and its alternatives."""

    name: str
    values: frozenset[str]


def pairs_in(query: str) -> list[tuple[str, str]]:
    """Names and values, percent-decoded.

    Raises:
        ValueError: it is no list of ``parameter=value``.
    """
    try:
        return parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        message = f"?{shortened(query)}: expected parameter=value, and several joined by &"
        raise ValueError(message) from None


def implies(narrow: str, wide: str) -> bool:
    """Whether whatever meets ``narrow`` meets ``wide`` too; no query is met by all."""
    if not wide or narrow == wide:
        return True
    given = _asked(narrow)
    return all(any(_within(one, other) for one in given) for other in _asked(wide))


def both(one: str, other: str) -> str:
    """The query that asks for two at once."""
    if implies(one, other):
        return one
    return other if implies(other, one) else f"{one}&{other}"


def _asked(query: str) -> list[Asked]:
    try:
        return [Asked(name, frozenset(value.split(","))) for name, value in pairs_in(query)] if query else []
    except ValueError:
        return [Asked(query, frozenset())]  # met by itself alone


def _within(narrow: Asked, wide: Asked) -> bool:
    if narrow.name != wide.name:
        return False
    if ":" in narrow.name:  # "neither this nor that" is the narrower, the more values it has
        return narrow.values == wide.values
    return all(value in wide.values or value.rpartition("|")[2] in wide.values for value in narrow.values)
