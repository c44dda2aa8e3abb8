"""Where a resource points, as far as that is ours."""

import re
from collections.abc import Iterator

from mock_athena.fhir.parameters import SearchParameter
from mock_athena.fhir.references import Literal, own_reference
from mock_athena.fhir.resource import as_object, as_text
from mock_athena.store.bodies import glanced
from mock_athena.store.paths import values_at

_REFERENCE = re.compile(rb'"reference"\s*:\s*"([^"\\]+)"')


def links(body: bytes, parameter: SearchParameter) -> Iterator[Literal]:
    """The resources of ours to which a body points by a reference parameter, each as often as it does."""
    resource = glanced(body)
    for path in parameter.paths:
        for value in values_at(resource, path):
            literal = own_reference(as_text(as_object(value).get("reference")))
            if literal and (not parameter.targets or literal.type in parameter.targets):
                yield literal


def every_link(body: bytes) -> Iterator[Literal]:
    """The resources of ours to which a body points anywhere, each as often as it does."""
    for text in _REFERENCE.findall(body):
        literal = own_reference(text.decode())
        if literal:
            yield literal
