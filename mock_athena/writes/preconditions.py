"""``If-Match`` and ``If-None-Match`` of a write: https://hl7.org/fhir/R4/http.html#concurrency, RFC 9110 §13."""

import re
from typing import NamedTuple

from mock_athena.errors import BadRequest, PreconditionFailed, shortened
from mock_athena.store.snapshot import StoredVersion

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_LIST = re.compile(r'\s*(?:W/)?"[^"]*"\s*(?:,\s*(?:W/)?"[^"]*"\s*)*')
_ANY = "*"


class Preconditions(NamedTuple):
    """The two headers as they came; empty where there was none."""

    if_match: str = ""
    if_none_match: str = ""


def require_met(preconditions: Preconditions, current: StoredVersion | None, name: str) -> None:
    """Refuse a write that depends on another version than the current one.

    Args:
        current: None where there is no resource, or it was deleted. name: of the resource, for the message.

    Raises:
        PreconditionFailed: tells which version is current. BadRequest: a header is malformed.
    """
    if preconditions.if_match and not _names(preconditions.if_match, current, "If-Match"):
        raise PreconditionFailed(_failed("If-Match", preconditions.if_match, current, name))
    if preconditions.if_none_match and _names(preconditions.if_none_match, current, "If-None-Match"):
        raise PreconditionFailed(_failed("If-None-Match", preconditions.if_none_match, current, name))


def _names(header: str, current: StoredVersion | None, field: str) -> bool:
    if header.strip() == _ANY:
        return current is not None
    if not _LIST.fullmatch(header):
        message = f'{field}: {shortened(header, 60)}: expected the ETag of a version, such as W/"3", or *'
        raise BadRequest(message, expression=[field])
    return current is not None and str(current.version_id) in _TAG.findall(header)


def _failed(field: str, header: str, current: StoredVersion | None, name: str) -> str:
    stands = f'is at version W/"{current.version_id}"' if current else "is not there"
    return (
        f"{field}: {shortened(header, 60)} does not hold, since {name} {stands}; read it again and repeat your change"
    )
