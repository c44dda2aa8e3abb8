"""An application's own settings, from the environment variables of the integration guide.

``ATHENAHEALTH_CLIENT_ID``, ``ATHENAHEALTH_CLIENT_SECRET``, ``ATHENAHEALTH_REDIRECT_URI`` and
``ATHENAHEALTH_FHIR_ENDPOINT``; the endpoint may be an emulator's. Besides ``ATHENAHEALTH_SCOPE``,
``ATHENAHEALTH_PRACTICE``, ``ATHENAHEALTH_PRIVATE_KEY`` and ``ATHENAHEALTH_KEY_ID``. The secret never shows in a
``repr``.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from athena_fhir_client.errors import ConfigurationError
from athena_fhir_client.providers import ATHENAHEALTH

_PREFIX = "ATHENAHEALTH_"


def is_http_url(url: str) -> bool:
    """Whether it is an absolute URL of a host, and its port one that there can be."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Configuration:
    """How one application presents itself, and where.

    Attributes:
        client_id: empty for a server that is open.
        client_secret: empty for a public client.
        redirect_uri: where the browser returns after consent; empty for an application without a browser.
        fhir_endpoint: FHIR base URL, without a slash at the end.
        scope: what to ask for; empty for what the way of signing in asks for usually.
        practice: sent as ``ah-practice``, which the real API wants of services; empty for none.
        private_key: path of a JWK, JWKS or PEM, to sign instead of sending a secret. key_id: which key it is.
    """

    client_id: str
    client_secret: str = field(default="", repr=False)
    redirect_uri: str = ""
    fhir_endpoint: str = ATHENAHEALTH.production
    scope: str = ""
    practice: str = ""
    private_key: str = ""
    key_id: str = ""

    def __post_init__(self) -> None:
        """Refuse what can never work."""
        for name, url in (("REDIRECT_URI", self.redirect_uri), ("FHIR_ENDPOINT", self.fhir_endpoint)):
            if url and not is_http_url(url):
                message = f"{_PREFIX}{name}={url!r}: expected an absolute URL, such as {ATHENAHEALTH.production}"
                raise ConfigurationError(message)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Configuration":
        """The configuration that the environment gives.

        Raises:
            ConfigurationError: no client id, or a URL that is none.
        """
        if not environ.get(f"{_PREFIX}CLIENT_ID"):
            message = f"{_PREFIX}CLIENT_ID is not set; expected the client id that registering the application gave"
            raise ConfigurationError(message)
        return cls(
            client_id=environ.get(f"{_PREFIX}CLIENT_ID", ""),
            client_secret=environ.get(f"{_PREFIX}CLIENT_SECRET", ""),
            redirect_uri=environ.get(f"{_PREFIX}REDIRECT_URI", ""),
            fhir_endpoint=(environ.get(f"{_PREFIX}FHIR_ENDPOINT") or ATHENAHEALTH.production).rstrip("/"),
            scope=environ.get(f"{_PREFIX}SCOPE", ""),
            practice=environ.get(f"{_PREFIX}PRACTICE", ""),
            private_key=environ.get(f"{_PREFIX}PRIVATE_KEY", ""),
            key_id=environ.get(f"{_PREFIX}KEY_ID", ""),
        )
