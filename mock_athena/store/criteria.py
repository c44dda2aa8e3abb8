"""What can be asked of a snapshot: typed criteria, joined by AND; the values inside one are joined by OR."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from mock_athena.fhir.instants import Range

Comparison = Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "overlaps"]


class Token(NamedTuple):
    """A code in a system: None stands for any, an empty system for a code without one."""

    system: str | None
    code: str | None


class DateMatch(NamedTuple):
    """A comparison of the element's range with ``range``: https://hl7.org/fhir/R4/search.html#prefix."""

    comparison: Comparison
    range: Range


class QuantityMatch(NamedTuple):
    """A comparison of a number with the searched one: https://hl7.org/fhir/R4/search.html#quantity.

    Attributes:
        value: as searched; comparisons of order are with exactly this.
        low, high: the range that the digits of the searched one, or "about", stand for; ``high`` not included.
        system: of the unit; None for any. unit: its code, or how it is written; None for any.
    """

    comparison: Comparison
    value: Decimal
    low: Decimal
    high: Decimal
    system: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class InCompartment:
    """In the compartment of one of these Patients."""

    patients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InOtherCompartment:
    """In the compartment of a Patient who is none of these."""

    patients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InSomeCompartment:
    """In the compartment of any Patient."""


@dataclass(frozen=True, slots=True)
class HasId:
    """Of one of these ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasToken:
    """Carries one of these tokens in ``param``."""

    param: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class HasString:
    """Has a text in ``param`` that starts with, contains, or exactly is one of ``texts``."""

    param: str
    texts: tuple[str, ...]
    mode: Literal["starts", "contains", "exact"] = "starts"


@dataclass(frozen=True, slots=True)
class HasDate:
    """Has a date in ``param`` of which one of the comparisons holds; ``_lastUpdated`` included."""

    param: str
    matches: tuple[DateMatch, ...]


@dataclass(frozen=True, slots=True)
class HasReference:
    """Points, in ``param``, to one of these: ``Type/id`` or an absolute URL."""

    param: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasQuantity:
    """Has, in ``param``, a number of which one of the comparisons holds."""

    param: str
    matches: tuple[QuantityMatch, ...]


@dataclass(frozen=True, slots=True)
class HasComposite:
    """Has, in one element of ``param``, all that one of the alternatives asks of its parts."""

    param: str
    alternatives: tuple[tuple["Condition", ...], ...]


@dataclass(frozen=True, slots=True)
class HasText:
    """Is called, in ``param``, by a text that starts with one of ``texts``: ``:text`` of a token."""

    param: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasTypedIdentifier:
    """Has an identifier of a type and a value: ``:of-type``."""

    param: str
    identifiers: tuple[tuple[Token, str], ...]


@dataclass(frozen=True, slots=True)
class PointsToIdentifier:
    """Points, in ``param``, to something that it names by one of these identifiers: ``:identifier``."""

    param: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class IsMissing:
    """Has nothing in ``param``, or has something, where ``missing`` is False."""

    param: str
    missing: bool


@dataclass(frozen=True, slots=True)
class Negated:
    """Does not meet a condition."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Meets all conditions of one of the alternatives."""

    alternatives: tuple[tuple["Condition", ...], ...]


@dataclass(frozen=True, slots=True)
class Chained:
    """Points, in ``param``, to a resource of one of these selections."""

    param: str
    selections: "tuple[Selection, ...]"


@dataclass(frozen=True, slots=True)
class IsPointedTo:
    """A resource of the selection points to it in that type's ``param``: ``_has``."""

    param: str
    selection: "Selection"


@dataclass(frozen=True, slots=True)
class OneOf:
    """Is a resource of one of these selections of its own type."""

    selections: "tuple[Selection, ...]"


@dataclass(frozen=True, slots=True)
class Nothing:
    """Never met: what a caller must not see at all."""


Condition = (
    InCompartment
    | InOtherCompartment
    | InSomeCompartment
    | HasId
    | HasToken
    | HasString
    | HasDate
    | HasReference
    | HasQuantity
    | HasComposite
    | HasText
    | HasTypedIdentifier
    | PointsToIdentifier
    | IsMissing
    | Negated
    | AnyOf
    | OneOf
    | Nothing
)
"""What is true or false of one resource alone."""

Criterion = Condition | Chained | IsPointedTo


@dataclass(frozen=True, slots=True)
class Selection:
    """Resources of one type that meet every criterion.

    Attributes:
        date: the code of the type's ordering date, whose range stands in the index itself.
    """

    type: str
    criteria: tuple[Criterion, ...] = ()
    date: str = ""


class SortKey(NamedTuple):
    """What results are ordered by: a search parameter, from the smallest or from the largest."""

    param: str
    descending: bool = False


class Position(NamedTuple):
    """A place in the order of results (newest first): after the row with this date and key."""

    date: int
    vk: int
