"""A client of athenahealth's FHIR API, or of an emulator of it: as fast as the limits allow, and never faster.

The public face of the package::

    from athena_fhir_client import AthenaClient

    client = AthenaClient.from_env()
    patient = client.read("Patient", "a-500001.E-1")

:class:`AthenaClient` and the guide's service are imported on first use, since they need libraries of the extra
``client``. Nothing here imports the emulator: the two are independent witnesses of the same specification.
"""

import importlib
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
    from athena_fhir_client.functions import search_resources
    from athena_fhir_client.service import (
        AthenaHealthEnhancedService,
        get_athena_health_enhanced_service,
        get_connection,
    )

__all__ = [
    "ATHENAHEALTH",
    "EMULATOR",
    "PROVIDERS",
    "AthenaClient",
    "AthenaError",
    "AthenaHealthEnhancedService",
    "Capability",
    "Configuration",
    "ConfigurationError",
    "OAuthSettings",
    "Provider",
    "RateLimits",
    "Support",
    "get_athena_health_enhanced_service",
    "get_connection",
    "search_resources",
    "with_providers",
]

_LATER = {
    "AthenaClient": "athena_fhir_client.client",
    "AthenaHealthEnhancedService": "athena_fhir_client.service",
    "get_athena_health_enhanced_service": "athena_fhir_client.service",
    "get_connection": "athena_fhir_client.service",
    "search_resources": "athena_fhir_client.functions",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
