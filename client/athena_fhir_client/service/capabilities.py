"""What a connection's server can do, read from its CapabilityStatement."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from athena_fhir_client.errors import JsonObject
from athena_fhir_client.providers import ATHENAHEALTH

if TYPE_CHECKING:
    from athena_fhir_client.client import AthenaClient


@dataclass(frozen=True, slots=True)
class Capabilities:
    """In the integration guide's fields.

    Attributes:
        bulk_export: there is an ``export`` operation. The next five: the type can be read or searched.
        rate_limit: such as ``8 requests/second``.
    """

    bulk_export: bool
    diagnostic_reports: bool
    care_plans: bool
    encounters: bool
    appointments: bool
    document_references: bool
    rate_limit: str


def capabilities_of(client: "AthenaClient") -> Capabilities:
    """Ask the server.

    Raises:
        AthenaError: it does not answer.
    """
    rests = _list(client.json("GET", "metadata", auth=False).get("rest"))
    types = {str(each.get("type")) for each in _resources(rests)}
    limits = (client.provider or ATHENAHEALTH).rate_limits
    return Capabilities(
        bulk_export=any(_exports(each) for each in [*rests, *_resources(rests)]),
        diagnostic_reports="DiagnosticReport" in types,
        care_plans="CarePlan" in types,
        encounters="Encounter" in types,
        appointments="Appointment" in types,
        document_references="DocumentReference" in types,
        rate_limit=f"{limits.per_second} requests/second",
    )


def _resources(rests: list[JsonObject]) -> Iterator[JsonObject]:
    for rest in rests:
        yield from _list(rest.get("resource"))


def _exports(part: JsonObject) -> bool:
    operations = _list(part.get("operation"))
    return any(each.get("name") in ("export", "patient-export", "group-export") for each in operations)


def _list(value: Any) -> list[JsonObject]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
