"""What header fields tell of limits, in the forms that servers use and in those that they got wrong."""

import pytest
from requests.structures import CaseInsensitiveDict

from athena_fhir_client.pace.backoff import Backoff
from athena_fhir_client.pace.state import Limit
from athena_fhir_client.pace.told import seconds_of, told_by

NOW = 1_750_000_000.0


def headers(**fields: str) -> CaseInsensitiveDict[str]:
    return CaseInsensitiveDict({name.replace("_", "-"): value for name, value in fields.items()})


def test_the_emulators_fields() -> None:
    told = told_by(
        headers(
            RateLimit_Policy='"burst";q=16;w=2, "daily";q=100000;w=86400',
            RateLimit='"burst";r=3;t=2, "daily";r=99981;t=40123',
            Server_Timing="total;dur=12.5",
            X_Mock_Decided_At="1750000000.250000000;seq=7",
        ),
        NOW,
    )
    assert told.limits == (Limit(16, 2.0),)
    assert (told.per_day, told.spent_today) == (100_000, 19)
    assert told.remaining_of(Limit(16, 2.0)) == 3
    assert (told.duration, told.decided) == (0.0125, 1_750_000_000.25)


def test_the_real_apis_fields() -> None:
    told = told_by(headers(X_RateLimit_Limit="500", X_RateLimit_Remaining="497", RateLimit_Reset="1"), NOW)
    assert told.remaining_of(Limit(500, 1.0)) == 497
    assert (told.limits, told.reset, told.retry_after) == ((), 1.0, None)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2", 2.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("Sun, 15 Jun 2025 15:06:50 GMT", 10.0),
        ("1750000030", 30.0),
        ("1750000030000", 30.0),
        ("Sun, 15 Jun 2025 15:06:30 GMT", None),
        ("-3", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_in_every_form(text: str | None, seconds: float | None) -> None:
    assert seconds_of(text, NOW) == seconds


@pytest.mark.requirement("RLM-020")
@pytest.mark.parametrize(
    "field", ['"burst";q=x;w=2', "q=;;=", '"burst";q=-5;w=2', '"burst";q=16', ";;;", '"a";q=0;w=0', "\x00"]
)
def test_fields_that_cannot_be_read_are_ignored(field: str) -> None:
    told = told_by(
        headers(RateLimit_Policy=field, RateLimit=field, X_RateLimit_Limit="many", X_RateLimit_Remaining="-1"), NOW
    )
    assert (told.limits, told.per_day, told.remaining, told.reset) == ((), None, (), None)


@pytest.mark.requirement("RLM-019")
def test_what_the_server_asks_for_is_waited_and_jitter_comes_on_top() -> None:
    backoff = Backoff(base=0.5, longest=30.0)
    assert backoff.wait(1, 7.0, chance=0.0) == 7.0
    assert 7.0 < backoff.wait(1, 7.0, chance=1.0) <= 8.0
    assert [backoff.wait(attempt, None, chance=1.0) for attempt in (1, 2, 3, 9)] == [0.5, 1.0, 2.0, 30.0]
    assert backoff.wait(3, None, chance=0.0) == 0.0
