"""The default population, made once: 25 patients of one practice, as ``mock-athena serve`` would have them."""

from collections.abc import Iterator
from typing import Any

import pytest

from mock_athena.population import population

SEED, PRACTICE, PATIENTS = 1, 500001, 25

Resource = dict[str, Any]


@pytest.fixture(scope="session")
def resources() -> list[Resource]:
    return list(population(SEED, PRACTICE, PATIENTS))


@pytest.fixture(scope="session")
def by_reference(resources: list[Resource]) -> dict[str, Resource]:
    return {f"{made['resourceType']}/{made['id']}": made for made in resources}


@pytest.fixture(scope="session")
def patients(resources: list[Resource]) -> dict[str, Resource]:
    """Reference → Patient."""
    return {f"Patient/{made['id']}": made for made in resources if made["resourceType"] == "Patient"}


def owner(resource: Resource) -> str | None:
    """The reference to the patient that a resource belongs to."""
    if resource["resourceType"] == "Patient":
        return f"Patient/{resource['id']}"
    for element in ("subject", "patient", "securityContext"):
        if element in resource:
            return str(resource[element]["reference"])
    return None


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object within a value, itself included."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


@pytest.fixture(scope="session")
def owner_of() -> Any:
    return owner


@pytest.fixture(scope="session")
def objects_in() -> Any:
    return objects
