"""What a JWT says, whoever signed it: https://www.rfc-editor.org/rfc/rfc7519#section-3."""

import json
from base64 import urlsafe_b64decode
from typing import Any, NamedTuple


class Unverified(NamedTuple):
    """Header and claims; nothing is proven of either."""

    header: dict[str, Any]
    claims: dict[str, Any]


def unverified(token: str) -> Unverified | None:
    """Both parts of a JWT; None for a text that is none."""
    parts = token.split(".")
    found = [_part(part) for part in parts[:2]] if len(parts) == 3 else []
    header, claims = found or (None, None)
    return Unverified(header, claims) if header is not None and claims is not None else None


def _part(text: str) -> dict[str, Any] | None:
    try:
        value: object = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
