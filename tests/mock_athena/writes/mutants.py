"""Resources with one thing changed: most are no resources any more."""

import copy
import random
from collections.abc import Iterator
from typing import Any

Body = dict[str, Any]


def mutants(resource: Body, chance: random.Random) -> Iterator[Body]:
    """The resource with one thing changed, in several ways."""
    for _ in range(6):
        mutant = copy.deepcopy(resource)
        places = [(holder, name) for holder, name in _places(mutant) if name not in ("resourceType", "id", "meta")]
        holder, name = chance.choice(places)
        match chance.randrange(5):
            case 0:
                del holder[name]
            case 1:
                holder[f"{name}X"] = holder[name]
            case 2:
                holder[name] = [holder[name]] if not isinstance(holder[name], list) else holder[name][0]
            case 3:
                holder[name] = chance.choice([5, "", "x y", True, {"a": 1}, [], None, "2026-02-30"])
            case _:
                holder[name] = {} if isinstance(holder[name], dict) else "http://x .y"
        yield mutant


def _places(value: Any) -> Iterator[tuple[Body, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield value, name
            yield from _places(part)
    elif isinstance(value, list):
        for part in value:
            yield from _places(part)
