"""What the header fields of an answer tell of limits.

``RateLimit-Policy`` and ``RateLimit`` of draft-ietf-httpapi-ratelimit-headers
(https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/), its older ``RateLimit-Limit`` family,
``X-RateLimit-*`` with the reset as epoch seconds or as seconds from now, ``Retry-After`` (RFC 9110 §10.2.3) in its two
forms and in those that real servers made up, ``Server-Timing``, and an emulator's ``X-Mock-Decided-At``. A field that
cannot be read is as good as none.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

from athena_fhir_client.pace.state import Limit

DAY = 86_400
_LONGEST_WINDOW, _LARGEST_QUOTA = 60, 1000  # what is mirrored; larger ones are budgets
_DIGITS = 18
_EPOCH = 1_000_000_000  # whoever tells more seconds than this means an instant
_ITEM = re.compile(r'\s*"?([^";,]*)"?((?:\s*;\s*[a-z*][a-z0-9_.*-]*=(?:"[^"]*"|[^;,"]*))*)\s*(?:,|$)')
_NUMBER = re.compile(rf"\s*-?[0-9]{{1,{_DIGITS}}}(\.[0-9]{{1,{_DIGITS}}})?\s*")
_PARAMETER = re.compile(r";\s*([a-z*][a-z0-9_.*-]*)=\"?([^;,\"]*)\"?")


class Told(NamedTuple):
    """What one answer told; None and empty where it told nothing. A named tuple, as :class:`.state.Pace` is one.

    Attributes:
        limits: the sliding windows.
        per_day: quota of a day.
        remaining: quota of a limit → what is left of it.
        retry_after: seconds from now, as ``Retry-After`` has it.
        reset: seconds until something is left again.
        duration: seconds that the server worked on it.
        decided: when the server counted it, in seconds of its clock.
    """

    limits: tuple[Limit, ...] = ()
    per_day: int | None = None
    remaining: tuple[tuple[int, int], ...] = ()
    retry_after: float | None = None
    reset: float | None = None
    duration: float | None = None
    decided: float | None = None

    @property
    def spent_today(self) -> int | None:
        """How many requests of the day's quota are spent, if that was told."""
        per_day = self.per_day
        if per_day:
            for quota, left in self.remaining:
                if quota == per_day:
                    return per_day - left
        return None

    def remaining_of(self, limit: Limit) -> int | None:
        """What is left of a limit, if that was told."""
        for quota, left in self.remaining:
            if quota == limit.quota:
                return left
        return None


NOTHING = Told()


def told_by(headers: Mapping[str, str], now: float) -> Told:
    """What the header fields of an answer tell.

    Args:
        headers: of any capitals (``requests`` gives such a mapping).
        now: seconds since 1970.
    """
    windows = _windows(headers.get("RateLimit-Policy", ""))
    limits = tuple(each for each in windows.values() if each and each.window <= _LONGEST_WINDOW)
    days = [each.quota for each in windows.values() if each and each.window == DAY]
    return Told(
        limits=tuple(each for each in limits if each.quota <= _LARGEST_QUOTA),
        per_day=min(days) if days else None,
        remaining=tuple(_remaining(headers, windows).items()),
        retry_after=seconds_of(headers.get("Retry-After"), now),
        reset=_reset(headers, now),
        duration=_duration(headers.get("Server-Timing", "")),
        decided=_decided(headers.get("X-Mock-Decided-At", "")),
    )


def seconds_of(text: str | None, now: float) -> float | None:
    """A ``Retry-After`` as seconds from now: a number, a date, an instant in seconds or milliseconds since 1970.

    None where there is none, or none that could be meant: an instant that is past, less than nothing.
    """
    if not text or not text.strip():
        return None
    seconds = _number(text)
    if seconds is None:
        seconds = _date(text)
        if seconds is None:
            return None
    elif seconds > _EPOCH * 1000:
        seconds /= 1000
    elif seconds <= _EPOCH:
        return seconds if seconds >= 0 else None
    return seconds - now if seconds >= now else None


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    return float(text) if text and _NUMBER.fullmatch(text) else None


def _items(text: str) -> dict[str, dict[str, str]]:
    """The items of a list (RFC 9651) with their parameters; empty if it is not one."""
    found: dict[str, dict[str, str]] = {}
    at = 0
    while at < len(text):
        item = _ITEM.match(text, at)
        if item is None or item.end() == at:
            return {}
        found[item[1]] = dict(_PARAMETER.findall(item[2]))
        at = item.end()
    return found


@lru_cache(maxsize=16)  # it is the same with every answer
def _windows(policy: str) -> Mapping[str, Limit | None]:
    return {name: _limit(parameters) for name, parameters in _items(policy).items()}


def _limit(parameters: Mapping[str, str]) -> Limit | None:
    quota, window = parameters.get("q", ""), parameters.get("w", "")
    return Limit(int(quota), float(window)) if _positive(quota) and _positive(window) else None


def _positive(text: str) -> bool:
    return _whole(text) and int(text) > 0


def _whole(text: str) -> bool:
    """Whether it is a whole number, and not one that nobody can mean."""
    return len(text) <= _DIGITS and text.isascii() and text.isdigit()


def _remaining(headers: Mapping[str, str], windows: Mapping[str, Limit | None]) -> dict[int, int]:
    """Quota → remaining: by name where the draft's fields tell it, else by the quota itself."""
    found: dict[int, int] = {}
    for prefix in ("RateLimit", "X-RateLimit"):
        quota, left = headers.get(f"{prefix}-Limit", ""), headers.get(f"{prefix}-Remaining", "")
        if _positive(quota) and _whole(left):
            found[int(quota)] = int(left)
    for name, parameters in _items(headers.get("RateLimit", "")).items():
        limit, left = windows.get(name), parameters.get("r", "")
        if limit and _whole(left):
            found[limit.quota] = int(left)
    return found


def _reset(headers: Mapping[str, str], now: float) -> float | None:
    told = headers.get("RateLimit", "")
    empty = [_number(each.get("t")) for each in _items(told).values() if each.get("r") == "0"] if "r=0" in told else []
    waits = [each for each in empty if each is not None]
    if waits:
        return max(waits)
    return seconds_of(headers.get("RateLimit-Reset") or headers.get("X-RateLimit-Reset"), now)


def _duration(text: str) -> float | None:
    """``total;dur=`` in seconds."""
    found = re.search(r"(?:^|,)\s*total\s*(?:;[^,]*)?;\s*dur=(\d+(?:\.\d+)?)", text)
    seconds = _number(found[1]) if found else None
    return None if seconds is None else seconds / 1000


def _decided(text: str) -> float | None:
    return _number(text.partition(";")[0])
