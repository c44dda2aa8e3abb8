"""Whether a resource is valid FHIR R4: by the models of ``fhir.resources``, and against what they accept too easily.

R4B is element for element R4 for the types concerned. The models take any string for a code, so codes of required
bindings are judged by the checks.
"""

from functools import cache
from typing import Any


def faults(resource: dict[str, Any]) -> str:
    """What is wrong, in one line; empty if nothing is."""
    model = _model(str(resource.get("resourceType")))
    if model is None:
        return f"no type {resource.get('resourceType')!r} in R4"
    try:
        model.model_validate(resource)
    except ValueError as error:
        told: list[dict[str, Any]] = getattr(error, "errors", list)()
        first = told[0] if told else {}
        where = ".".join(str(each) for each in first.get("loc", ()))
        return f"{where}: {first.get('msg', str(error).splitlines()[0])}".strip(": ")
    return ""


@cache
def _model(type: str) -> Any:
    from fhir.resources.R4B import get_fhir_model_class

    try:
        return get_fhir_model_class(type)
    except (LookupError, ValueError):
        return None
