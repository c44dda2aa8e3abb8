"""The integration service that the guide describes: connections, bulk exports, syncs, capabilities.

- :mod:`.service`: the guide's calls. :mod:`.default`: the one of this process. :mod:`.asked`: their options.
- :mod:`.connections`: tokens, kept fresh. :mod:`.signing_in`: how a user connects. :mod:`.polling`: jobs in progress.
- :mod:`.store`, :mod:`.vault`: what is kept, and how it is encrypted. :mod:`.records`: as values.
- :mod:`.demo`: ``conn_123`` and ``job_123``.
"""

from athena_fhir_client.service.capabilities import Capabilities
from athena_fhir_client.service.connections import Connection
from athena_fhir_client.service.default import get_athena_health_enhanced_service, get_connection
from athena_fhir_client.service.records import BulkExportJob, Status
from athena_fhir_client.service.service import AthenaHealthEnhancedService, ProcessedExport, SyncResult

__all__ = [
    "AthenaHealthEnhancedService",
    "BulkExportJob",
    "Capabilities",
    "Connection",
    "ProcessedExport",
    "Status",
    "SyncResult",
    "get_athena_health_enhanced_service",
    "get_connection",
]
