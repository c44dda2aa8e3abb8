"""``_elements``: parts of resources, https://hl7.org/fhir/uv/bulkdata/STU2/export.html#query-parameters."""

import json
from collections.abc import Iterator, Sequence

from mock_athena.errors import BadRequest, shortened
from mock_athena.export.leniency import Leniency
from mock_athena.fhir.registry import RESOURCE_TYPES

# What every resource keeps; for a type of which nothing is listed.
_LEAST = ("id",)


def parse_elements(values: Sequence[str], leniency: Leniency) -> tuple[str, ...]:
    """The elements in the values of ``_elements``: ``name``, or ``Type.name``.

    Raises:
        BadRequest: one is no element at the root of a resource, or of the type.
    """
    names = dict.fromkeys(name.strip() for value in values for name in value.split(","))
    known = []
    for name in names:
        if _is_element(name):
            known.append(name)
        else:
            message = (
                f"_elements={shortened(name) or ' is empty'}: expected elements at the root of a resource, such as "
                "birthDate or Patient.birthDate"
            )
            leniency.refuse(message, "_elements")
    if names and not known:
        message = "_elements names no element at all"
        raise BadRequest(message, expression=["_elements"])
    return tuple(known)


def parts(bodies: Iterator[bytes], type: str, elements: Sequence[str]) -> Iterator[bytes]:
    """Bodies of one type with what is wanted of them, and what is mandatory; tagged as parts."""
    from mock_athena.fhir.subset import subset  # most exports are of whole resources

    wanted = [name.removeprefix(f"{type}.") for name in elements if "." not in name or name.startswith(f"{type}.")]
    for body in bodies:
        part = subset(json.loads(body), elements=wanted or _LEAST)
        yield json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()


def _is_element(text: str) -> bool:
    from mock_athena.fhir.subset import elements_of  # seldom needed

    type, dot, name = text.rpartition(".")
    if dot and type not in RESOURCE_TYPES:
        return False
    types = (type,) if dot else RESOURCE_TYPES
    return any(known.named(name) for known in map(elements_of, types) if known) or name in ("id", "meta")
