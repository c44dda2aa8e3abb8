"""What the records refer to is there, with the same token."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mock_athena import Settings, create_app
from mock_athena.fhir.registry import RESOURCE_TYPES
from tests.mock_athena.web.in_process import ADA, Athena


def everything(athena: Athena) -> list[dict[str, Any]]:
    """Ada's records of every type, and everybody's of the types that are nobody's."""
    found = []
    for kind in RESOURCE_TYPES.values():
        if kind.searchable:
            narrowed = f"patient={ADA}" if "patient" in kind.parameters else ""
            bundle = athena.get(f"/{kind.name}?{narrowed}&_count=1000").get_json()
            found += [entry["resource"] for entry in bundle.get("entry", ())]
    return found


def references(value: Any) -> list[tuple[str, str | None]]:
    """Every literal reference in a resource, with the type that it claims to be of."""
    if isinstance(value, list):
        return [found for each in value for found in references(each)]
    if not isinstance(value, dict):
        return []
    own = [(value["reference"], value.get("type"))] if isinstance(value.get("reference"), str) else []
    return own + [found for each in value.values() for found in references(each)]


@pytest.fixture(scope="module")
def unlimited(population_cache: Path) -> Iterator[Athena]:
    app = create_app(Settings(clock="manual", patients=2, limits="off", cache_dir=str(population_cache)))
    yield Athena(app)
    app.close()


@pytest.fixture(scope="module")
def resources(unlimited: Athena) -> list[dict[str, Any]]:
    return everything(unlimited)


@pytest.mark.requirement("RED-020", "RED-021", "RED-019")
def test_every_reference_can_be_read_and_is_of_the_type_it_says(
    unlimited: Athena, resources: list[dict[str, Any]]
) -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", resource["id"]) for resource in resources)
    pointed = {found for resource in resources for found in references(resource)}
    checked = 0
    for reference, type in pointed:
        if reference.startswith("#"):
            continue
        answer = unlimited.get(f"/{reference}", headers={"Accept": "application/fhir+json"})
        assert answer.status_code == 200, reference
        assert answer.get_json()["resourceType"] == reference.partition("/")[0] == (type or reference.partition("/")[0])
        checked += 1
    assert checked > 50
    assert {reference.partition("/")[0] for reference, _ in pointed} >= {"Medication", "Encounter", "Practitioner"}


@pytest.mark.requirement("RED-023")
def test_every_attachment_can_be_fetched_and_is_what_it_says(
    unlimited: Athena, resources: list[dict[str, Any]]
) -> None:
    attachments = []
    for resource in resources:
        if resource["resourceType"] in ("DocumentReference", "DiagnosticReport"):
            attachments += [content["attachment"] for content in resource.get("content", ())]
            attachments += resource.get("presentedForm", [])
    urls = [attachment for attachment in attachments if "url" in attachment]
    assert urls
    for attachment in urls[:40]:
        path = urlsplit(attachment["url"]).path
        answer = unlimited.send("GET", path, unlimited.token(), headers={"Accept": attachment["contentType"]})
        assert answer.status_code == 200, attachment
        assert answer.content_type.partition(";")[0] == attachment["contentType"].partition(";")[0]


@pytest.mark.requirement("RED-001", "RED-018")
def test_every_record_is_read_as_it_is_found(unlimited: Athena, resources: list[dict[str, Any]]) -> None:
    for resource in resources[:400]:
        assert unlimited.get(f"/{resource['resourceType']}/{resource['id']}").get_json() == resource
