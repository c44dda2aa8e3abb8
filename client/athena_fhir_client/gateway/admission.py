"""Who may call: whoever has an API key; where there is none, this machine only, and no web page of another origin."""

from hmac import compare_digest

from flask import Request, Response

from athena_fhir_client.gateway.refusals import refused
from athena_fhir_client.gateway.settings import LOOPBACK, GatewaySettings

# A browser comes here by a link or a redirect and has no key: a ticket or a state admits it.
BROWSER = frozenset({"callback", "go", "health"})
_FOREIGN = ("cross-site", "same-site")
_OF_PROXIES = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


def admit(request: Request, settings: GatewaySettings) -> Response | None:
    """None if the caller may go on, else the refusal."""
    endpoint = (request.endpoint or "").rpartition(".")[2]
    if not settings.api_keys:
        return _from_here(request, endpoint, settings)
    if endpoint in BROWSER and (endpoint != "go" or "ticket" in request.args):
        return None
    if _has_key(request, settings):
        return None
    message = "an API key is needed: send it as X-API-Key, or as Authorization: Bearer"
    return refused(401, "UNAUTHORIZED", message, {"WWW-Authenticate": "Bearer"})


def _has_key(request: Request, settings: GatewaySettings) -> bool:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    given = request.headers.get("X-API-Key") or (bearer if scheme.lower() == "bearer" else "")
    return any(compare_digest(given.encode(), key.encode()) for key in settings.api_keys)


def _from_here(request: Request, endpoint: str, settings: GatewaySettings) -> Response | None:
    """A page of another origin must not use a gateway that trusts whoever is on this machine."""
    if _host(request) not in LOOPBACK:
        return refused(403, "FORBIDDEN", "without an API key the gateway answers at a loopback address only")
    if _passed_on(request, settings):
        return refused(
            403, "FORBIDDEN", "without an API key the gateway answers nobody whom a proxy passes on from elsewhere"
        )
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
    if endpoint not in BROWSER and (site in _FOREIGN or (origin and origin != request.host_url.rstrip("/"))):
        return refused(403, "FORBIDDEN", "without an API key the gateway does not answer pages of other origins")
    return None


def _passed_on(request: Request, settings: GatewaySettings) -> bool:
    """Whether a proxy on this machine passes somebody on who is elsewhere, or nobody knows where."""
    if settings.behind_proxy:  # it is believed, and has said who it is
        return request.remote_addr not in (None, *LOOPBACK)
    return any(name in request.headers for name in _OF_PROXIES)


def _host(request: Request) -> str:
    host = request.host
    return host[1 : host.index("]")] if host.startswith("[") and "]" in host else host.partition(":")[0]
