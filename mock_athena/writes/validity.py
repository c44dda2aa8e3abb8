"""Whether a resource may be stored: made as R4 has it, pointing to what is there. All that is wrong is told."""

from collections.abc import Sequence
from typing import NamedTuple

from mock_athena.errors import BadRequest, Issue, UnprocessableContent
from mock_athena.fhir.registry import ResourceType
from mock_athena.fhir.resource import Resource
from mock_athena.store import Snapshot
from mock_athena.writes.models import model_problems
from mock_athena.writes.own_urls import unnamed
from mock_athena.writes.pointing import known_in, pointing_problems
from mock_athena.writes.structure import Pointer, structure_of
from mock_athena.writes.writing import Writing

_MOST_TOLD = 500


class Examined(NamedTuple):
    """A resource without our own name in it; what is wrong with it, and where it points to."""

    resource: Resource
    problems: tuple[Issue, ...]
    pointers: tuple[Pointer, ...]


def require_type(resource: Resource, kind: ResourceType) -> None:
    """Refuse a body of another type than the path.

    Raises:
        BadRequest: names both.
    """
    if resource["resourceType"] != kind.name:
        message = f"the body is a {resource['resourceType']!r}, and the path is for {kind.name}"
        raise BadRequest(message, expression=[f"{kind.name}.resourceType"])


def examined(resource: Resource, writing: Writing) -> Examined:
    """All that can be said of a resource from itself alone."""
    stripped = unnamed(resource, writing)
    found = structure_of(stripped)
    problems = found.problems + model_problems(stripped, found.problems)
    return Examined(stripped, tuple(problems), tuple(found.pointers))


def require_valid(given: Examined, snapshot: Snapshot, writing: Writing) -> tuple[Issue, ...]:
    """The warnings about a resource that is fit to be stored.

    Raises:
        UnprocessableContent: it is not; with an issue for each thing that is wrong.
    """
    known = known_in(snapshot, writing.caller.reach, writing.expected)
    problems = [*given.problems, *pointing_problems(given.resource, given.pointers, known)]
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        type = given.resource["resourceType"]
        count = "1 problem" if len(errors) == 1 else f"{len(errors):,} problems"
        message = f"this {type} is not valid: {count}, the first: {errors[0].message}"
        raise UnprocessableContent(message, issues=_told(problems))
    return tuple(problems)


def _told(problems: Sequence[Issue]) -> list[Issue]:
    told = sorted(problems, key=lambda problem: problem.severity)[:_MOST_TOLD]
    rest = len(problems) - len(told)
    return [*told, Issue("error", "invalid", f"and {rest:,} more")] if rest else told
