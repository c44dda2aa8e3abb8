"""Search parameters as values, and short ways to write them down.

A path is a chain of elements from the root of the resource. Lists on the way are walked through, ``name[key=text]``
keeps the elements in which ``key`` is ``text``, and an element with a choice of types carries its type in its name
(``valueQuantity``). https://hl7.org/fhir/R4/search.html#ptypes
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

ParameterType = Literal["token", "string", "date", "reference", "uri", "quantity", "composite"]

COMPARATORS = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
"""Prefixes of dates and quantities: https://hl7.org/fhir/R4/search.html#prefix."""

MODIFIERS: Mapping[ParameterType, tuple[str, ...]] = MappingProxyType(
    {
        "token": ("missing", "not", "text", "of-type"),
        "string": ("missing", "exact", "contains"),
        "date": ("missing",),
        "reference": ("missing", "identifier"),
        "uri": ("missing",),
        "quantity": ("missing",),
        "composite": (),
    }
)
"""What may follow a parameter's name after a colon; for references also a type that they may point to."""


# Every resource has these.
_OWN_MODIFIERS: Mapping[str, tuple[str, ...]] = MappingProxyType({"_id": ("not",), "_lastUpdated": ()})


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """One search parameter of one type.

    Attributes:
        code: its name in a URL.
        type: how its values are compared.
        paths: where in the resource its values are, such as ``name.family``.
        targets: for a reference, the types it may point to; empty means any.
        presence: True where the value is not the element's own, but whether there is one other than ``false``.
        indexed: False for one that is seldom asked for, and answered from the bodies of what else is asked for.
        parts: for a composite, what its values consist of, on paths from each element of ``paths``; an empty path is
            the resource itself.
    """

    code: str
    type: ParameterType
    paths: tuple[str, ...]
    targets: tuple[str, ...] = ()
    presence: bool = False
    indexed: bool = True
    parts: tuple["SearchParameter", ...] = ()

    @property
    def modifiers(self) -> tuple[str, ...]:
        """Its modifiers, types that it may point to apart."""
        if self.code in _OWN_MODIFIERS:
            return _OWN_MODIFIERS[self.code]
        if self.presence:
            return ("missing", "not")
        known = MODIFIERS[self.type]
        return known if self._is_identifier else tuple(each for each in known if each != "of-type")

    @property
    def _is_identifier(self) -> bool:
        """Whether its values have a type of their own, as every Identifier of R4 has and is called so."""
        return any(path.lower().endswith("identifier") for path in self.paths) or self.code == "requisition"

    @property
    def has_order(self) -> bool:
        """Whether results can be sorted by it."""
        return self.type != "composite" and not self.presence

    @property
    def comparators(self) -> tuple[str, ...]:
        """Its prefixes."""
        return COMPARATORS if self.type in ("date", "quantity") else ()


def token(code: str, *paths: str) -> SearchParameter:
    """A code, an identifier, a boolean."""
    return SearchParameter(code, "token", paths or (code,))


def string(code: str, *paths: str) -> SearchParameter:
    """A text, or every text of a name or an address."""
    return SearchParameter(code, "string", paths or (code,))


def date(code: str, *paths: str) -> SearchParameter:
    """A date, an instant or a period."""
    return SearchParameter(code, "date", paths or (code,))


def uri(code: str, *paths: str) -> SearchParameter:
    """A URL, compared whole."""
    return SearchParameter(code, "uri", paths or (code,))


def reference(code: str, *paths: str, to: tuple[str, ...] = ()) -> SearchParameter:
    """A reference, or a canonical URL."""
    return SearchParameter(code, "reference", paths or (code,), to)


def quantity(code: str, *paths: str) -> SearchParameter:
    """A number with a unit. None is in the index: one is asked for together with a code or a patient."""
    return SearchParameter(code, "quantity", paths, indexed=False)


def composite(code: str, *parts: SearchParameter, of: tuple[str, ...] = ("",)) -> SearchParameter:
    """Several values of one element, written with ``$`` between them."""
    return SearchParameter(code, "composite", of, indexed=False, parts=parts)


def present(code: str, *paths: str) -> SearchParameter:
    """Whether there is an element at all, other than ``false``."""
    return SearchParameter(code, "token", paths, presence=True)


def seldom(*parameters: SearchParameter) -> Iterable[SearchParameter]:
    """Parameters that are not worth the room and the time of an index."""
    return (replace(parameter, indexed=False) for parameter in parameters)


def patient(path: str) -> tuple[SearchParameter, ...]:
    """``patient`` on a path, and ``subject`` beside it where the element is called so."""
    by_patient = reference("patient", path, to=("Patient",))
    return (by_patient, reference("subject", path)) if path == "subject" else (by_patient,)


ADDRESS = (
    string("address", "address"),
    string("address-city", "address.city"),
    string("address-state", "address.state"),
    string("address-postalcode", "address.postalCode"),
    *seldom(string("address-country", "address.country"), token("address-use", "address.use")),
)
NAMES = (string("name", "name"), string("family", "name.family"), string("given", "name.given"))
TELECOM = (
    token("telecom"),
    *seldom(token("email", "telecom[system=email]"), token("phone", "telecom[system=phone]")),
)
