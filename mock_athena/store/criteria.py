"""What can be asked of a snapshot: typed criteria, joined by AND; the values inside one are joined by OR."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class InCompartment:
    """In the compartment of one of these Patients."""

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
class Nothing:
    """Never met: what a caller must not see at all."""


Condition = InCompartment | InSomeCompartment | HasId | HasToken | HasString | HasDate | HasReference
Criterion = Condition | Nothing


@dataclass(frozen=True, slots=True)
class Selection:
    """Resources of one type that meet every criterion.

    Attributes:
        date: the code of the type's ordering date, whose range stands in the index itself.
    """

    type: str
    criteria: tuple[Criterion, ...] = ()
    date: str = ""


class Position(NamedTuple):
    """A place in the order of results (newest first): after the row with this date and key."""

    date: int
    vk: int
