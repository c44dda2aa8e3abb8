"""The service of this process, as the environment configures it, for programs that want no more than the guide's calls.

State is kept below ``ATHENAHEALTH_STATE``, else where the machine keeps the state of programs. With a client secret
in the environment the connection ``conn_123`` is that of the application itself, by client credentials.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from athena_fhir_client.service.connections import Connection
from athena_fhir_client.service.demo import CONNECTION, connect_application, name_patient
from athena_fhir_client.service.service import AthenaHealthEnhancedService


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the service keeps its state."""
    from athena_fhir_client.libraries import platformdirs

    return Path(environ.get("ATHENAHEALTH_STATE") or platformdirs.user_state_path("athena-fhir")) / "service"


@cache
def get_athena_health_enhanced_service() -> AthenaHealthEnhancedService:
    """The service of this process; the same at each call.

    Raises:
        ConfigurationError: the environment has no client id.
    """
    service = AthenaHealthEnhancedService(state_folder())
    if service.configuration.client_secret:
        connect_application(service)
    return service


def get_connection(connection_id: str) -> Connection:
    """A connection of this process's service, with a token that is good now; ``conn_123`` is about some patient.

    Raises:
        ConnectionNotFound, ConnectionExpired, AuthError.
    """
    service = get_athena_health_enhanced_service()
    if connection_id == CONNECTION:
        name_patient(service)
    return service.get_connection(connection_id)
