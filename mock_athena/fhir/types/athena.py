"""What the real API offers of each type: a narrower view of the registry's rows, and parameters of its own.

The facts are those of its CapabilityStatement of August 2026: interactions, search parameters, the combinations of
them of which one is required, includes. Types that are not here it does not have. What the parameters of its own
find is our reading of their names: ``docs/fidelity.md`` says which.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from mock_athena.fhir.parameters import SearchParameter, date, reference, token
from mock_athena.fhir.resource_type import COMMON, ResourceType

EXTENSION_URL = "https://fhir.athena.io/StructureDefinition/"

_PAGED = ("_count", "cursor")
_INCLUDES = ("_include", "_revinclude")


def _in_extension(code: str, value: str = "valueReference") -> tuple[str, str]:
    return code, f"extension[url={EXTENSION_URL}{code}].{value}"


OWN: Mapping[str, SearchParameter] = MappingProxyType(
    {
        parameter.code: replace(parameter, indexed=False)
        for parameter in (
            reference(*_in_extension("ah-brand")),
            reference(*_in_extension("ah-chart-sharing-group")),
            reference(*_in_extension("ah-department")),
            reference(*_in_extension("ah-practice")),
            reference(*_in_extension("ah-provider-group")),
            date(*_in_extension("ah-published-date-time-to-portal", "valueDateTime")),
            reference(*_in_extension("base-appointment-id")),
            reference(*_in_extension("group-appointment-id")),
            reference("device-name", "usedReference"),
            reference("encounter", to=("Encounter",)),
            token("ingredient-code", "contained.ingredient.itemCodeableConcept"),
            date("date", "whenHandedOver"),
        )
    }
)
"""Parameters that R4 does not have, or not for the type in question; none is in the index."""

_EVERYWHERE = {"ah-practice": "reference"}
"""What every type takes and what filters nothing: it says in which practice the request is meant."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What the real API offers of one type.

    Attributes:
        parameters: codes of R4's search parameters, those of every type included. own: those of :data:`OWN`.
        controls: the parameters that say how results come.
        accepted: names of parameters that are taken and change nothing, with their types.
        required: combinations of search parameters of which one must be given; none where none is known.
        includes: codes that ``_include`` can follow. provenance: what points to it by ``Provenance.target`` can come
            along.
        dated: its resources were seen with a ``meta.lastUpdated``.
    """

    parameters: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    accepted: tuple[tuple[str, str], ...] = ()
    required: tuple[tuple[str, ...], ...] = ()
    includes: tuple[str, ...] = ()
    provenance: bool = False
    dated: bool = True
    interactions: tuple[str, ...] = ("read", "search-type")
    exported: bool = False


def narrowed(kind: ResourceType, offered: Offered) -> ResourceType:
    """The registry's row of a type as far as the real API offers it."""
    known = {code: kind.parameters[code] for code in offered.parameters if code in kind.parameters}
    return replace(
        kind,
        parameters=MappingProxyType(known | {code: OWN[code] for code in offered.own}),
        common=MappingProxyType({code: COMMON[code] for code in offered.parameters if code in COMMON}),
        searchable="search-type" in offered.interactions,
        offered=offered.interactions,
        exported=offered.exported,
        operations=(),
        required=offered.required,
        linked=False,
        includes=offered.includes,
        reverse_includes=("Provenance:target",) if offered.provenance else (),
        controls=frozenset(offered.controls),
        accepted=MappingProxyType(_EVERYWHERE | dict(offered.accepted)),
        dated=offered.dated,
    )


def _row(
    parameters: str,
    own: str = "",
    *,
    required: str = "",
    include: str = "",
    controls: tuple[str, ...] = (*_PAGED, *_INCLUDES),
    accepted: tuple[tuple[str, str], ...] = (),
    provenance: bool = True,
    dated: bool = True,
) -> Offered:
    """A row, written shortly: names with spaces between them, combinations such as ``patient+intent``."""
    return Offered(
        parameters=(*parameters.split(), "_security"),
        own=tuple(own.split()),
        controls=controls,
        accepted=accepted,
        required=tuple(tuple(combination.split("+")) for combination in required.split()),
        includes=tuple(include.split()),
        provenance=provenance,
        dated=dated,
    )


_GROUPS = "ah-brand ah-chart-sharing-group ah-department ah-provider-group"
_PLAN_INCLUDES = f"patient ah-practice {_GROUPS}"
_CHART = "ah-chart-sharing-group"

OFFERED: Mapping[str, Offered] = MappingProxyType(
    {
        "Patient": _row(
            "_id identifier name birthdate gender family given _lastUpdated",
            _GROUPS,
            required="_id identifier name family+birthdate family+gender family+given",
            include=f"{_CHART} ah-brand ah-provider-group",
        ),
        "Observation": _row(
            "_id patient date category code encounter _lastUpdated",
            _CHART,
            required="patient _id",
            include=f"{_CHART} ah-practice encounter patient",
        ),
        "Condition": _row(
            "_id patient encounter code category _lastUpdated",
            _CHART,
            required="encounter patient _id",
            include=f"{_CHART} ah-practice encounter patient",
            accepted=(("ah-redact-inline-security", "token"),),
        ),
        "AllergyIntolerance": _row(
            "patient code _lastUpdated", _CHART, required="patient", include="patient", dated=False
        ),
        "Immunization": _row(
            "_id patient date status vaccine-code _lastUpdated",
            f"encounter {_CHART}",
            required="patient _id",
            include=f"encounter patient {_CHART} ah-practice",
        ),
        "Procedure": _row(
            "_id patient date encounter performer _lastUpdated",
            f"{_CHART} ah-provider-group device-name",
            required="patient _id",
            include=f"{_CHART} performer device-name ah-provider-group encounter patient",
            dated=False,
        ),
        "DiagnosticReport": _row(
            "_id patient encounter category code date result performer _lastUpdated",
            _CHART,
            required="patient _id",
            include=f"{_CHART} encounter patient result performer",
            accepted=(("ah-include-cpt-codes-for-imaging-results", "token"),),
        ),
        "Specimen": _row("_id patient _lastUpdated", _CHART, include=f"{_CHART} patient", controls=_INCLUDES),
        "MedicationRequest": _row(
            "_id patient subject intent status authoredon medication encounter requester code _lastUpdated",
            f"{_CHART} ingredient-code",
            required="patient+intent _id",
            include=f"encounter medication subject requester {_CHART} ah-practice",
            accepted=(("ah-most-recent-medication-instance-and-prescribed-vaccines", "token"),),
        ),
        "MedicationDispense": _row(
            "_id patient status _lastUpdated", f"{_CHART} date", include="medication", controls=_INCLUDES
        ),
        "Medication": _row("_id ingredient-code", required="_id", controls=(), provenance=False),
        "CarePlan": _row("_id patient category _lastUpdated", _GROUPS, required="patient _id", include=_PLAN_INCLUDES),
        "Goal": _row("_id patient _lastUpdated", _GROUPS, required="patient _id", include=_PLAN_INCLUDES),
        "CareTeam": _row(
            "_id patient status _lastUpdated",
            _GROUPS,
            required="patient _id",
            include=_PLAN_INCLUDES,
            dated=False,
        ),
        "Encounter": _row(
            "_id patient date location service-provider practitioner _lastUpdated",
            _CHART,
            required="patient _id",
            include=f"{_CHART} ah-practice patient",
        ),
        "ServiceRequest": _row(
            "_id patient encounter status authored performer requester code category _lastUpdated",
            _CHART,
            required="_id patient",
            include=f"{_CHART} ah-practice encounter patient performer requester",
            accepted=(("ah-include-quality-codes", "token"),),
        ),
        "Device": _row(
            "_id patient _lastUpdated",
            _CHART,
            required="patient _id",
            include=f"{_CHART} ah-practice patient",
            dated=False,
        ),
        "Coverage": _row(
            "patient _lastUpdated",
            "ah-provider-group",
            required="patient",
            include="patient",
        ),
        "Appointment": _row(
            "_id",
            "base-appointment-id group-appointment-id",
            required="_query+base-appointment-id _query+group-appointment-id _id",
            controls=(),
            accepted=(("_query", "string"),),
            provenance=False,
        ),
        "DocumentReference": _row(
            "_id patient category type date encounter author custodian _lastUpdated",
            f"{_CHART} ah-published-date-time-to-portal",
            required="patient _id",
            include=f"{_CHART} encounter patient author custodian",
            controls=(*_PAGED, *_INCLUDES, "_sort"),
        ),
        "Binary": Offered(interactions=("read",)),
        "QuestionnaireResponse": _row(
            "_id patient authored encounter questionnaire status _lastUpdated",
            _CHART,
            include="encounter patient questionnaire",
            controls=_INCLUDES,
        ),
        "Provenance": _row("target", required="target", include="agent", controls=("_include",), provenance=False),
        "RelatedPerson": _row(
            "_id patient active name _lastUpdated",
            "ah-brand ah-chart-sharing-group ah-provider-group",
            include="ah-brand ah-chart-sharing-group ah-provider-group patient",
            controls=_INCLUDES,
        ),
        "Practitioner": _row(
            "_id identifier",
            "ah-provider-group",
            required="_id identifier+ah-practice",
            controls=(),
            provenance=False,
            dated=False,
        ),
        "Group": Offered(interactions=(), exported=True),
        "Organization": _row(
            "_id", f"ah-provider-group {_CHART}", required="_id", controls=(), provenance=False, dated=False
        ),
        "Location": _row(
            "_id", f"ah-provider-group {_CHART}", required="_id", controls=(), provenance=False, dated=False
        ),
    }
)
