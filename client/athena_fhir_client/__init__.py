"""A client of athenahealth's FHIR API, or of an emulator of it: as fast as the limits allow, and never faster.

The public face of the package::

    from athena_fhir_client import AthenaClient

    client = AthenaClient.from_env()
    patient = client.read("Patient", "a-500001.E-1")

:class:`AthenaClient` is imported on first use, since it needs libraries of the extra ``client``. Nothing here imports
the emulator: the two are independent witnesses of the same specification.
"""

from typing import TYPE_CHECKING, Any

from athena_fhir_client.configuration import Configuration
from athena_fhir_client.errors import AthenaError, ConfigurationError
from athena_fhir_client.providers import (
    ATHENAHEALTH,
    EMULATOR,
    PROVIDERS,
    Capability,
    OAuthSettings,
    Provider,
    RateLimits,
    Support,
    with_providers,
)

if TYPE_CHECKING:
    from athena_fhir_client.client import AthenaClient

__all__ = [
    "ATHENAHEALTH",
    "EMULATOR",
    "PROVIDERS",
    "AthenaClient",
    "AthenaError",
    "Capability",
    "Configuration",
    "ConfigurationError",
    "OAuthSettings",
    "Provider",
    "RateLimits",
    "Support",
    "with_providers",
]


def __getattr__(name: str) -> Any:
    if name == "AthenaClient":
        from athena_fhir_client.client import AthenaClient

        return AthenaClient
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
