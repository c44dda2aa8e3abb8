"""What US Core 3.1.1 and 6.1.0 ask of a server's searches and data, as tables.

``searches.csv``: combinations of parameters, includes and reverse includes with their level, and of each parameter its
type, paths, the comparators that are SHALL and whether several values are. ``profiles.json``: of each profile what is
mandatory, what must be supported, and the required bindings. Both were derived from the packages ``hl7.fhir.us.core``
(CC0) and, for the paths, from the generated metadata of Inferno's US Core test kit (Apache-2.0).
"""

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from athena_fhir_conformance import matching

Json = dict[str, Any]

_HERE = Path(__file__).parent
NEWEST = "6.1.0"


@dataclass(frozen=True)
class Parameter:
    """A search parameter of a type.

    Attributes:
        kind: token, date, reference or string.
        paths: where its values are in a resource.
    """

    name: str
    kind: str
    paths: tuple[str, ...]
    comparators: tuple[str, ...]
    several: bool

    def values(self, resource: Json) -> list[Any]:
        """Its values in a resource."""
        return [value for path in self.paths for value in matching.values(resource, path)]

    def holds(self, resource: Json, asked: str, base: str = "") -> bool:
        """Whether one of them is what was asked for."""
        found = self.values(resource)
        if self.kind == "reference":
            return any(matching.points_to(value, asked, base) for value in found)
        return any(matching.MATCHES[self.kind](value, asked) for value in found)

    def known(self, resource: Json) -> str:
        """A search value by which the resource must be found; empty if there is none."""
        return next((asked for value in self.values(resource) if (asked := matching.asked_for(value, self.kind))), "")


@dataclass(frozen=True)
class Search:
    """A combination of parameters that a type is searched by."""

    type: str
    names: tuple[str, ...]
    level: str


@dataclass(frozen=True)
class Profile:
    """What a profile asks of resources."""

    name: str
    type: str
    url: str
    codes: tuple[str, ...]
    categories: tuple[str, ...]
    mandatory: tuple[str, ...]
    must_support: tuple[str, ...]
    bindings: tuple[Json, ...]

    def concerns(self, resource: Json) -> bool:
        """Whether a resource is to be judged by it: it claims it, or its fixed code or category is there."""
        if resource.get("resourceType") != self.type:
            return False
        claimed = [str(url).partition("|")[0] for url in matching.values(resource, "meta.profile")]
        if claimed:
            return self.url in claimed
        codes = {code for value in matching.values(resource, "code") for _, code in matching.tokens(value)}
        categories = {code for value in matching.values(resource, "category") for _, code in matching.tokens(value)}
        if self.codes:
            return bool(codes & set(self.codes))
        return not self.categories or (bool(categories & set(self.categories)) and not self._several())

    def _several(self) -> bool:
        return self.type in ("Observation", "ServiceRequest")


@cache
def _rows() -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader((_HERE / "searches.csv").read_text(encoding="utf-8").splitlines()))


@cache
def parameters(type: str) -> dict[str, Parameter]:
    """Name → parameter of a type, of the newest version that has it."""
    found = {}
    for row in sorted(_rows(), key=lambda row: row["version"]):
        if row["what"] == "parameter" and row["type"] == type:
            found[row["name"]] = Parameter(
                row["name"],
                row["is_a"],
                tuple(row["paths"].split()),
                tuple(row["comparators"].split()),
                row["multiple_or"] == "SHALL",
            )
    return found


@cache
def searches(version: str = NEWEST) -> tuple[Search, ...]:
    """Every combination of a version."""
    return tuple(
        Search(row["type"], tuple(row["name"].split("+")), row["level"])
        for row in _rows()
        if row["what"] == "search" and row["version"] == version
    )


@cache
def types(version: str = NEWEST) -> frozenset[str]:
    """The types that a version knows searches of."""
    return frozenset(row["type"] for row in _rows() if row["version"] == version)


@cache
def profiles(version: str = NEWEST) -> tuple[Profile, ...]:
    """Every profile of a version."""
    rows = json.loads((_HERE / "profiles.json").read_text(encoding="utf-8"))[version]
    return tuple(
        Profile(
            row["name"],
            row["type"],
            row["url"],
            *(tuple(row.get(name, ())) for name in ("codes", "categories", "mandatory", "must_support", "bindings")),
        )
        for row in rows
    )
