"""Instants, as a page tells them."""

from datetime import UTC, datetime

from mock_athena.clock import NANOSECONDS


def moment(nanoseconds: int) -> str:
    """``24 November 2026, 21:40 UTC``."""
    at = datetime.fromtimestamp(nanoseconds // NANOSECONDS, UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
