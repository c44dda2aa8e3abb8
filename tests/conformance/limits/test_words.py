"""What answers say of limits is read in every form that servers were seen to use."""

import pytest

from athena_fhir_conformance.limits.observation import Observation
from athena_fhir_conformance.limits.told import (
    lock_in_words,
    manner,
    quota_in_words,
    retry_after,
    told_limits,
    told_quota,
    told_reset,
    told_wait,
)

NOW = 1_767_225_600.0


def seen(body: str = "", **fields: str) -> Observation:
    return Observation(NOW, NOW, 429, {name.replace("_", "-"): value for name, value in fields.items()}, body, NOW)


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ("User Rate Limit Exceeded, Try in another 844 seconds", 844),
        ("used up. Come back in 1.234 s (Retry-After: 2)", 1.234),
        ("Please retry after 2 minutes", 120),
        ("wait 500 ms", 0.5),
        ("wait 250 milliseconds", 0.25),
        ("too many requests", None),
    ],
)
def test_a_wait_in_words_is_read(body: str, seconds: float | None) -> None:
    assert told_wait(seen(body)) == seconds


def test_both_forms_of_retry_after_are_read() -> None:
    assert retry_after(seen(retry_after="7")) == 7
    assert retry_after(seen(retry_after="Thu, 01 Jan 2026 00:00:30 GMT", date="Thu, 01 Jan 2026 00:00:00 GMT")) == 30
    assert retry_after(seen(retry_after="soon")) is None


def test_a_reset_is_an_instant_or_a_number_of_seconds() -> None:
    assert told_reset(seen(x_ratelimit_reset="1767225602")) == 2
    assert told_reset(seen(ratelimit_reset="2")) == 2


def test_the_fields_of_the_draft_are_read() -> None:
    answer = seen(
        ratelimit_policy='"burst";q=16;w=2, "daily";q=100000;w=86400', ratelimit='"burst";r=3;t=2, "daily";r=9;t=5'
    )
    assert [(limit.name, limit.quota, limit.window, limit.remaining, limit.reset) for limit in told_limits(answer)] == [
        ("burst", 16, 2, 3, 2),
        ("daily", 100_000, 86_400, 9, 5),
    ]


@pytest.mark.parametrize("field", ["garbage", '"burst";q=many', ";;;", '"a";q=1;w'])
def test_malformed_fields_are_ignored(field: str) -> None:
    told_limits(seen(ratelimit_policy=field, ratelimit=field))
    assert told_quota(seen(x_ratelimit_limit=field)) is None


def test_quotas_and_locks_in_words_are_read() -> None:
    assert quota_in_words(seen("the quota of 100,000 requests in 86,400 s is used up")) == (100_000, 86_400)
    assert lock_in_words(seen("it was refused 10 times in 60 s, so it is locked out")) == (10, 60)


def test_the_manner_of_telling_is_that_of_a_policy_file() -> None:
    assert manner([seen(retry_after="1")]) == "all"
    assert manner([seen(x_ratelimit_limit="15")]) == "gateway"
    assert manner([seen()]) == "body"
