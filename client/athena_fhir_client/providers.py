"""The provider registry: which EHR vendors an application knows, and what each offers.

athenahealth is pre-configured with the facts of the integration guide, and an emulator of it on this machine. Another
provider is one more :class:`Provider` in a registry of one's own (:func:`with_providers`); a registry never changes
while a program runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType


class Capability(StrEnum):
    """What a provider can do."""

    FHIR_R4 = "FHIR R4 API"
    SMART_ON_FHIR = "SMART on FHIR authentication"
    BULK_EXPORT = "Bulk data export ($export)"
    DIAGNOSTIC_REPORT = "DiagnosticReport (lab results, imaging)"
    CARE_PLAN = "CarePlan (treatment plans)"
    ENCOUNTER = "Encounter (visits, appointments)"
    APPOINTMENT = "Appointment scheduling"
    DOCUMENT_REFERENCE = "DocumentReference (clinical documents)"
    PATIENT_PORTAL = "Patient portal integration"


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """Where tokens come from, and what is asked for when nothing else is said.

    Attributes:
        authorization_endpoint, token_endpoint: URLs of RFC 6749 §3.
        default_scopes: SMART scopes, separated by spaces.
        redirect_path: path of the application that the browser returns to.
    """

    authorization_endpoint: str
    token_endpoint: str
    default_scopes: str
    redirect_path: str


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How many requests a client may send.

    Attributes:
        per_second: sustained. burst: at most so many in any ``burst_seconds``. per_day: from midnight to midnight UTC.
    """

    per_second: int
    burst: int
    burst_seconds: int
    per_day: int


@dataclass(frozen=True, slots=True)
class Support:
    """Where to turn to."""

    developer_portal: str
    documentation: str
    email: str
    status_page: str


@dataclass(frozen=True, slots=True)
class Provider:
    """One EHR vendor.

    Attributes:
        market_share: part of US healthcare, 0 to 1.
        production, sandbox: FHIR base URLs.
    """

    name: str
    patient_portal: str
    fhir_version: str
    authentication: str
    market_share: float
    capabilities: frozenset[Capability]
    production: str
    sandbox: str
    oauth: OAuthSettings
    rate_limits: RateLimits
    support: Support


_PLATFORM = "https://api.platform.athenahealth.com"

ATHENAHEALTH = Provider(
    name="athenahealth",
    patient_portal="athenaPatient",
    fhir_version="R4",
    authentication="OAuth 2.0 with SMART on FHIR",
    market_share=0.06,
    capabilities=frozenset(Capability),
    production=f"{_PLATFORM}/fhir/r4",
    sandbox=f"{_PLATFORM}/fhir/r4/sandbox",
    oauth=OAuthSettings(
        authorization_endpoint=f"{_PLATFORM}/oauth2/v1/authorize",
        token_endpoint=f"{_PLATFORM}/oauth2/v1/token",
        default_scopes="patient/*.read launch/patient",
        redirect_path="/api/ehr/callback",
    ),
    rate_limits=RateLimits(per_second=8, burst=16, burst_seconds=2, per_day=100_000),
    support=Support(
        developer_portal="https://developer.athenahealth.com",
        documentation="https://docs.athenahealth.com/api",
        email="apisupport@athenahealth.com",
        status_page="https://status.athenahealth.com",
    ),
)
"""athenahealth, with the facts of the integration guide."""

_LOCAL = "http://127.0.0.1:8080"

EMULATOR = replace(
    ATHENAHEALTH,
    name="emulator",
    production=f"{_LOCAL}/fhir/r4",
    sandbox=f"{_LOCAL}/fhir/r4/sandbox",
    oauth=replace(
        ATHENAHEALTH.oauth,
        authorization_endpoint=f"{_LOCAL}/oauth2/v1/authorize",
        token_endpoint=f"{_LOCAL}/oauth2/v1/token",
    ),
)
"""An emulator of it on this machine, where ``mock-athena serve`` listens."""

PROVIDERS: Mapping[str, Provider] = MappingProxyType({each.name: each for each in (ATHENAHEALTH, EMULATOR)})
"""The registry: providers by name."""


def with_providers(*more: Provider, providers: Mapping[str, Provider] = PROVIDERS) -> Mapping[str, Provider]:
    """A registry with more providers; one of a name that is known takes its place."""
    return MappingProxyType({**providers, **{each.name: each for each in more}})


def provider_of(base_url: str, providers: Mapping[str, Provider] = PROVIDERS) -> Provider | None:
    """Whose a FHIR base URL is; None if nobody's who is known."""
    base = base_url.rstrip("/")
    return next((each for each in providers.values() if base in (each.production, each.sandbox)), None)
