"""References between resources: https://hl7.org/fhir/R4/references.html."""

import re
from typing import NamedTuple

from mock_athena.fhir.placeholders import FHIR_BASE

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_LITERAL = re.compile(
    r"(?:(https?://\S+?)/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?",
    re.ASCII,
)

OUR_BASES = ("", FHIR_BASE)
"""What precedes the type of what we hold ourselves: nothing, or what stands for our own base URL in a stored body."""

NO_ID = "no FHIR id: 1 to 64 letters, digits, '-' and '.'"


class Literal(NamedTuple):
    """A literal reference: ``Patient/a-1.E-1``, or the same under a base URL (empty where relative)."""

    type: str
    id: str
    base: str = ""


def is_id(text: str) -> bool:
    """Whether ``text`` is a FHIR id: 1 to 64 letters, digits, ``-`` and ``.``."""
    return _ID.fullmatch(text) is not None


def parse_reference(text: str) -> Literal | None:
    """The type and id that a reference names; None for anything that is not a literal reference."""
    match = _LITERAL.fullmatch(text)
    if not match:
        return None
    base, type, id = match.groups()
    return Literal(type, id, base or "")


def own_reference(text: str) -> Literal | None:
    """Like :func:`parse_reference`, for what we hold ourselves; None for what is on another server too."""
    literal = parse_reference(text)
    return literal if literal and literal.base in OUR_BASES else None
