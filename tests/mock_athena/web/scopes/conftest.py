"""One emulator for all that is asked of scopes: two patients in each environment, no limits, time stands still."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mock_athena import Settings, create_app
from mock_athena.auth.grant import Grant
from tests.mock_athena.web.in_process import ADA, BO, PRACTICE, Athena

OBSERVED = "http://terminology.hl7.org/CodeSystem/observation-category|"
LAB, VITAL = f"category={OBSERVED}laboratory", f"category={OBSERVED}vital-signs"


class Asking:
    """Sends requests with a token of some scopes.

    Attributes:
        token: the token itself.
    """

    def __init__(self, athena: Athena, scope: str, patient: str | None = None, **granted: Any) -> None:
        self.athena = athena
        grant = Grant("mock-client", tuple(scope.split()), patient, **granted)
        self.token = athena.world.authorization.tokens.issue(grant)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def send(self, method: str, path: str, base: str = "/fhir/r4", **options: Any) -> TestResponse:
        return self.athena.send(method, f"{base}/{path}", self.token, **options)

    def found(self, path: str) -> list[dict[str, Any]]:
        """All resources of all pages."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        resources: list[dict[str, Any]] = []
        while True:
            bundle = answer.get_json()
            resources += [entry["resource"] for entry in bundle.get("entry", ())]
            url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
            if url is None:
                return resources
            answer = self.athena.send("GET", url.removeprefix("http://localhost"), self.token)

    def total(self, path: str) -> int:
        answer = self.get(f"{path}{'&' if '?' in path else '?'}_summary=count")
        assert answer.status_code == 200, answer.text
        total: int = answer.get_json()["total"]
        return total

    def explained(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """What is said of a request that is not made."""
        asked = {"token": self.token, "request": {"method": method, "path": f"/fhir/r4/{path}", **more}}
        answer = self.athena.control("POST", "explain", asked)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.get_json()["request"]
        return told


def provider(athena: Athena, scope: str, patient: str | None = None) -> Asking:
    """A clinician of production's practice."""
    return Asking(
        athena,
        scope,
        patient,
        user=f"Practitioner/a-{PRACTICE}.Provider-1",
        patients=None,
        practice=f"a-1.Practice-{PRACTICE}",
    )


def proxy(athena: Athena, scope: str, patients: tuple[str, ...] = (ADA, BO), patient: str | None = None) -> Asking:
    """Somebody who acts for patients."""
    return Asking(athena, scope, patient, user=f"RelatedPerson/a-{PRACTICE}.x", patients=patients)


def categories(resource: dict[str, Any]) -> set[str]:
    return {coding["code"] for concept in resource["category"] for coding in concept["coding"]}


@pytest.fixture(scope="package")
def shared(population_cache: Path) -> Iterator[Athena]:
    app = create_app(Settings(clock="manual", patients=2, limits="off", cache_dir=str(population_cache)))
    yield Athena(app)
    app.close()


@pytest.fixture
def athena(shared: Athena) -> Iterator[Athena]:
    """The emulator, whose data are again as at the start afterwards."""
    yield shared
    for environment in shared.world.environments.values():
        environment.store.rewind()
