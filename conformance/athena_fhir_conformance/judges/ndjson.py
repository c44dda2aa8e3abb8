"""Files of an export: one complete JSON resource on each line (https://github.com/ndjson/ndjson-spec)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Lines:
    """What a file holds: the resources that could be read, and what was wrong with the rest."""

    resources: tuple[dict[str, Any], ...]
    faults: tuple[str, ...] = field(default=())

    @property
    def types(self) -> set[str]:
        """The types of its resources."""
        return {str(resource.get("resourceType")) for resource in self.resources}

    @property
    def names(self) -> list[str]:
        """``Type/id`` of each, in the order of the file."""
        return [f"{resource.get('resourceType')}/{resource.get('id')}" for resource in self.resources]


def lines_of(body: bytes) -> Lines:
    """What ``body`` holds. The last line may end with a line feed or without."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        return Lines((), (f"not UTF-8: {error}",))
    resources: list[dict[str, Any]] = []
    faults: list[str] = []
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else [], 1):
        _read(number, line, resources, faults)
    return Lines(tuple(resources), tuple(faults))


def _read(number: int, line: str, resources: list[dict[str, Any]], faults: list[str]) -> None:
    if not line.strip():
        faults.append(f"line {number} is blank")
        return
    try:
        value = json.loads(line)
    except ValueError as error:
        faults.append(f"line {number} is not complete JSON: {error}")
        return
    if isinstance(value, dict) and isinstance(value.get("resourceType"), str):
        resources.append(value)
    else:
        faults.append(f"line {number} is no resource")


def repeated(names: Sequence[str]) -> list[str]:
    """The names that come more than once, each once, in the order of their second coming."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for name in names:
        if name in seen:
            twice[name] = None
        seen.add(name)
    return list(twice)


def deletions(bundle: dict[str, Any]) -> tuple[list[str], list[str]]:
    """``Type/id`` of what a line of ``deleted`` says is gone, and what is wrong with that line."""
    faults = (
        [] if bundle.get("type") == "transaction" else [f"Bundle.type is {bundle.get('type')!r}, not 'transaction'"]
    )
    gone = []
    for entry in bundle.get("entry", []):
        request = entry.get("request", {})
        if request.get("method") != "DELETE" or "/" not in str(request.get("url", "")):
            faults.append(f"an entry asks for {request.get('method')} {request.get('url')}, not DELETE Type/id")
        else:
            gone.append(str(request["url"]))
    return gone, faults or ([] if gone else ["a Bundle without entries"])
