"""Where tokens come from: ``.well-known/smart-configuration``, else the CapabilityStatement, else what is known before.

https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html and, for the older way,
http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from athena_fhir_client.errors import AthenaError, ConfigurationError, JsonObject, StatusError
from athena_fhir_client.outcomes import objects_in
from athena_fhir_client.providers import Provider
from athena_fhir_client.transport import origin_of

_OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What an authorization server tells of itself.

    Attributes:
        token, authorization, registration, revocation: URLs; empty where there is none.
        auth_methods: how clients may authenticate (RFC 8414), such as ``client_secret_basic``; empty if not told.
        capabilities: of SMART, such as ``permission-v2``.
        scopes: some of those that may be asked for.
        source: where this was learned.
    """

    token: str
    authorization: str = ""
    registration: str = ""
    revocation: str = ""
    auth_methods: frozenset[str] = frozenset()
    capabilities: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    source: str = ""

    def __post_init__(self) -> None:
        """Secrets travel over https, or not at all further than this machine."""
        for url in filter(None, (self.token, self.authorization)):
            scheme, host, _ = origin_of(url)
            if scheme != "https" and host not in _LOOPBACK:
                message = f"{self.source} names the endpoint {url}: expected https, since secrets are sent there"
                raise ConfigurationError(message)


def discover(get: Callable[[str], JsonObject], base_url: str, provider: Provider | None = None) -> Endpoints:
    """The endpoints of the authorization server that protects a FHIR server.

    Args:
        get: the JSON of a path below ``base_url``, without a token.

    Raises:
        AthenaError: the server cannot be reached, or is down, or names no token endpoint.
    """
    for path, read in ((".well-known/smart-configuration", _of_smart), ("metadata", _of_metadata)):
        try:
            found = read(get(path), f"{base_url}/{path}")
        except StatusError as error:
            if error.status >= 500:
                raise  # it is not there at all, which is something else
            continue
        if found.token:
            return found
    if provider:
        return Endpoints(provider.oauth.token_endpoint, provider.oauth.authorization_endpoint, source=provider.name)
    message = (
        f"{base_url} names no token endpoint, neither in .well-known/smart-configuration nor in metadata: is it the "
        "base URL of a FHIR server that is protected by SMART on FHIR?"
    )
    raise AthenaError(message)


def _of_smart(told: JsonObject, source: str) -> Endpoints:
    return Endpoints(
        token=_text(told.get("token_endpoint")),
        authorization=_text(told.get("authorization_endpoint")),
        registration=_text(told.get("registration_endpoint")),
        revocation=_text(told.get("revocation_endpoint")),
        # The second name is what the real API was seen to use beside the first.
        auth_methods=_texts(
            told.get("token_endpoint_auth_methods_supported") or told.get("token_endpoint_auth_methods")
        ),
        capabilities=_texts(told.get("capabilities")),
        scopes=_texts(told.get("scopes_supported")),
        source=source,
    )


def _of_metadata(told: JsonObject, source: str) -> Endpoints:
    uris = {_text(each.get("url")): _text(each.get("valueUri")) for each in _oauth_uris(told)}
    return Endpoints(
        token=uris.get("token", ""),
        authorization=uris.get("authorize", ""),
        registration=uris.get("register", ""),
        revocation=uris.get("revoke", ""),
        source=source,
    )


def _oauth_uris(capability: JsonObject) -> Iterator[JsonObject]:
    for rest in objects_in(capability.get("rest")):
        security = rest.get("security")
        for extension in objects_in(security.get("extension") if isinstance(security, dict) else None):
            if extension.get("url") == _OAUTH_URIS:
                yield from objects_in(extension.get("extension"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset()
