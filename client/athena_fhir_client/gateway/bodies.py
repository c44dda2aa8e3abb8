"""Our values in the JSON of the integration guide, field by field."""

from typing import Any

from athena_fhir_client.service.capabilities import Capabilities
from athena_fhir_client.service.instants import instant_of
from athena_fhir_client.service.records import BulkExportJob, ConnectionRecord, Status
from athena_fhir_client.service.service import SyncResult

JsonObject = dict[str, Any]


def started(job: BulkExportJob) -> JsonObject:
    """A job that was just started."""
    return {"id": job.id, "status": job.status.value, "statusUrl": job.status_url, "startedAt": job.started_at}


def status(job: BulkExportJob) -> JsonObject:
    """A job as it stands."""
    told: JsonObject = {"id": job.id, "status": job.status.value}
    if job.status is Status.COMPLETED:
        told["outputUrls"] = list(job.output_urls)
    elif job.status is Status.FAILED:
        told["errorMessage"] = job.error_message
    told["startedAt"] = job.started_at
    if job.completed_at:
        told["completedAt"] = job.completed_at
    return told


def synced(result: SyncResult) -> JsonObject:
    """What a sync brought."""
    return {
        "standardResources": result.standard_resources,
        "enhancedResources": result.enhanced_resources,
        "total": result.total,
    }


def capabilities(found: Capabilities) -> JsonObject:
    """What a connection can do."""
    return {
        "bulkExport": found.bulk_export,
        "diagnosticReports": found.diagnostic_reports,
        "carePlans": found.care_plans,
        "encounters": found.encounters,
        "appointments": found.appointments,
        "documentReferences": found.document_references,
        "rateLimit": found.rate_limit,
    }


def connection(known: ConnectionRecord) -> JsonObject:
    """A connection, without its tokens."""
    return {
        "id": known.id,
        "kind": known.kind,
        "fhirEndpoint": known.fhir_endpoint,
        "userId": known.user_id,
        "scope": known.scope,
        "createdAt": instant_of(known.created),
    }
