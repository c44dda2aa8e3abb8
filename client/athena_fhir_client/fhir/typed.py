"""Resources as models of ``fhir.resources``, for whoever prefers attributes to dictionaries.

R4B's, which are R4's element for element in the types of this API. A server's record that is not valid raises; a
dictionary is always there.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from athena_fhir_client.errors import JsonObject, MissingDependency, ProtocolError


def typed(resource: JsonObject) -> Any:
    """The model of a resource.

    Raises:
        ProtocolError: it is not valid; says where.
        MissingDependency: ``fhir.resources`` is not installed.
    """
    try:
        from fhir.resources.R4B import get_fhir_model_class
    except ImportError as error:
        raise MissingDependency("typed resources need fhir.resources: pip install fhir.resources") from error
    kind = str(resource.get("resourceType"))
    try:
        return get_fhir_model_class(kind).model_validate(resource)
    except (KeyError, ValueError) as error:
        raise ProtocolError(f"a {kind} is not valid FHIR R4: {error}") from error


def all_typed(resources: Iterable[JsonObject]) -> Iterator[Any]:
    """The models of all."""
    return map(typed, resources)
