"""Instants as the integration guide writes them: UTC, whole seconds, ``Z``."""

from datetime import UTC, datetime


def instant_of(unix: float) -> str:
    """Such as ``2024-01-15T10:00:00Z``."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
