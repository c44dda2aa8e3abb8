"""Header fields that tell of limits: Retry-After (RFC 9110 §10.2.3), X-RateLimit-*, and the IETF draft's fields.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise

EPOCH_FROM = 1_000_000_000
"""A number of seconds above this is an instant since 1970, not a time to wait: 31 years."""


def waiting_time(value: str, now: datetime) -> float | None:
    """Seconds to wait as Retry-After says, from ``now`` where it is a date; None where it is neither."""
    if re.fullmatch(r"[0-9]+", value):
        return float(value)
    instant = http_date(value)
    return None if instant is None else max(0.0, (instant - now).total_seconds())


def http_date(value: str) -> datetime | None:
    """The instant of an HTTP-date with GMT (RFC 9110 §5.6.7), or None."""
    if not value.endswith(" GMT"):
        return None
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except (TypeError, ValueError):
        return None


def whole(value: str | None) -> int | None:
    """The non-negative whole number that a field holds, or None; more than 18 digits are none."""
    return int(value) if value is not None and re.fullmatch(r"[0-9]{1,18}", value.strip()) else None


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a list of structured fields: ``"burst";q=16;w=2``. Parameters are as they were sent."""

    name: str
    parameters: Mapping[str, str]


_STRING = r'"(?:[^"\\]|\\["\\])*"'
_WORD = r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*"
_BARE = rf"(?:-?[0-9]+(?:\.[0-9]+)?|{_STRING}|{_WORD}|:[A-Za-z0-9+/=]*:|\?[01])"
_PARAMETER = rf" *; *([a-z*][a-z0-9_.*-]*)(?:=({_BARE}))?"
_MEMBER = re.compile(rf"({_STRING}|{_WORD})((?:{_PARAMETER})*)")


def members(field: str) -> list[Member] | None:
    """The members of a structured list of strings or tokens with parameters (RFC 9651 §3.1); None where it is none."""
    found, rest = [], field.strip()
    while rest:
        match = _MEMBER.match(rest)
        if match is None:
            return None
        parameters = {name: value or "?1" for name, value in re.findall(_PARAMETER, match[2])}
        found.append(Member(match[1].strip('"'), parameters))
        rest = rest[match.end() :].strip()
        if rest and (not rest.startswith(",") or not rest[1:].strip()):
            return None
        rest = rest[1:].strip()
    return found or None


def ill_formed(listed: Sequence[Member], required: str, positive: Sequence[str] = ()) -> list[str]:
    """What is wrong with the quotas (``q``), windows (``w``), remainders (``r``) and times (``t``) of a field.

    Args:
        listed: its members.
        required: the parameter that each must have: ``q`` of a policy, ``r`` of what is left.
        positive: the parameters that must be above zero: ``w``.
    """
    wrong = [f"{each.name!r} has no {required}" for each in listed if required not in each.parameters]
    for each in listed:
        for key in ("q", "w", "r", "t"):
            value = each.parameters.get(key)
            if value is None:
                continue
            number = whole(value)
            if number is None:
                wrong.append(f"{key}={value} of {each.name!r} is not a non-negative whole number")
            elif key in positive and number == 0:
                wrong.append(f"{key}=0 of {each.name!r} is not above zero")
    return wrong


def rises(remaining: Sequence[int], quota: int) -> list[str]:
    """Where a remainder is not one less or the same as before, goes below zero or above the quota, within one window.

    A burst within one window may be counted by units of more than one, so it is only asked to fall, never to rise.
    """
    wrong = [f"{number} is above the limit of {quota}" for number in remaining if number > quota]
    pairs = pairwise(remaining)
    return wrong + [f"{later} after {earlier}" for earlier, later in pairs if later > earlier]
