"""Which representation a caller wants: ``_format`` beats ``Accept``, and of what Accept names the best quality wins.

JSON of FHIR 4.0 is all that is spoken, under its own media type or under one that means JSON in general, whichever was
asked for. https://hl7.org/fhir/R4/http.html#mime-type, https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from mock_athena.errors import BadRequest, NotAcceptable, shortened

FHIR_JSON = "application/fhir+json; charset=utf-8"

_FORMATS = ("json", "application/json", "application/fhir+json", "application/json+fhir", "text/json")
# What is served, the one that we prefer first, and the Content-Type that is answered for it.
_OFFERED = {
    "application/fhir+json": FHIR_JSON,
    "application/json": "application/json",
    "text/json": "text/json; charset=utf-8",
    "application/json+fhir": FHIR_JSON,  # of FHIR before R4, and still sent
}
_VERSIONS = ("4.0", "4.0.1")
_QUALITY = re.compile(r"0(\.\d*)?|1(\.0*)?", re.ASCII)
_LONGEST_REMEMBERED = 200


class Wish(NamedTuple):
    """The representation that was agreed on.

    Attributes:
        content_type: of the answer. pretty: indented, for a person.
    """

    content_type: str = FHIR_JSON
    pretty: bool = False


_USUAL = Wish()


def agreed(accept: str, pairs: Iterable[tuple[str, str]] = ()) -> Wish:
    """The representation of an answer.

    Args:
        accept: the Accept header, empty where there was none. pairs: the parameters of the request.

    Raises:
        NotAcceptable: JSON of FHIR 4.0 is not among what is accepted.
        BadRequest: ``_pretty`` is neither true nor false.
    """
    parameters = dict(reversed(tuple(pairs))) if pairs else {}  # of one that comes twice, the first counts
    pretty = parameters.get("_pretty", "false")
    if pretty not in ("true", "false"):
        message = f"_pretty={shortened(pretty)}: expected true or false"
        raise BadRequest(message, expression=["_pretty"])
    if parameters.get("_format"):
        return Wish(_of_format(parameters["_format"]), pretty == "true")
    return Wish(content_type(accept), pretty == "true") if accept or pretty == "true" else _USUAL


def wants_pretty(pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether even a refusal is to be indented."""
    return ("_pretty", "true") in pairs


def format_of(pairs: Iterable[tuple[str, str]]) -> str:
    """The value of ``_format`` among the parameters of a request, the first if there are several; empty without."""
    return next((value for name, value in pairs if name == "_format"), "")


def require_json(accept: str, format: str) -> None:
    """Refuse unless JSON is one of the representations that the caller accepts.

    Args:
        accept: the Accept header, empty where there was none. format: value of ``_format``, empty likewise.

    Raises:
        NotAcceptable: it is not.
    """
    agreed(accept, [("_format", format)])


def wants_raw(accept: str, format: str) -> bool:
    """Whether a Binary is wanted as what it contains: unless a format of FHIR was asked for by name, before others."""
    if format:
        return False
    ranges = _ranges(accept)
    best = max(ranges.values(), default=0.0)
    return not any("fhir" in type and quality == best for type, quality in ranges.items())


def takes_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    if not accept_encoding:
        return False
    ranges = _ranges(accept_encoding)
    return ranges.get("gzip", ranges.get("*", 0.0)) > 0


def prefers_gzip(accept_encoding: str) -> bool:
    """Whether gzip is welcome at least as much as what is not packed: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3."""
    ranges = _ranges(accept_encoding)
    packed = ranges.get("gzip", ranges.get("*", 0.0))
    return packed > 0 and packed >= ranges.get("identity", 0.0)


def content_type(accept: str) -> str:
    """The Content-Type to answer with, of what an Accept header names.

    Raises:
        NotAcceptable: it names nothing that is served.
    """
    return _content_type(accept) if len(accept) > _LONGEST_REMEMBERED else _known_content_type(accept)


def _content_type(accept: str) -> str:
    ranges = _ranges(accept)
    if not ranges and not accept.strip(" ,"):
        return FHIR_JSON
    # Of equal quality, what is named itself before what a wildcard covers; then what we prefer.
    ranked = [(*_quality(type, ranges), -place, type) for place, type in enumerate(_OFFERED)]
    quality, _, _, best = max(ranked)
    if quality <= 0:
        message = f"Accept: {shortened(accept)} cannot be served; expected application/fhir+json{_hint(accept)}"
        raise NotAcceptable(message, expression=["Accept"])
    return _OFFERED[best]


_known_content_type = lru_cache(maxsize=256)(_content_type)


def _quality(type: str, ranges: Mapping[str, float]) -> tuple[float, bool]:
    """What a media type is worth to the caller, by the most specific range; and whether it was named itself."""
    if type in ranges:
        return ranges[type], True
    return ranges.get(f"{type.partition('/')[0]}/*", ranges.get("*/*", 0.0)), False


def _of_format(format: str) -> str:
    # A plus sign that was not percent-encoded arrives as a space.
    type, *parameters = format.replace("/fhir ", "/fhir+").split(";")
    if type.strip().lower() not in _FORMATS or not _is_our_version(parameters):
        message = f"_format={shortened(format)} is not supported; expected json or application/fhir+json{_hint(format)}"
        raise NotAcceptable(message, expression=["_format"])
    return FHIR_JSON


def _hint(asked: str) -> str:
    """Why, where that can be told."""
    asked = asked.lower()
    if "fhirversion" in asked:
        return f" without fhirVersion, or with fhirVersion={_VERSIONS[0]}: FHIR {_VERSIONS[-1]} is served"
    named = [word for word, sign in (("XML", "xml"), ("Turtle", "turtle"), ("Turtle", "ttl")) if sign in asked]
    return f" ({' and '.join(named)} is not supported)" if named else ""


def _ranges(header: str) -> Mapping[str, float]:
    """What a header of the Accept family names, with the quality of each."""
    # Only what is short is remembered: a header may be as long as the server takes.
    return _remembered(header) if len(header) <= _LONGEST_REMEMBERED else _parsed(header)


@lru_cache(maxsize=256)
def _remembered(header: str) -> Mapping[str, float]:
    return _parsed(header)


def _parsed(header: str) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name and _is_our_version(parameters):
            found[name] = max(_q(parameters), found.get(name, 0.0))
    return found


def _q(parameters: Iterable[str]) -> float:
    """The quality; 1 where none is given, or none that can be read."""
    text = next((each.partition("=")[2].strip() for each in parameters if each.partition("=")[0].strip() == "q"), "1")
    return float(text) if _QUALITY.fullmatch(text) else 1.0


def _is_our_version(parameters: Iterable[str]) -> bool:
    """Whether no other version of FHIR is meant: https://hl7.org/fhir/R4/http.html#version-parameter."""
    split = (each.partition("=") for each in parameters)
    return all(
        value.strip().strip('"') in _VERSIONS for name, _, value in split if name.strip().lower() == "fhirversion"
    )
