"""The Prefer header (RFC 7240) as FHIR uses it: https://hl7.org/fhir/R4/http.html#ops."""

from collections.abc import Iterable
from typing import NamedTuple

_HANDLINGS = ("strict", "lenient")
_RETURNS = ("minimal", "representation", "OperationOutcome")


class Preferences(NamedTuple):
    """What a caller would like.

    Attributes:
        handling: ``strict``, ``lenient``, or empty where the caller does not say, or says what nobody knows: a
            preference that is not understood must be ignored (RFC 7240 §2), as it is a wish and no order.
        respond_async: to be answered when it is done.
        returned: what a write is answered with: ``minimal``, ``representation`` or ``OperationOutcome``; else empty.
        separate_export_status: to be told of an export's status apart from that of the request that asks for it.
    """

    handling: str
    respond_async: bool
    returned: str = ""
    separate_export_status: bool = False


def preferences(headers: Iterable[str], handling: str = "") -> Preferences:
    """The preferences of all Prefer headers of a request; ``handling`` is that of whoever does not say."""
    found: dict[str, str] = {}
    for header in headers:
        for part in header.split(","):
            name, _, value = part.partition(";")[0].partition("=")
            # RFC 7240 §2: of a preference that comes twice, the first counts.
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    said = found.get("handling", "").lower()
    returned = next((each for each in _RETURNS if each.lower() == found.get("return", "").lower()), "")
    return Preferences(
        handling=said if said in _HANDLINGS else handling,
        respond_async="respond-async" in found,
        returned=returned,
        separate_export_status="separate-export-status" in found,
    )
