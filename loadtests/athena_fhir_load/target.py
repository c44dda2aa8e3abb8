"""What is loaded: an emulator, whose control API gives each caller a client, or a sandbox, with one of yours.

A sandbox counts what it is asked, for days: there a run has a budget of requests, and never asks faster than the
guide's 8 a second.
"""

import ipaddress
import json
import os
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from athena_fhir_load.journals import LoadError, UnreachableError, control, control_token, origin_of

SANDBOX_BUDGET = 200
"""Requests of a run against something that is no emulator, unless ``--budget`` says otherwise."""

GUIDES_RATE = 8.0
"""Requests a second that the integration guide allows."""

_PROBE = 15.0  # seconds

_GRANTS = ["client_credentials"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """An OAuth client."""

    client_id: str
    secret: str

    @property
    def basic(self) -> str:
        """For the token endpoint."""
        return "Basic " + b64encode(f"{self.client_id}:{self.secret}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go.

    Attributes:
        origin: scheme and authority. fhir: path of the FHIR base URL. token: path of the token endpoint.
        emulator: whether there is a control API. given: the client to use; None for a new one for each caller.
    """

    origin: str
    fhir: str
    token: str
    emulator: bool
    given: Credentials | None
    scope: str

    @property
    def budget(self) -> int:
        """Requests that a run may make unless it is told otherwise; 0 for any number."""
        return 0 if self.emulator else SANDBOX_BUDGET

    def credentials(self, name: str) -> Credentials:
        """A client for this caller.

        Raises:
            LoadError: the control API refuses.
        """
        if self.given:
            return self.given
        asked = {"client_id": name, "client_name": name, "grant_types": _GRANTS, "scope": self.scope}
        told = control(self.origin, "clients", "POST", asked)
        return Credentials(told["client_id"], told["client_secret"])


def token_of(text: str) -> tuple[str, float]:
    """The access token in a token response, and the seconds that it lives; an empty one where it is something else."""
    try:
        told = json.loads(text)
        token, lives = told["access_token"], float(told.get("expires_in", 3600))
    except (ValueError, TypeError, KeyError, AttributeError):
        return "", 0.0
    return (token, lives) if isinstance(token, str) else ("", 0.0)


def target_of(address: str, token: str = "", client_id: str = "", secret: str = "", scope: str = "") -> Target:
    """The target at an address, which may have the path of a FHIR base URL.

    Args:
        token: the token endpoint's path. client_id, secret: of the client to use; from ATHENAHEALTH_CLIENT_ID and
            ATHENAHEALTH_CLIENT_SECRET where left out and something other than an emulator is loaded.

    Raises:
        LoadError: it is no address, or no emulator and there are no credentials, or not loopback and plain.
    """
    origin = origin_of(address)
    fhir = urlsplit(address).path.rstrip("/") or "/fhir/r4"
    emulator = _is_emulator(origin)
    client_id = client_id or ("" if emulator else os.environ.get("ATHENAHEALTH_CLIENT_ID", ""))
    secret = secret or os.environ.get("ATHENAHEALTH_CLIENT_SECRET", "")
    if not emulator and not client_id:
        message = f"{origin} has no control API, so it is no emulator: a client of yours is needed. "
        message += "Set ATHENAHEALTH_CLIENT_ID and ATHENAHEALTH_CLIENT_SECRET, or --client-id and --client-secret"
        raise LoadError(message)
    if origin.startswith("http:") and not _loopback(origin) and client_id:
        message = f"{origin} would get your client's secret unencrypted: use https"
        raise LoadError(message)
    given = Credentials(client_id, secret) if client_id else None
    return Target(origin, fhir, token or "/oauth2/v1/token", emulator, given, scope or "system/*.read")


def _is_emulator(origin: str) -> bool:
    """Somebody else's server is not asked for a control API.

    Raises:
        UnreachableError: nobody answers.
    """
    if not _loopback(origin) and not control_token():
        return False
    try:
        told = control(origin, "limits", patience=_PROBE)
        return isinstance(told, dict) and "policy" in told and "callers" in told
    except UnreachableError:
        raise
    except LoadError:
        return False


def _loopback(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
