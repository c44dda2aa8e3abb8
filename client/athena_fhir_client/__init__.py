"""What an application that talks to athenahealth needs to know, whether it talks to the real thing or to an emulator.

The public face of the package::

    from athena_fhir_client import PROVIDERS, Configuration

    provider = PROVIDERS["athenahealth"]
    configuration = Configuration.from_environment()

Nothing here imports the emulator: the two are independent witnesses of the same specification.
"""

from athena_fhir_client.configuration import Configuration, ConfigurationError
from athena_fhir_client.providers import (
    ATHENAHEALTH,
    PROVIDERS,
    Capability,
    OAuthSettings,
    Provider,
    RateLimits,
    Support,
)

__all__ = [
    "ATHENAHEALTH",
    "PROVIDERS",
    "Capability",
    "Configuration",
    "ConfigurationError",
    "OAuthSettings",
    "Provider",
    "RateLimits",
    "Support",
]
