"""The resources of a Bundle, with references that lead to where they will be: https://hl7.org/fhir/R4/bundle.html.

Within a Bundle a resource is known by its ``fullUrl``: https://hl7.org/fhir/R4/bundle.html#references. Here it will be
known by type and id, so references by ``fullUrl``, or below the base URL that the ``fullUrl`` of others shows, become
``Type/id``.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from mock_athena.fhir.placeholders import FHIR_BASE
from mock_athena.fhir.references import is_id, parse_reference
from mock_athena.fhir.resource import Resource, as_object
from mock_athena.store.bodies import encoded

TYPES = ("collection", "transaction", "batch", "searchset", "document", "history")

_URN = "urn:uuid:"
_REFERENCE = re.compile(rb'"(reference|url)":"((?:urn:|https?://)[^"\\]+)"')
_HINT = "a .json file holds one Bundle or one resource; name it .ndjson if each of its lines is a resource"

# (number of the entry from 1, text, error): see mock_athena.store.reading.Found.
Numbered = tuple[int, bytes, str]


def resources_in(text: bytes) -> Iterator[Numbered]:
    """The resources of a Bundle, or the one resource that ``text`` is."""
    try:
        # Decimals pass as the digits that they were written with.
        value = json.loads(text, parse_float=orjson.Fragment, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        yield 0, b"", f"not JSON ({error}); {_HINT}"
        return
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
        yield 0, *_text(value)
    elif value.get("type") not in TYPES:
        yield 0, b"", f"a Bundle of type {value.get('type')!r}; expected {', '.join(TYPES[:-1])} or {TYPES[-1]}"
    elif not isinstance(value.get("entry", []), list):
        yield 0, b"", "Bundle.entry is no list"
    else:
        yield from _entries(value)


def _entries(bundle: Resource) -> Iterator[Numbered]:
    entries = [as_object(entry) for entry in bundle.get("entry", [])]
    for entry in entries:
        _name(entry)
    names = _names(entries)
    seen: set[tuple[Any, Any]] = set()
    for number, entry in enumerate(entries, 1):
        resource = entry.get("resource")
        if bundle["type"] == "history" and _is_older(entry, seen):
            continue
        if resource is None:
            if not ("request" in entry or "response" in entry):
                yield number, b"", "an entry without a resource"
        elif as_object(resource).get("resourceType") != "OperationOutcome":  # tells of the search, is no data
            text, error = _text(resource)
            yield number, _REFERENCE.sub(names.replaced, text), error


def _is_older(entry: Resource, seen: set[tuple[Any, Any]]) -> bool:
    """Whether a newer version came before, as it does in a history; a deletion counts as one."""
    resource = as_object(entry.get("resource"))
    name = (resource.get("resourceType"), resource.get("id"))
    if not resource:
        url = parse_reference(str(as_object(entry.get("request")).get("url", "")))
        name = (url.type, url.id) if url else (None, None)
    older = name in seen
    seen.add(name)
    return older


def _name(entry: Resource) -> None:
    """Give a resource without an id, which a transaction leaves to the server, that of its ``fullUrl``."""
    resource, url = as_object(entry.get("resource")), entry.get("fullUrl")
    if resource and "id" not in resource and isinstance(url, str):
        literal = parse_reference(url)
        id = literal.id if literal else url.removeprefix(_URN)
        if is_id(id):
            resource["id"] = id


class _Names(NamedTuple):
    """What the resources of a Bundle are called in it.

    Attributes:
        known: from ``fullUrl`` to ``Type/id``. bases: URLs that are the base of some of them, with a slash.
    """

    known: dict[bytes, bytes]
    bases: tuple[bytes, ...]

    def replaced(self, match: re.Match[bytes]) -> bytes:
        """A reference, or the URL of an attachment, that leads to what is loaded."""
        element, url = match.groups()
        base = next((base for base in self.bases if url.startswith(base)), None)
        if element == b"reference":
            target = self.known.get(url)
            if target is None and base and parse_reference(url[len(base) :].decode()):
                target = url[len(base) :]
            return b'"reference":"%s"' % target if target else match[0]
        if base and url.startswith(base + b"Binary/"):
            return b'"url":"%s/%s"' % (FHIR_BASE.encode(), url[len(base) :])
        return match[0]


def _names(entries: list[Resource]) -> _Names:
    known: dict[bytes, bytes] = {}
    bases: dict[bytes, None] = {}
    for entry in entries:
        url, resource = entry.get("fullUrl"), as_object(entry.get("resource"))
        if not isinstance(url, str) or not resource:
            continue
        name = f"{resource.get('resourceType')}/{resource.get('id')}"
        known[url.encode("utf-8", "replace")] = name.encode("utf-8", "replace")
        if url.startswith("http") and url.endswith(f"/{name}"):
            bases[url.removesuffix(name).encode("utf-8", "replace")] = None
    return _Names(known, tuple(bases))


def _text(value: Any) -> tuple[bytes, str]:
    try:
        return encoded(value), ""
    except ValueError as error:
        return b"", f"cannot be written as JSON: {error}"


def _no_number(word: str) -> Any:
    message = f"{word} is no JSON number"
    raise ValueError(message)
