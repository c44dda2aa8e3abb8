"""The values at a path of the registry, such as ``name.family`` or ``telecom[system=phone]``."""

import re
from functools import cache
from typing import Any, NamedTuple

Json = Any

_STEP = re.compile(r"(?P<name>\w+)(?:\[(?P<key>\w+)=(?P<text>[^\]]*)\])?(?:\.|$)")


class _Step(NamedTuple):
    """One element on the way, and which of several: those whose ``key`` is ``text``, or all."""

    name: str
    key: str | None
    text: str | None


@cache
def _steps(path: str) -> tuple[_Step, ...]:
    return tuple(_Step(**match.groupdict()) for match in _STEP.finditer(path)) if path else ()


def values_at(resource: Json, path: str) -> list[Json]:
    """Every value at ``path``; lists on the way are walked through. An empty path is the resource itself."""
    found = [resource]
    for name, key, text in _steps(path):
        parts = [each.get(name) for each in found if isinstance(each, dict)]
        inside = [item for part in parts for item in (part if isinstance(part, list) else (part,))]
        # A null holds the place of a primitive that has extensions only (R4 json.html#primitive).
        found = [item for item in inside if item is not None]
        if key is not None:
            found = [item for item in found if isinstance(item, dict) and item.get(key) == text]
    return found
