import json
from typing import Any

import fhirkit
from fhir.resources.R4B import get_fhir_model_class

Records = tuple[tuple[dict[str, Any], ...], ...]


def test_every_resource_is_valid_by_fhir_resources(read_slowly: Records) -> None:
    for made in (one for record in read_slowly for one in record):
        get_fhir_model_class(made["resourceType"]).model_validate_json(json.dumps(made))


def test_every_resource_is_valid_by_fhirkit(records: Records) -> None:
    for made in (one for record in records for one in record):
        issues = fhirkit.validate(json.dumps(made))
        assert not issues, (made["id"], [(issue.path, issue.message) for issue in issues])
