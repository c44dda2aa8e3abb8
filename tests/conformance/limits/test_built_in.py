"""Every built-in policy is recognised by name, within the default budget, and comes back as a file that means it."""

import tomllib
from functools import cache
from random import Random

import pytest

from athena_fhir_conformance.limits.catalogue import POLICIES as KNOWN
from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.identifying import Purse
from athena_fhir_conformance.limits.investigation import investigate
from athena_fhir_conformance.limits.reporting import as_json, as_toml
from mock_athena.ratelimit.policies import POLICIES, Policy, policy_named
from mock_athena.ratelimit.policy_files import parse_policy
from tests.conformance.limits.model import LimiterTarget
from tests.conformance.limits.trials import kind_of

_NAMES = sorted(set(POLICIES) - {"athena"})


@cache
def probed(policy: Policy, seed: int = 1, requests: int = 300, seconds: float = 280) -> Findings:
    target = LimiterTarget(policy, Random(seed))  # noqa: S311 - no secret
    return investigate(target, Purse(target.main, requests, target.now() + seconds), lambda _: None)


def shape(policy: Policy) -> list[tuple[str, int, int]]:
    return [(kind_of(limit), limit.quota, limit.window) for limit in policy.limits]


@pytest.mark.parametrize("name", _NAMES)
def test_a_built_in_policy_is_named(name: str) -> None:
    report = as_json(probed(POLICIES[name]), "")
    assert (report["policy"], report["confidence"] >= 0.9, report["requests"] <= 300) == (name, True, True), report


@pytest.mark.parametrize("name", _NAMES)
def test_its_file_means_the_same(name: str) -> None:
    read = parse_policy(tomllib.loads(as_toml(probed(POLICIES[name]))), "inferred.toml")
    assert (shape(read), read.tells) == (
        shape(POLICIES[name]),
        POLICIES[name].tells if POLICIES[name].limits else "body",
    )
    assert [(limit.quota, limit.window) for limit in read.token_endpoint] == [
        (limit.quota, limit.window) for limit in POLICIES[name].token_endpoint
    ]


@pytest.mark.parametrize("name", ["mission+charge-denied", "mission+per-token", "token-bucket+per-address"])
def test_what_is_changed_is_named_behind_it(name: str) -> None:
    assert as_json(probed(policy_named(name)), "")["policy"] == name


def test_the_catalogue_is_that_of_the_emulator() -> None:
    for name, known in KNOWN.items():
        policy = POLICIES[name]
        told = [(limit.kind, limit.name, limit.quota, limit.window, limit.penalty) for limit in known.limits]
        assert told == [
            (kind_of(limit), limit.name, limit.quota, limit.window, getattr(limit, "penalty", 0))
            for limit in policy.limits
        ]
        assert [(limit.quota, limit.window) for limit in known.token_endpoint] == [
            (limit.quota, limit.window) for limit in policy.token_endpoint
        ]
        assert known.tells == policy.tells
    assert set(KNOWN) == set(_NAMES)


def test_a_policy_that_is_none_of_them_has_no_name() -> None:
    policy = parse_policy({"limits": [{"kind": "sliding-window", "name": "own", "quota": 9, "window": 4}]}, "own.toml")
    report = as_json(probed(policy), "")
    assert report["policy"] is None
    assert [(limit["kind"], limit["quota"], limit["window"]) for limit in report["limits"]] == [
        ("sliding-window", 9, 4)
    ]


@pytest.mark.parametrize("requests", [1, 10])
def test_a_budget_that_is_too_small_is_kept_and_nothing_is_claimed(requests: int) -> None:
    report = as_json(probed(POLICIES["mission"], requests=requests), "")
    assert (report["requests"] <= requests, report["confidence"] < 0.9) == (True, True), report
