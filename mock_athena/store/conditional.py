"""Conditional references, such as ``Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9``, within loaded data.

A transaction may point to what the server has already: https://hl7.org/fhir/R4/http.html#trules. Here that is whatever
else is loaded, in whichever file. What has no match, or several, stays as it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mock_athena.fhir.resource import as_object, as_text, objects
from mock_athena.store.bodies import decoded
from mock_athena.store.reading import mentions, read

MARK = b"?identifier="
_CONDITIONAL = re.compile(rb'("reference"\s*:\s*")([A-Z][A-Za-z]+\?identifier=[^"&\\]+)"')

# From a conditional reference, as it is written, to Type/id.
Resolved = Mapping[bytes, bytes]


def resolve(text: bytes, resolved: Resolved) -> bytes:
    """The JSON of a resource with its conditional references resolved as far as they can be."""
    return _CONDITIONAL.sub(lambda match: match[1] + resolved.get(match[2], match[2]) + b'"', text)


def resolved_in(files: Sequence[Path]) -> Resolved:
    """What the conditional references in these files stand for.

    Raises:
        DataError: a file cannot be read.
    """
    asked = {found[1] for path in files for text in mentions(path, MARK) for found in _CONDITIONAL.findall(text)}
    if not asked:
        return {}
    wanted = {_meaning(reference): reference for reference in sorted(asked)}
    types = {type for type, _, _ in wanted}
    found: dict[bytes, set[bytes]] = {}
    for resource in _of_types(files, types):
        type, id = as_text(resource.get("resourceType")), as_text(resource.get("id"))
        for identifier in objects(resource.get("identifier")):
            meaning = (type, as_text(identifier.get("system")), as_text(identifier.get("value")))
            if meaning in wanted:
                found.setdefault(wanted[meaning], set()).add(f"{type}/{id}".encode())
    return {reference: next(iter(targets)) for reference, targets in found.items() if len(targets) == 1}


def _meaning(reference: bytes) -> tuple[str, str, str]:
    """Type, system and value that a conditional reference names."""
    type, _, token = reference.decode("utf-8", "replace").partition("?identifier=")
    system, _, value = unquote(token).rpartition("|")
    return type, system, value


def _of_types(files: Sequence[Path], types: set[str]) -> Iterator[dict[str, Any]]:
    names = [f'"{type}"'.encode() for type in types]
    for path in files:
        for found in read(path):
            if any(name in found.text for name in names):
                try:
                    resource = as_object(decoded(found.text))
                except (ValueError, RecursionError):
                    continue  # told of when it is loaded
                if resource.get("resourceType") in types:
                    yield resource
