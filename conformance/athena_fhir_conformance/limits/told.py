"""What a server says of its limits, in header fields and in the words of a refusal: evidence, which others check.

Read are ``RateLimit-Policy`` and ``RateLimit`` of draft-ietf-httpapi-ratelimit-headers, the older ``RateLimit-*`` and
``X-RateLimit-*``, ``Retry-After`` in both of its forms (RFC 9110 §10.2.3), and numbers in the text of a 429.
"""

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

from athena_fhir_conformance.limits.observation import Observation

Tells = Literal["all", "gateway", "body"]

_ITEM = re.compile(r'"?([A-Za-z0-9._-]+)"?\s*((?:;\s*[a-z]+=[^;,]+)*)')
_COME_BACK = re.compile(
    r"(?:come back|again|retry|wait|try in another)[^.\d]{0,30}?(\d+(?:\.\d+)?)\s*"
    r"(milliseconds|ms|minutes?|min|hours?|h|seconds?|secs?|s)\b",
    re.IGNORECASE,
)
_SO_MANY_IN = re.compile(r"(\d[\d,]*)\s+(?:requests|calls)\s+(?:in|per)\s+(\d[\d,]*)\s*s", re.IGNORECASE)
_REFUSED_IN = re.compile(r"refused\s+(\d[\d,]*)\s+times\s+in\s+(\d[\d,]*)\s*s", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "mil": 0.001, "min": 60.0, "h": 3600.0, "s": 1.0}
_EPOCH = 1_000_000_000  # larger numbers are instants rather than seconds to wait


def shortened(text: str, most: int = 120) -> str:
    """What a server says, as it may be shown."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= most else f"{plain[:most]}…"


@dataclass(frozen=True, slots=True)
class ToldLimit:
    """A limit that a server names.

    Attributes:
        window: seconds; 0 where none is named. remaining, reset: as told with it, seconds. at: when that was.
    """

    name: str
    quota: int
    window: int = 0
    remaining: int | None = None
    reset: int | None = None
    at: float = 0.0


def told_limits(seen: Observation) -> tuple[ToldLimit, ...]:
    """The limits that ``RateLimit-Policy`` and ``RateLimit`` name."""
    now = dict(_items(seen.headers.get("ratelimit", "")))
    return tuple(
        ToldLimit(
            name,
            parameters["q"],
            parameters.get("w", 0),
            now.get(name, {}).get("r"),
            now.get(name, {}).get("t"),
            seen.latest,
        )
        for name, parameters in _items(seen.headers.get("ratelimit-policy", ""))
        if "q" in parameters
    )


def _items(field: str) -> list[tuple[str, dict[str, int]]]:
    return [(match[1], _numbers(match[2])) for match in _ITEM.finditer(field) if match[2]]


def _numbers(parameters: str) -> dict[str, int]:
    pairs = (parameter.split("=", 1) for parameter in parameters.split(";") if "=" in parameter)
    return {name.strip(): int(value) for name, value in pairs if value.strip().isdecimal()}


def whole(seen: Observation, *names: str) -> int | None:
    """The first of these fields that is a whole number."""
    for name in names:
        text = seen.headers.get(name, "").strip()
        if text.isdecimal():
            return int(text)
    return None


def told_quota(seen: Observation) -> int | None:
    """The quota that the older fields name."""
    return whole(seen, "x-ratelimit-limit", "ratelimit-limit", "x-rate-limit-limit")


def told_remaining(seen: Observation) -> int | None:
    """What is left, by the older fields."""
    return whole(seen, "x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining")


def told_reset(seen: Observation) -> float | None:
    """Seconds until more is available; an instant is compared with ``Date`` or with the server's own date of it."""
    number = whole(seen, "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
    if number is None or number < _EPOCH:
        return number
    now = seen.decided if seen.decided is not None else server_date(seen)
    return None if now is None else number - now


def reset_is_instant(seen: Observation) -> bool:
    """Whether Reset is an instant rather than seconds from now."""
    return (whole(seen, "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset") or 0) >= _EPOCH


def retry_after(seen: Observation) -> float | None:
    """Seconds that ``Retry-After`` says; a date is compared with ``Date``."""
    text = seen.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        date = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError):
        return None
    now = server_date(seen)
    return None if now is None else date - now


def server_date(seen: Observation) -> float | None:
    """The ``Date`` of an answer, in unix seconds; the second has begun, no more."""
    try:
        return parsedate_to_datetime(seen.headers.get("date", "")).timestamp()
    except (ValueError, TypeError, IndexError):
        return None


def wait_in_words(seen: Observation) -> float | None:
    """Seconds to wait that the text of a refusal names, such as "Try in another 844 seconds"."""
    match = _COME_BACK.search(seen.body)
    if not match:
        return None
    unit = match[2].lower()
    seconds = next(seconds for name, seconds in _SECONDS.items() if unit.startswith(name))
    return float(match[1]) * seconds


def told_wait(seen: Observation) -> float | None:
    """Seconds that a refused caller is told to wait, whoever says it."""
    if seen.verdict != "refused":
        return None
    for said in (retry_after(seen), wait_in_words(seen), told_reset(seen)):
        if said is not None:
            return said
    return None


def quota_in_words(seen: Observation) -> tuple[int, int] | None:
    """A quota and its seconds, that the text of a refusal names."""
    return _pair(_SO_MANY_IN, seen)


def lock_in_words(seen: Observation) -> tuple[int, int] | None:
    """How often one must be refused in how many seconds to be locked out, where a refusal says it."""
    return _pair(_REFUSED_IN, seen)


def _pair(pattern: re.Pattern[str], seen: Observation) -> tuple[int, int] | None:
    match = pattern.search(seen.body)
    return (int(match[1].replace(",", "")), int(match[2].replace(",", ""))) if match else None


def manner(seen: list[Observation]) -> Tells:
    """How a server tells of its limits, in the words of a policy file."""
    names = {name for each in seen for name in each.headers}
    if names & {"retry-after", "ratelimit-policy", "ratelimit"}:
        return "all"
    return "gateway" if any("ratelimit" in name or "rate-limit" in name for name in names) else "body"
