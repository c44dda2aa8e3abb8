"""Whether the references of a resource lead somewhere.

The rule: what we would hold ourselves must be there, not deleted, visible to whoever writes, and of a type that R4
allows there; else it is an error. What we cannot look up (a type that is not served, ``urn:uuid:…``) is a warning,
and what is on another server, an identifier or a display alone, is taken as it is.
https://hl7.org/fhir/R4/references.html
"""

from collections.abc import Callable, Iterable, Iterator

from mock_athena.errors import Issue, shortened
from mock_athena.fhir.references import own_reference, parse_reference
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import Resource, as_text, objects
from mock_athena.store import Snapshot
from mock_athena.store.confinement import Reach, is_hidden
from mock_athena.writes.structure import Pointer

Known = Callable[[str, str], bool]


def known_in(snapshot: Snapshot, reach: Reach, expected: frozenset[str] = frozenset()) -> Known:
    """Whether a resource of a type and id is there, for a caller of this reach.

    Of types that the caller may not read, those count that are of a patient whom it may write about: what points
    to an encounter can be written without a right to read encounters.

    Args:
        expected: ``Type/id`` of what will be there.
    """

    compartments = reach.compartments

    def known(type: str, id: str) -> bool:
        if f"{type}/{id}" in expected:
            return True
        stored = snapshot.read(type, id)
        seen = next((letter for letter in "rs" if reach.grants(type, letter)), "")
        hidden = is_hidden(snapshot, RESOURCE_TYPES[type], stored, reach if seen else compartments, seen or "r")
        return stored is not None and not stored.deleted and not hidden

    return known


def pointing_problems(resource: Resource, pointers: Iterable[Pointer], known: Known) -> Iterator[Issue]:
    """What is wrong with the references of a resource."""
    contained = {
        as_text(each.get("id")): as_text(each.get("resourceType")) for each in objects(resource.get("contained"))
    }
    itself = (resource["resourceType"], resource.get("id"))
    for pointer in pointers:
        text = as_text(pointer.reference.get("reference"))
        if text.startswith("#"):
            yield from _local(pointer, text[1:], contained)
        elif text:
            yield from _literal(pointer, text, itself, known)


def _local(pointer: Pointer, id: str, contained: dict[str, str]) -> Iterator[Issue]:
    if id and id not in contained:
        yield _error(pointer, f"nothing of id {shortened(id, 64)!r} is contained in this resource (ref-1)")
    elif id and not _is_allowed(pointer, contained[id]):
        yield _error(pointer, f"a {contained[id]} is contained; expected {_expected(pointer)}")


def _literal(pointer: Pointer, text: str, itself: tuple[str, str | None], known: Known) -> Iterator[Issue]:
    if text.startswith("urn:"):
        yield _warning(pointer, f"{shortened(text)} is resolved within a transaction only, and was kept as it is")
        return
    literal = parse_reference(text)
    if literal is None:
        # Another server may address what it holds in ways of its own.
        if not text.startswith(("http://", "https://")):
            yield _error(pointer, f"{shortened(text)!r} is no reference; expected Type/id, #id or an absolute URL")
        return
    if not _is_allowed(pointer, literal.type):
        yield _error(pointer, f"points to a {literal.type}; expected {_expected(pointer)}")
    elif own_reference(text) is None:
        return
    elif literal.type not in RESOURCE_TYPES:
        yield _warning(pointer, f"{literal.type} is not served here, so nobody can tell whether {text} is there")
    elif (literal.type, literal.id) != itself and not known(literal.type, literal.id):
        yield Issue(
            "error", "not-found", f"{pointer.path}: {literal.type}/{literal.id} is not known here", (pointer.path,)
        )


def _is_allowed(pointer: Pointer, type: str) -> bool:
    return not pointer.targets or type in pointer.targets


def _expected(pointer: Pointer) -> str:
    return " or ".join(pointer.targets)


def _error(pointer: Pointer, text: str) -> Issue:
    return Issue("error", "value", f"{pointer.path}: {text}", (pointer.path,))


def _warning(pointer: Pointer, text: str) -> Issue:
    return Issue("warning", "informational", f"{pointer.path}: {text}", (pointer.path,))
