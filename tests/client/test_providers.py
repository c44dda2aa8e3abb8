"""The pre-configured provider says what the integration guide says."""

from dataclasses import FrozenInstanceError, replace

import pytest

from athena_fhir_client import PROVIDERS, Capability, with_providers
from athena_fhir_client.providers import provider_of


def test_athenahealth_is_pre_configured_with_the_facts_of_the_guide() -> None:
    provider = PROVIDERS["athenahealth"]
    assert (provider.patient_portal, provider.fhir_version, provider.market_share) == ("athenaPatient", "R4", 0.06)
    assert provider.authentication == "OAuth 2.0 with SMART on FHIR"
    assert provider.production == "https://api.platform.athenahealth.com/fhir/r4"
    assert provider.sandbox == "https://api.platform.athenahealth.com/fhir/r4/sandbox"
    assert provider.oauth.default_scopes == "patient/*.read launch/patient"
    limits = provider.rate_limits
    assert (limits.per_second, limits.burst, limits.burst_seconds, limits.per_day) == (8, 16, 2, 100_000)
    assert provider.support.email == "apisupport@athenahealth.com"


def test_it_offers_all_nine_capabilities() -> None:
    assert len(Capability) == 9
    assert PROVIDERS["athenahealth"].capabilities == set(Capability)


def test_a_provider_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PROVIDERS["athenahealth"].name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        PROVIDERS["other"] = PROVIDERS["athenahealth"]  # type: ignore[index]


def test_an_emulator_is_known_and_others_can_be_added() -> None:
    assert PROVIDERS["emulator"].sandbox == "http://127.0.0.1:8080/fhir/r4/sandbox"
    other = replace(PROVIDERS["athenahealth"], name="other", production="https://ehr.example/fhir")
    registry = with_providers(other)
    assert set(registry) == {"athenahealth", "emulator", "other"}
    assert provider_of("https://ehr.example/fhir/", registry) is other
    assert provider_of("https://ehr.example/fhir") is None
