"""The integration service over HTTP, as the guide has it: ``athena-fhir gateway``.

- :mod:`.app`: the routes. :mod:`.bodies`: our values in the guide's JSON. :mod:`.schemas`: JSON Schemas that every
  body is held to.
- :mod:`.admission`: who may call. :mod:`.connecting`: the browser's way. :mod:`.refusals`: what is answered if it
  does not go.
- :mod:`.serving`: starts it.

Needs the extra ``gateway``.
"""

from athena_fhir_client.errors import MissingDependency

try:
    import flask as _flask  # noqa: F401 - only whether it is there
    import jsonschema as _jsonschema  # noqa: F401
    import waitress as _waitress  # noqa: F401
except ImportError as error:
    message = f"{error.name} is not installed; the gateway needs it: pip install 'mock-athena[gateway]'"
    raise MissingDependency(message) from error

from athena_fhir_client.gateway.app import create_gateway
from athena_fhir_client.gateway.settings import GatewaySettings

__all__ = ["GatewaySettings", "create_gateway"]
