"""The text of one parameter's values: escapes, alternatives, tokens, dates, references.

https://hl7.org/fhir/R4/search.html#escaping, #token, #prefix, #reference.
"""

import re
from collections.abc import Iterator

from mock_athena.fhir.instants import Range, parse
from mock_athena.fhir.references import is_id, parse_reference
from mock_athena.fhir.registry import RESOURCE_TYPES, SearchParameter
from mock_athena.store.criteria import Comparison, DateMatch, Token

_PREFIXES: dict[str, Comparison] = {
    "eq": "eq", "ne": "ne", "gt": "gt", "lt": "lt", "ge": "ge", "le": "le", "sa": "sa", "eb": "eb", "ap": "overlaps",
}  # fmt: skip

_BETWEEN_COMMAS = re.compile(r"(?:\\.|[^\\,])+")


def alternatives(text: str) -> list[str]:
    """The values between commas, still escaped; ``\\,`` does not separate."""
    return _BETWEEN_COMMAS.findall(text) if "\\" in text else text.split(",")


def unescaped(text: str) -> str:
    """``\\,`` ``\\|`` ``\\$`` ``\\\\`` as the characters that they stand for."""
    return re.sub(r"\\([,|$\\])", r"\1", text) if "\\" in text else text


def token(text: str) -> Token:
    """``code``, ``system|code``, ``|code`` or ``system|``.

    Raises:
        ValueError: neither a system nor a code.
    """
    system, bar, code = _split_at_bar(text)
    if not bar:
        return Token(None, unescaped(text))
    if not system and not code:
        message = "expected code, system|code, |code or system|"
        raise ValueError(message)
    return Token(unescaped(system), unescaped(code) or None)


def _split_at_bar(text: str) -> tuple[str, str, str]:
    match = re.search(r"(?<!\\)\|", text)
    return (text[: match.start()], "|", text[match.end() :]) if match else (text, "", "")


def date(text: str, now: int) -> DateMatch:
    """A date with an optional prefix.

    Args:
        now: microseconds since 1970 UTC, from which ``ap`` (approximately) measures its tenth.

    Raises:
        ValueError: no date of FHIR's grammar.
    """
    prefix = text[:2] if text[:2] in _PREFIXES else ""
    # A plus sign that was not percent-encoded arrives as a space.
    range = parse(text.removeprefix(prefix).replace(" ", "+"))
    if prefix == "ap":
        slack = abs(now - range.low) // 10
        range = Range(range.low - slack, range.high + slack)
    return DateMatch(_PREFIXES[prefix or "eq"], range)


def references(text: str, parameter: SearchParameter, base: str, only: str = "") -> Iterator[str]:
    """The targets, as ``Type/id`` or an absolute URL, that a reference value may mean.

    Args:
        base: our own FHIR base URL: a URL below it means the resource that we hold.
        only: the type that a modifier such as ``:Patient`` named.

    Raises:
        ValueError: not an id, ``Type/id`` or URL, or a type that this parameter never points to.
    """
    allowed = parameter.targets or tuple(RESOURCE_TYPES)
    literal = parse_reference(text)
    if literal and literal.base and literal.base != base:
        yield text
    elif literal:
        if literal.type not in allowed or only not in ("", literal.type):
            message = f"{parameter.code} points to {' or '.join(parameter.targets) or only}, not to {literal.type}"
            raise ValueError(message)
        yield f"{literal.type}/{literal.id}"
    elif is_id(text):
        yield from (f"{type}/{text}" for type in ((only,) if only else allowed))
    elif "://" in text or text.startswith("urn:"):
        yield text
    else:
        message = "expected an id, Type/id or an absolute URL"
        raise ValueError(message)
