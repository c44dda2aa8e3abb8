"""The Prefer header (RFC 7240) as FHIR uses it: https://hl7.org/fhir/R4/http.html#ops."""

from collections.abc import Iterable

_HANDLINGS = ("strict", "lenient")


def preferences(headers: Iterable[str]) -> dict[str, str]:
    """Every preference of all Prefer headers by its name in lower case; empty where it has no value."""
    found: dict[str, str] = {}
    for header in headers:
        for part in header.split(","):
            name, _, value = part.partition(";")[0].partition("=")
            if name.strip():
                # RFC 7240 §2: of a preference that comes twice, the first counts.
                found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return found


def handling(headers: Iterable[str]) -> str:
    """``strict``, ``lenient``, or empty where the caller does not say, or says what nobody knows.

    A preference that is not understood must be ignored (RFC 7240 §2): it is a wish, not an order.
    """
    wanted = preferences(headers).get("handling", "").lower()
    return wanted if wanted in _HANDLINGS else ""
