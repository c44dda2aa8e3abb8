import json
from typing import Any

from fhir.resources.R4B import get_fhir_model_class


def test_every_resource_is_valid_by_the_models_of_fhir_resources(resources: list[dict[str, Any]]) -> None:
    # R4B's models are element for element those of R4 for the types used here.
    for made in resources:
        get_fhir_model_class(made["resourceType"]).model_validate_json(json.dumps(made))


def test_nothing_is_empty(resources: list[dict[str, Any]], objects_in: Any) -> None:
    for made in resources:
        for part in objects_in(made):
            assert part, made["id"]
            assert all(value not in (None, "", [], {}) for value in part.values()), (made["id"], part)
