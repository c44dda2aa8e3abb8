"""Syncs by searching: the types of one patient, or of all that a server lets be searched, straight into a mirror."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from athena_fhir_client.mirror.apply import put_resources
from athena_fhir_client.mirror.mirror import Mirror
from athena_fhir_client.texts import json_text

if TYPE_CHECKING:
    from athena_fhir_client.client import AthenaClient

_PAGE = "100"


def sync_by_search(
    client: "AthenaClient", mirror: Mirror, types: Sequence[str], *, patient: str, since: str
) -> Counter[str]:
    """Put what the searches find into the mirror, all or nothing; how many of each type.

    Args:
        patient: id; empty for all patients. since: an instant, or empty.

    Raises:
        AthenaError: a search was refused, or failed; the mirror is as it was.
    """
    counts: Counter[str] = Counter()
    put_resources(mirror, _bodies(client, types, patient, since, counts))
    return counts


def _bodies(
    client: "AthenaClient", types: Sequence[str], patient: str, since: str, counts: Counter[str]
) -> Iterator[bytes]:
    for type in types:
        for resource in client.search(type, _parameters(type, patient, since)):
            if resource.get("resourceType") == type:
                counts[type] += 1
                yield json_text(resource, separators=(",", ":")).encode()


def _parameters(type: str, patient: str, since: str) -> dict[str, str]:
    asked = {"_count": _PAGE}
    if patient:
        asked["_id" if type == "Patient" else "patient"] = patient
    if since:
        asked["_lastUpdated"] = f"gt{since}"
    return asked
