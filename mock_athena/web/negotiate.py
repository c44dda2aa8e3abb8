"""Which representation a caller wants: ``_format`` beats ``Accept``; only JSON is spoken.

https://hl7.org/fhir/R4/http.html#mime-type
"""

from collections.abc import Iterable
from functools import lru_cache

from mock_athena.errors import NotAcceptable

_JSON_FORMATS = frozenset(
    {"json", "application/json", "application/fhir+json", "application/json+fhir", "text/json", "application/fhir json"}
)
_JSON_TYPES = frozenset({"application/fhir+json", "application/json", "application/json+fhir", "text/json"})
_ANY = frozenset({"*/*", "application/*"})
_LONGEST_REMEMBERED = 200


def format_of(pairs: Iterable[tuple[str, str]]) -> str:
    """The value of ``_format`` among the parameters of a request, the first if there are several; empty without."""
    return next((value for name, value in pairs if name == "_format"), "")


def require_json(accept: str, format: str) -> None:
    """Refuse unless JSON is one of the representations that the caller accepts.

    Args:
        accept: the Accept header, empty where there was none. format: value of ``_format``, empty likewise.

    Raises:
        NotAcceptable: neither FHIR's JSON nor plain JSON is accepted.
    """
    if format:
        if format.partition(";")[0].strip().lower() not in _JSON_FORMATS:
            message = f"_format={format} is not supported; expected json or application/fhir+json"
            raise NotAcceptable(message, expression=["_format"])
    elif accept and not accepted_types(accept) & (_JSON_TYPES | _ANY):
        message = f"Accept: {accept} cannot be served; expected application/fhir+json (XML is not supported)"
        raise NotAcceptable(message)


def accepted_types(accept: str) -> frozenset[str]:
    """The media types that an Accept header names, without those that it rules out by ``q=0``."""
    # Only what is short is remembered: a header may be as long as the server takes.
    return _remembered(accept) if len(accept) <= _LONGEST_REMEMBERED else _accepted_types(accept)


@lru_cache(maxsize=256)
def _remembered(accept: str) -> frozenset[str]:
    return _accepted_types(accept)


def _accepted_types(accept: str) -> frozenset[str]:
    wanted = set()
    for part in accept.split(","):
        type, *parameters = (piece.strip() for piece in part.split(";"))
        if not any(p.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for p in parameters):
            wanted.add(type.lower())
    return frozenset(wanted)


def wants_raw(accept: str, format: str) -> bool:
    """Whether a Binary is wanted as what it contains: whenever no format of FHIR was asked for by name."""
    return not format and not any("fhir" in type for type in accepted_types(accept))
