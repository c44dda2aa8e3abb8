"""The same instant, written in another zone."""

from datetime import datetime, timedelta, timezone

_ELSEWHERE = timezone(timedelta(hours=5, minutes=30))


def elsewhere(instant: str) -> str:
    """An instant of ISO 8601 at +05:30."""
    return datetime.fromisoformat(instant).astimezone(_ELSEWHERE).isoformat(timespec="auto")
