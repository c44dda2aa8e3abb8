"""``conn_123`` and ``job_123`` of the guide, as real ones: the application's own connection and its first export."""

import logging
from threading import Thread

from athena_fhir_client.errors import AthenaError
from athena_fhir_client.service.errors import ConnectionNotFound, JobNotFound
from athena_fhir_client.service.records import ConnectionRecord
from athena_fhir_client.service.service import AthenaHealthEnhancedService

CONNECTION, JOB = "conn_123", "job_123"
SCOPE = "system/*.read"

_LOG = logging.getLogger("athena_fhir_client.service")


def connect_application(service: AthenaHealthEnhancedService) -> ConnectionRecord:
    """The application's own connection, by client credentials; made anew if the environment says another server."""
    configuration = service.configuration
    scope = configuration.scope or SCOPE
    try:
        known = service.store.connection(CONNECTION)
    except ConnectionNotFound:
        known = None
    if known is None or (known.fhir_endpoint, known.scope) != (configuration.fhir_endpoint, scope):
        service.connections.add("client", configuration.fhir_endpoint, scope, token=None, user_id="", id=CONNECTION)
    return service.store.connection(CONNECTION)


def start_demo(service: AthenaHealthEnhancedService, patience: float = 5.0) -> None:
    """Have ``conn_123``, about some patient, and start the export ``job_123`` if there is none.

    Args:
        patience: seconds after which a server that does not answer is not waited for.
    """
    connect_application(service)
    thread = Thread(target=_fill, args=(service,), name="demo", daemon=True)
    thread.start()
    thread.join(patience)


def _fill(service: AthenaHealthEnhancedService) -> None:
    try:
        name_patient(service)
        try:
            service.store.job(JOB)
        except JobNotFound:
            service.initiate_bulk_export(CONNECTION, export_type="Patient", job_id=JOB)
    except AthenaError as error:
        _LOG.warning("the demo has no %s: %s", JOB, error)


def name_patient(service: AthenaHealthEnhancedService) -> None:
    """Let ``conn_123`` be about the first patient that the server tells, so that the guide's third example has one."""
    known = service.store.connection(CONNECTION)
    if known.user_id:
        return
    client = service.connections.client(CONNECTION)
    entries = client.json("GET", "Patient", params={"_count": "1"}).get("entry") or []
    for entry in entries:
        id = (entry.get("resource") or {}).get("id", "")
        service.store.put_user_id(CONNECTION, id)
