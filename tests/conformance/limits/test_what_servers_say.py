"""What a server says of its limits is checked, not believed; and whatever it answers, there is a plain statement."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.identifying import Purse
from athena_fhir_conformance.limits.investigation import investigate
from athena_fhir_conformance.limits.observation import Observation
from athena_fhir_conformance.limits.reporting import as_json, lines
from mock_athena.ratelimit.limits import SlidingWindow
from mock_athena.ratelimit.policies import MISSION, Policy
from tests.conformance.limits.model import LimiterTarget

Change = Callable[[Observation], Observation]


class Lying(LimiterTarget):
    """A target whose answers are changed on their way."""

    def __init__(self, policy: Policy, change: Change, *, dated: bool = True) -> None:
        self._change = change
        super().__init__(policy, Random(3), dated=dated)  # noqa: S311 - no secret

    def _told(self, *told: object) -> Observation:
        return self._change(super()._told(*told))  # type: ignore[arg-type]


def probed(change: Change, policy: Policy = MISSION) -> Findings:
    target = Lying(policy, change)
    return investigate(target, Purse(target.main, 300, target.now() + 280), lambda _: None)


def with_fields(**fields: str) -> Change:
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return lambda seen: replace(seen, headers={**seen.headers, **named})


def judged(change: Change, field: str) -> bool | None:
    found: bool | None = as_json(probed(change), "")["honest"][field]["true"]
    return found


def test_what_is_true_is_called_true() -> None:
    honest = as_json(probed(lambda seen: seen), "")["honest"]
    assert {name: field["true"] for name, field in honest.items()} == {
        "retry_after": True,
        "reset": True,
        "remaining": True,
    }


def test_a_retry_after_that_is_too_short_is_found() -> None:
    assert judged(with_fields(retry_after="0"), "retry_after") is False


def test_a_retry_after_of_a_minute_is_found() -> None:
    assert judged(with_fields(retry_after="60"), "retry_after") is False


def test_a_remaining_that_is_one_too_many_is_found() -> None:
    def change(seen: Observation) -> Observation:
        told = int(seen.headers.get("x-ratelimit-remaining", "0"))
        return replace(seen, headers={**seen.headers, "x-ratelimit-remaining": str(told + 1)})

    assert judged(change, "remaining") is False


def test_a_window_that_is_told_wrong_is_measured() -> None:
    """It says 16 in 10 s, and admits 16 in 3 s."""
    lie = with_fields(ratelimit_policy='"burst";q=16;w=10', ratelimit='"burst";r=3;t=10', retry_after="10")
    found = probed(lie, Policy("lying", (SlidingWindow("burst", 16, 3),)))
    assert found.model is not None
    assert (found.model.kind, found.model.quota, found.model.window) == ("sliding-window", 16, 3)


@pytest.mark.parametrize(
    ("status", "said"), [(401, "401"), (503, "503"), (0, "does not answer")], ids=["401", "503", "nothing"]
)
def test_a_server_that_is_of_no_use_is_named(status: int, said: str) -> None:
    found = probed(lambda seen: replace(seen, status=status, headers={}, body=""))
    assert (said in found.problem, as_json(found, "")["policy"], found.probes < 10) == (True, None, True)
    assert "Nothing was learned" in lines(found)[0]


def test_somebody_who_spends_the_same_quota_is_suspected() -> None:
    """Every third answer is a refusal, whatever the pace: no family does that."""
    count = iter(range(10_000))

    def change(seen: Observation) -> Observation:
        return replace(seen, status=429 if next(count) % 3 == 2 else 404)

    report = as_json(probed(change), "")
    assert report["policy"] is None
    assert report["confidence"] < 0.5
    assert "It was refused for" in report["safe"][-1]
