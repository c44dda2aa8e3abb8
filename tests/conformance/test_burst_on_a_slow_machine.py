"""What cannot be judged of a burst that took longer than its wait."""

import httpx
import pytest

from athena_fhir_conformance.checks import limits
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows.bursts import Burst, Refusals
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import Skipped


def answer(status: int) -> Exchange:
    return Exchange(1, "GET", "http://127.0.0.1/fhir/r4/Patient/1", {}, b"", status, httpx.Headers(), b"{}")


@pytest.mark.parametrize("more", [200, 429])
def test_who_waits_is_judged_unless_others_took_the_room(monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    refused = answer(429)
    while_refused = Refusals((refused, answer(more)), None, (), refused, None)
    monkeypatch.setattr(limits, "refusal", lambda _: (Burst((), refused, while_refused, 1.0, refused), refused))
    monkeypatch.setattr(limits, "meanwhile", lambda _: while_refused)
    with pytest.raises(Skipped if more == 200 else AssertionError):
        limits.who_waits_is_admitted(Target("http://127.0.0.1/fhir/r4"))
