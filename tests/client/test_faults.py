"""On every bad day that the emulator knows, a client ends as on a good one, or with one clear error."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from athena_fhir_client import AthenaClient
from athena_fhir_client.errors import (
    AthenaError,
    AuthError,
    Forbidden,
    ForeignHost,
    NotFound,
    ProtocolError,
    RateLimited,
    Unavailable,
)
from athena_fhir_client.fhir.bundles import SearchWarning
from athena_fhir_client.pace.backoff import Backoff
from tests.client.in_process import BASE, ORIGIN, PATIENT, SANDBOX, Known

SCENARIOS = sorted(path.stem for path in (Path(__file__).parents[2] / "fixtures" / "scenarios").glob("*.toml"))
ASKED = {"patient": PATIENT, "_count": 40}

# What ends with an error, and which. All others end as on a good day.
ERRORS: dict[str, type[AthenaError]] = {
    "401-wrong-client": AuthError,
    "403-missing-scope": Forbidden,
    "404-gateway": NotFound,
    "404-not-found": NotFound,
    "429-lock-out": AthenaError,
    "maintenance": Unavailable,
    "sandbox-502": Unavailable,
    "sudden-403": Forbidden,
    "token-quota": RateLimited,
    "wiped-sandbox": NotFound,
    "wrong-links": ForeignHost,
}

# These come after a while, or end: what a client meets depends on when it comes.
TIMED = {"sudden-403", "token-quota"}


@pytest.fixture
def armed(fast: Known) -> Iterator[Known]:
    yield fast
    fast.app.world.faults.disarm()


@pytest.fixture(scope="module")
def good_days() -> dict[str, list[Any]]:
    """What a day without faults comes to, for each base: the data stay as they are."""
    return {}


def client_of(known: Known, base: str = BASE) -> AthenaClient:
    registered = _control(known, "clients", {"grant_types": ["client_credentials"], "scope": "system/*.read"})
    backoff = Backoff(attempts=8, patience=120.0)
    options = known.options() | {"backoff": backoff}
    return AthenaClient.from_client_credentials(base, registered["client_id"], registered["client_secret"], **options)


def _control(known: Known, path: str, body: Any) -> Any:
    session = requests.Session()
    session.mount("http://", known.adapter)
    answer = session.post(f"{ORIGIN}/_mock/{path}", json=body, timeout=5)
    assert answer.ok, answer.text
    return answer.json()


def day(client: AthenaClient, patient: str = PATIENT) -> list[Any]:
    """What a client does on a day."""
    read = [client.read("Patient", patient)["birthDate"] for _ in range(12)]
    found = sorted(each["id"] for each in client.search("Observation", {**ASKED, "patient": patient}))
    return [read, found]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_bad_day_ends_as_a_good_one_or_with_one_clear_error(
    armed: Known, good_days: dict[str, list[Any]], scenario: str
) -> None:
    base, patient = (
        (SANDBOX, "a-195900.E-1") if scenario.endswith("sandbox") or "sandbox" in scenario else (BASE, PATIENT)
    )
    if base not in good_days:
        good_days[base] = day(client_of(armed, base), patient)
    client = client_of(armed, base)
    if ERRORS.get(scenario) is not AuthError:
        client.token_auth.token()
    _control(armed, "faults", {"scenario": scenario})
    found = outcome_of(client, patient)
    if isinstance(found, AthenaError):
        assert isinstance(found, ERRORS.get(scenario, ())), f"{scenario}: {found!r}"
        assert str(found)
        return
    assert scenario not in ERRORS or scenario in TIMED
    assert found == good_days[base]


def outcome_of(client: AthenaClient, patient: str) -> list[Any] | AthenaError:
    """What came of the day."""
    try:
        return day(client, patient)
    except AthenaError as error:
        return error


def test_a_gateways_page_that_calls_itself_json_is_a_clear_error(known: Known) -> None:
    _control(known, "faults", {"scenario": "404-gateway"})
    with pytest.raises(NotFound, match="Service not registered with API gateway"):
        known.client().read("Patient", PATIENT)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("malformed-json", ProtocolError),
        ("looping-pages", ProtocolError),
        ("outcome-in-bundle", ProtocolError),
        ("duplicated-entries", None),
        ("wrong-content-type", None),
        ("missing-headers", None),
    ],
)
def test_answers_that_are_wrong_in_themselves(known: Known, kind: str, error: type[AthenaError] | None) -> None:
    good = day(known.client())
    client = known.client()
    client.token_auth.token()
    _control(known, "faults", {"kind": kind, "match": {"route": "fhir"}})
    if error:
        with pytest.raises(error):
            day(client)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SearchWarning)
            assert day(client) == good
