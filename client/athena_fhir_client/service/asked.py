"""What a caller of the service asks for: the guide's options, under the guide's names or Python's.

``initiate_bulk_export("conn_123", {"exportType": "Patient"})`` and ``initiate_bulk_export("conn_123",
export_type="Patient")`` are the same. An option that is not known is an error.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from athena_fhir_client.bulk.asked import ExportRequest, Level
from athena_fhir_client.service.errors import InvalidRequest

STANDARD = (
    "Patient",
    "Observation",
    "Condition",
    "MedicationRequest",
    "AllergyIntolerance",
    "Immunization",
    "Procedure",
)
ENHANCED = ("DiagnosticReport", "CarePlan", "Encounter", "Appointment", "DocumentReference")

_LEVELS: Mapping[str, Level] = {"Patient": "Patient", "Group": "Group", "system": "system", "System": "system"}
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class BulkExportOptions:
    """Of ``initiate_bulk_export``.

    Attributes:
        export_type: ``Patient``, ``Group`` (with ``group_id``) or ``system``.
        resource_types: empty for all that the connection may see.
        since: a datetime, or its text; None for everything.
    """

    export_type: str = "Patient"
    resource_types: tuple[str, ...] = ()
    since: datetime | str | None = None
    group_id: str = ""

    def request(self) -> ExportRequest:
        """As the bulk client takes it.

        Raises:
            InvalidRequest: a value that cannot be.
        """
        if self.export_type not in _LEVELS:
            message = f"exportType {self.export_type!r}: expected one of Patient, Group, system"
            raise InvalidRequest(message)
        try:
            level = _LEVELS[self.export_type]
            return ExportRequest(level, self.group_id, self.resource_types, since=instant("since", self.since))
        except ValueError as error:
            raise InvalidRequest(str(error)) from None


@dataclass(frozen=True, slots=True)
class EnhancedSyncOptions:
    """Of ``enhanced_sync``.

    Attributes:
        include_standard, include_enhanced: which of the two groups of types are synced.
        resource_types: those of a group that are wanted; a group of which none is named is taken whole.
        since: only what was updated after; a datetime, or its text; None for everything.
    """

    include_standard: bool = True
    include_enhanced: bool = True
    resource_types: tuple[str, ...] = ()
    since: datetime | str | None = None

    def types(self) -> tuple[list[str], list[str]]:
        """Standard and enhanced types to sync.

        Raises:
            InvalidRequest: a type that belongs to neither.
        """
        strange = sorted(set(self.resource_types) - {*STANDARD, *ENHANCED})
        if strange:
            message = f"resourceTypes {', '.join(strange)}: expected some of {', '.join((*STANDARD, *ENHANCED))}"
            raise InvalidRequest(message)
        standard = self._of(STANDARD) if self.include_standard else []
        return standard, self._of(ENHANCED) if self.include_enhanced else []

    def _of(self, group: tuple[str, ...]) -> list[str]:
        return [type for type in group if type in self.resource_types] or list(group)


def bulk_export_options(options: Mapping[str, Any] | None, more: Mapping[str, Any]) -> BulkExportOptions:
    """From a mapping and keywords.

    Raises:
        InvalidRequest: an option that is not known.
    """
    return BulkExportOptions(**_known(BulkExportOptions, options, more))


def enhanced_sync_options(options: Mapping[str, Any] | None, more: Mapping[str, Any]) -> EnhancedSyncOptions:
    """From a mapping and keywords.

    Raises:
        InvalidRequest: an option that is not known.
    """
    return EnhancedSyncOptions(**_known(EnhancedSyncOptions, options, more))


def instant(name: str, value: datetime | str | None) -> str:
    """A FHIR instant; empty for None. A datetime without zone is UTC, as is midnight of a mere date.

    Raises:
        InvalidRequest: a text that is no instant.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        value = _parsed(name, value)
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    try:
        value = value.astimezone(UTC)
    except OverflowError:
        message = f"{name} {value.isoformat()!r}: expected an instant of the years 1 to 9999"
        raise InvalidRequest(message) from None
    text = value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _parsed(name: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        message = f"{name} {text!r}: expected an instant, such as 2024-01-01T00:00:00Z"
        raise InvalidRequest(message) from None


def _known(of: type, options: Mapping[str, Any] | None, more: Mapping[str, Any]) -> dict[str, Any]:
    known: Iterable[str] = of.__dataclass_fields__  # type: ignore[attr-defined]
    given = {_HUMP.sub("_", name).lower(): value for name, value in {**(options or {}), **more}.items()}
    strange = sorted(set(given) - set(known))
    if strange:
        message = f"unknown option {', '.join(strange)}: expected some of {', '.join(known)}"
        raise InvalidRequest(message)
    if "resource_types" in given:
        given["resource_types"] = tuple(given["resource_types"] or ())
    return given
