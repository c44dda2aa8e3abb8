"""What cannot be judged of a burst that took longer than its wait."""

import httpx
import pytest

from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows.bursts import Burst, Refusals


def answer(status: int) -> Exchange:
    return Exchange(1, "GET", "http://127.0.0.1/fhir/r4/Patient/1", {}, b"", status, httpx.Headers(), b"{}")


@pytest.mark.parametrize("more", [200, 429])
def test_who_was_admitted_during_the_wait_took_the_room(more: int) -> None:
    refused = answer(429)
    while_refused = Refusals((refused, answer(more)), None, (), refused, None)
    assert Burst((), refused, while_refused, 1.0, refused).crowded == (more == 200)
