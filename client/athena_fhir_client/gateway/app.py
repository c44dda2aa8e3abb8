"""The routes of the integration guide, thin: the service does it, bodies are held to their schemas."""

from flask import Blueprint, Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from athena_fhir_client.gateway import bodies
from athena_fhir_client.gateway.admission import admit
from athena_fhir_client.gateway.answers import success
from athena_fhir_client.gateway.connecting import add_connecting
from athena_fhir_client.gateway.refusals import refusal
from athena_fhir_client.gateway.requests import json_body
from athena_fhir_client.gateway.schemas import check_request
from athena_fhir_client.gateway.settings import GatewaySettings
from athena_fhir_client.service.service import AthenaHealthEnhancedService

ATHENA = "/api/ehr/athenahealth"
_LARGEST_BODY = 1 << 20


def create_gateway(service: AthenaHealthEnhancedService, settings: GatewaySettings) -> Flask:
    """The WSGI application."""
    app = Flask("athena_fhir_client.gateway", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    app.before_request(lambda: admit(request, settings))
    app.register_error_handler(Exception, refusal)
    app.register_blueprint(_views(service, settings))
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _views(service: AthenaHealthEnhancedService, settings: GatewaySettings) -> Blueprint:
    views = Blueprint("gateway", __name__)
    _add_exports(views, service)
    _add_connections(views, service)
    add_connecting(views, service, settings)

    @views.post(f"{ATHENA}/enhanced-sync")
    def enhanced_sync() -> Response:
        asked = check_request("enhanced-sync.request", json_body())
        result = service.enhanced_sync(asked.pop("connectionId"), asked)
        return success("enhanced-sync.result", bodies.synced(result))

    @views.get(f"{ATHENA}/capabilities")
    def capabilities() -> Response:
        asked = check_request("capabilities.request", request.args.to_dict())
        return success("capabilities.result", bodies.capabilities(service.get_capabilities(asked["connectionId"])))

    @views.get("/api/ehr/health")
    def health() -> Response:
        return success("health", {"status": "ok"})

    return views


def _add_exports(views: Blueprint, service: AthenaHealthEnhancedService) -> None:
    @views.post(f"{ATHENA}/bulk-export")
    def initiate() -> Response:
        asked = check_request("bulk-export.request", json_body())
        job = service.initiate_bulk_export(asked.pop("connectionId"), asked)
        return success("bulk-export.started", bodies.started(job))

    @views.get(f"{ATHENA}/bulk-export/<job_id>")
    def check(job_id: str) -> Response:
        return success("bulk-export.status", bodies.status(service.check_bulk_export_status(job_id)))

    @views.delete(f"{ATHENA}/bulk-export/<job_id>")
    def cancel(job_id: str) -> Response:
        service.cancel_bulk_export(job_id)
        return success("bulk-export.cancelled", {"id": job_id})


def _add_connections(views: Blueprint, service: AthenaHealthEnhancedService) -> None:
    @views.get("/api/ehr/connections")
    def connections() -> Response:
        return success("connections", [bodies.connection(known) for known in service.store.connections()])

    @views.get("/api/ehr/connections/<id>")
    def connection(id: str) -> Response:
        return success("connection", bodies.connection(service.store.connection(id)))

    @views.delete("/api/ehr/connections/<id>")
    def remove(id: str) -> Response:
        service.disconnect(id)
        return success("connection.removed", {"id": id})
