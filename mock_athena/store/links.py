"""Where a resource points: what its reference parameters name of ours."""

from collections.abc import Iterator

import orjson

from mock_athena.fhir.parameters import SearchParameter
from mock_athena.fhir.references import Literal, own_reference
from mock_athena.fhir.resource import as_object, as_text
from mock_athena.store.paths import values_at


def links(body: bytes, parameter: SearchParameter) -> Iterator[Literal]:
    """The resources of ours to which a body points by a reference parameter, each as often as it does."""
    resource = orjson.loads(body)
    for path in parameter.paths:
        for value in values_at(resource, path):
            literal = own_reference(as_text(as_object(value).get("reference")))
            if literal and (not parameter.targets or literal.type in parameter.targets):
                yield literal
