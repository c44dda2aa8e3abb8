"""One row of the registry: a resource type, and what can be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass
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
        required: combinations of search parameters of which the real API wants one; empty where it has no search, or
            where none is known.
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
    required: tuple[tuple[str, ...], ...] = ()

    @property
    def interactions(self) -> tuple[str, ...]:
        """Codes of https://hl7.org/fhir/R4/valueset-type-restful-interaction.html, in the order of the URL table."""
        of_instance = ("read", "vread", "history-instance")
        return (*of_instance, "history-type", "search-type") if self.searchable else of_instance

    @property
    def references(self) -> tuple[SearchParameter, ...]:
        """The parameters that ``_include`` can follow."""
        return tuple(parameter for parameter in self.parameters.values() if parameter.type == "reference")

    def parameter(self, code: str) -> SearchParameter | None:
        """The parameter of this code, of this type or common to all; None if there is none."""
        return self.parameters.get(code) or COMMON.get(code)


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
    required: tuple[str, ...] = (),
) -> ResourceType:
    """A row, written shortly.

    Args:
        profiles: names of US Core profiles without their prefix, or whole URLs.
        operations: (name, canonical URL of the definition) of what it can do besides.
        required: combinations such as ``patient+intent``.
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
        required=tuple(tuple(combination.split("+")) for combination in required),
    )
