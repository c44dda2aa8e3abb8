"""fhirpy, asynchronous: many requests in flight at once share one quota."""

import asyncio
from typing import Any

import pytest
from fhirpy import AsyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from tests.emulator import PATIENT, RegisteredClient


def fhirpy_client(client: RegisteredClient) -> Any:
    return AsyncFHIRClient(client.emulator.base, authorization=client.bearer())


def test_all_pages_are_fetched(client: RegisteredClient) -> None:
    total = client.total(f"Observation?patient={PATIENT}")

    async def fetched() -> list[str]:
        search = fhirpy_client(client).resources("Observation").search(patient=PATIENT).limit(total // 5)
        return [resource.id for resource in await search.fetch_all()]

    found = asyncio.run(fetched())
    assert len(found) == len(set(found)) == total


def test_an_unknown_id_is_not_found(client: RegisteredClient) -> None:
    with pytest.raises(ResourceNotFound):
        asyncio.run(fhirpy_client(client).get("Patient", "nobody"))


def test_of_twenty_at_once_exactly_sixteen_are_admitted(manual_client: RegisteredClient) -> None:
    async def together() -> list[Any]:
        reader = fhirpy_client(manual_client)
        return await asyncio.gather(*(reader.get("Patient", PATIENT) for _ in range(20)), return_exceptions=True)

    answers = asyncio.run(together())
    refused = [answer for answer in answers if isinstance(answer, OperationOutcome)]
    assert [answer["id"] for answer in answers if isinstance(answer, dict)] == [PATIENT] * 16
    assert [answer.resource["issue"][0]["code"] for answer in refused] == ["throttled"] * 4
