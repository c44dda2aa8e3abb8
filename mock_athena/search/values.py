"""The text of one parameter's values: escapes, alternatives, tokens, dates, quantities, references.

https://hl7.org/fhir/R4/search.html#escaping, #token, #prefix, #quantity, #reference.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from mock_athena.fhir.instants import Range, parse
from mock_athena.fhir.references import NO_ID, is_id, parse_reference
from mock_athena.fhir.registry import RESOURCE_TYPES, SearchParameter
from mock_athena.store.criteria import Comparison, DateMatch, QuantityMatch, Token

_PREFIXES: dict[str, Comparison] = {
    "eq": "eq", "ne": "ne", "gt": "gt", "lt": "lt", "ge": "ge", "le": "le", "sa": "sa", "eb": "eb", "ap": "overlaps",
}  # fmt: skip

_BETWEEN_COMMAS = re.compile(r"(?:\\.|[^,])+", re.DOTALL)
_CHARACTER = re.compile(r"\\.|.", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s]+")
_BEFORE_BAR = re.compile(r"((?:\\.|[^\\|])*)\|", re.DOTALL)


def alternatives(text: str) -> list[str]:
    """The values between commas, still escaped; ``\\,`` does not separate."""
    return _BETWEEN_COMMAS.findall(text) if "\\" in text else text.split(",")


def unescaped(text: str) -> str:
    """``\\,`` ``\\|`` ``\\$`` ``\\\\`` as the characters that they stand for."""
    return re.sub(r"\\([,|$\\])", r"\1", text) if "\\" in text else text


def _split(text: str, separator: str) -> list[str]:
    """The pieces between separators, still escaped: ``\\\\`` is a backslash, and what follows it separates."""
    if "\\" not in text:
        return text.split(separator)
    pieces = [""]
    for character in _CHARACTER.findall(text):
        if character == separator:
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces


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
    match = _BEFORE_BAR.match(text)
    return (match[1], "|", text[match.end() :]) if match else (text, "", "")


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


def quantity(text: str) -> QuantityMatch:
    """A number with an optional prefix and unit: ``5.4``, ``gt5.4|http://unitsofmeasure.org|mg/dL``, ``5.4||mg``.

    The range that a number stands for is half a unit of its last digit to either side.

    Raises:
        ValueError: no number, or more than system and unit behind it.
    """
    number, *unit = _split(text, "|")
    prefix = number[:2] if number[:2] in _PREFIXES else ""
    digits = number.removeprefix(prefix)
    if not _NUMBER.fullmatch(digits) or len(unit) not in (0, 2):
        message = "expected a number, number|system|code or number||unit"
        raise ValueError(message)
    value = Decimal(digits)
    exponent = value.as_tuple().exponent
    slack = abs(value) / 10 if prefix == "ap" else Decimal(5).scaleb(int(exponent) - 1)
    system, code = (unescaped(part) or None for part in unit or ("", ""))
    return QuantityMatch(_PREFIXES[prefix or "eq"], value, value - slack, value + slack, system, code)


def parts(text: str) -> list[str]:
    """The parts of a composite, still escaped; ``\\$`` does not separate."""
    return _split(text, "$")


def typed_identifier(text: str) -> tuple[Token, str]:
    """``system|code|value``: the type of an identifier, and its value.

    Raises:
        ValueError: not three parts.
    """
    pieces = _split(text, "|")
    if len(pieces) != 3 or not all(pieces[1:]):
        message = "expected system|code|value, the first two being the identifier's type"
        raise ValueError(message)
    system, code, value = map(unescaped, pieces)
    return Token(system or None, code), value


def id(text: str) -> str:
    """``text``, if it is a FHIR id.

    Raises:
        ValueError: it is none.
    """
    if not is_id(text):
        message = f"{text!r} is {NO_ID}"
        raise ValueError(message)
    return text


def references(
    text: str,
    parameter: SearchParameter,
    is_ours: Callable[[str], bool],
    known_id: Callable[[str], str],
    only: str = "",
) -> tuple[str, ...]:
    """The targets, as ``Type/id`` or an absolute URL, that a reference value may mean.

    Args:
        is_ours: whether a base URL is our own: what is below it is what we hold.
        known_id: from an id as it was sent to the one under which a resource is stored.
        only: the type that a modifier such as ``:Patient`` named.

    Raises:
        ValueError: not an id, ``Type/id`` or URL, or a type that this parameter never points to.
    """
    expected = (only,) if only else parameter.targets
    if text.startswith("urn:") or not _may_be_ours(text, is_ours):
        return (text,)  # somebody else's, of our other environment, or a canonical URL
    plain = text.partition("/_history/")[0]
    if "/" not in plain:
        return tuple(f"{type}/{id(known_id(plain))}" for type in expected or RESOURCE_TYPES)
    base, _, rest = ("/" + plain).rpartition("/")
    base, _, type = base.rpartition("/")
    if base and "://" not in base:
        message = "expected an id, Type/id or an absolute URL"
        raise ValueError(message)
    literal = parse_reference(f"{type}/{id(known_id(rest))}")
    if literal is None or (expected and literal.type not in expected):
        message = f"{type} is no type that it can point to; expected {' or '.join(expected or ('Type/id',))}"
        raise ValueError(message)
    return (f"{literal.type}/{literal.id}",)


def _may_be_ours(text: str, is_ours: Callable[[str], bool]) -> bool:
    """False for an absolute URL that is not below our base; the rest of it may have any form."""
    if not _ABSOLUTE.match(text):
        return True
    above = text.partition("/_history/")[0].rsplit("/", 2)
    return len(above) == 3 and is_ours(above[0])
