"""One row of the registry: a resource type, and what can be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mock_athena.fhir.parameters import SearchParameter, date, token, uri

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"

COMMON: Mapping[str, SearchParameter] = MappingProxyType(
    {
        parameter.code: parameter
        for parameter in (
            token("_id", "id"),
            date("_lastUpdated", "meta.lastUpdated"),
            uri("_profile", "meta.profile"),
            token("_security", "meta.security"),
            token("_tag", "meta.tag"),
        )
    }
)
"""Search parameters of every type."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


# What stands in repr says how resources are indexed: a database of other rows is refused (store/schema.py).
@dataclass(frozen=True, slots=True)
class ResourceType:
    """One row of the registry.

    Attributes:
        name: such as ``Observation``.
        parameters: its own search parameters by code; those of every type are in :data:`COMMON`.
        patient: path of the reference that puts a resource into a Patient compartment; empty if it is in none,
            ``id`` for Patient itself.
        follows_targets: True for a type that is, without naming a Patient there, in the compartments of what it
            points to (Provenance).
        date: code of the date parameter by which results are ordered, newest first; empty if there is none.
        profiles: canonical URLs of the profiles supported.
        searchable: False for a type that can only be read by id.
        names_patients: True for a type outside the compartments that tells of several patients (Group): whoever is
            confined to one patient never sees it.
        exported: True for a type that has a bulk ``$export`` of its own.
        operations: (name, canonical URL of the definition) of what it can do besides.
        common: parameters that every type has, as far as this one has them.
        offered: the interactions that there are, out of those that there could be; None for all.
        required: combinations of search parameters of which one must be given; empty where anything goes.
        linked: a search can ask about what is pointed to or what points here: chains and ``_has``.
        includes: codes that ``_include`` can follow; None for every reference.
        reverse_includes: what ``_revinclude`` can follow, such as ``Provenance:target``; None for all that points here.
        controls: the parameters of how results come that it takes; None for all.
        accepted: names of parameters that are taken and change nothing, with their types.
        dated: its resources tell when they were last updated.
        granular: searches, such as ``category=laboratory``, for which the type is known to be granted in part.
    """

    name: str
    parameters: Mapping[str, SearchParameter]
    patient: str = ""
    date: str = ""
    profiles: tuple[str, ...] = ()
    searchable: bool = True
    names_patients: bool = False
    exported: bool = False
    follows_targets: bool = False
    operations: tuple[tuple[str, str], ...] = ()
    common: Mapping[str, SearchParameter] = field(default_factory=lambda: COMMON, repr=False)
    offered: tuple[str, ...] | None = field(default=None, repr=False)
    required: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    linked: bool = field(default=True, repr=False)
    includes: tuple[str, ...] | None = field(default=None, repr=False)
    reverse_includes: tuple[str, ...] | None = field(default=None, repr=False)
    controls: frozenset[str] | None = field(default=None, repr=False)
    accepted: Mapping[str, str] = field(default_factory=lambda: _NOTHING, repr=False)
    dated: bool = field(default=True, repr=False)
    granular: tuple[str, ...] = field(default=(), repr=False)

    @property
    def interactions(self) -> tuple[str, ...]:
        """Codes of https://hl7.org/fhir/R4/valueset-type-restful-interaction.html, in the order of the URL table."""
        of_instance = ("read", "vread", "history-instance")
        possible = (*of_instance, "history-type", "search-type") if self.searchable else of_instance
        return possible if self.offered is None else tuple(code for code in possible if code in self.offered)

    @property
    def references(self) -> tuple[SearchParameter, ...]:
        """The parameters that can be followed to what they point to."""
        return tuple(parameter for parameter in self.parameters.values() if parameter.type == "reference")

    @property
    def followed(self) -> tuple[str, ...]:
        """The codes that ``_include`` can follow."""
        return tuple(each.code for each in self.references) if self.includes is None else self.includes

    def parameter(self, code: str) -> SearchParameter | None:
        """The parameter of this code, of this type or common to all; None if there is none."""
        return self.parameters.get(code) or self.common.get(code)

    def takes(self, name: str) -> bool:
        """Whether a parameter of how results come, with or without a modifier, is known here."""
        return self.controls is None or name.partition(":")[0] in self.controls


def resource_type(
    name: str,
    *parameters: SearchParameter,
    patient: str = "",
    date: str = "",
    profiles: tuple[str, ...] = (),
    searchable: bool = True,
    names_patients: bool = False,
    follows_targets: bool = False,
    exported: bool = False,
    operations: tuple[tuple[str, str], ...] = (),
    granular: tuple[str, ...] = (),
) -> ResourceType:
    """A row, written shortly.

    Args:
        profiles: names of US Core profiles without their prefix, or whole URLs.
        operations: (name, canonical URL of the definition) of what it can do besides.
        granular: searches for which the type is known to be granted in part.
    """
    return ResourceType(
        name=name,
        parameters=MappingProxyType({parameter.code: parameter for parameter in parameters}),
        patient=patient,
        date=date,
        profiles=tuple(profile if "://" in profile else US_CORE + profile for profile in profiles),
        searchable=searchable,
        names_patients=names_patients,
        follows_targets=follows_targets,
        exported=exported,
        operations=operations,
        granular=granular,
    )
