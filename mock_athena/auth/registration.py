"""One registered client, and how its metadata is read.

The names are RFC 7591's (https://www.rfc-editor.org/rfc/rfc7591#section-2). What that leaves to the server:
a missing ``client_id`` or ``client_secret`` is generated; without ``token_endpoint_auth_method`` a client with ``jwks``
signs (``private_key_jwt``) and any other has a secret; without ``grant_types`` a client with ``redirect_uris`` sends
people to sign in and any other is a backend; without ``scope`` a client gets the guide's default scopes. Metadata
that is not RFC 7591's is refused, because ignoring it would promise what is not kept.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from mock_athena.auth.client_metadata import DESCRIPTIVE, description, flag, text, texts
from mock_athena.auth.grants import unknown_types_told
from mock_athena.auth.granular import problem_of
from mock_athena.auth.keys import checked_jwks
from mock_athena.errors import shortened

SECRET_METHODS = ("client_secret_basic", "client_secret_post")
SIGNING_METHODS = ("client_secret_jwt", "private_key_jwt")
AUTH_METHODS = (*SECRET_METHODS, *SIGNING_METHODS, "none")
APPLICATION_TYPES = ("web", "native")
GRANT_TYPES = ("authorization_code", "client_credentials", "refresh_token")
DEFAULT_SCOPES = {"authorization_code": "patient/*.read launch/patient", "client_credentials": "system/*.read"}

_WITH_SECRET = (*SECRET_METHODS, "client_secret_jwt")
# HS256 wants a key as long as its hash (RFC 7518 §3.2).
_SHORTEST_KEY = 32

# Browsers run these instead of going anywhere.
_NOWHERE = frozenset(("about", "blob", "data", "javascript", "vbscript"))


@dataclass(frozen=True, slots=True)
class ClientRegistration:
    """One client, under the names of RFC 7591.

    Attributes:
        client_secret: None for a client that has no secret.
        scope: what it may ask for, separated by spaces.
        jwks: the public keys of a ``private_key_jwt`` client, as a JWK Set; else None.
        jwks_uri: where they are instead, for such a client; else None.
        application_type: ``web``; or ``native``, whose redirect URI on 127.0.0.1 may have any port (RFC 8252 §7.3).
        auto_approve: its authorization requests are consented to without asking. Ours, not RFC 7591's.
        about: further metadata, which nothing here acts on: see :mod:`mock_athena.auth.client_metadata`.
    """

    client_id: str
    client_secret: str | None
    client_name: str
    redirect_uris: tuple[str, ...]
    grant_types: tuple[str, ...]
    scope: str
    jwks: Mapping[str, Any] | None
    token_endpoint_auth_method: str
    jwks_uri: str | None = None
    application_type: str = "web"
    auto_approve: bool = False
    about: Mapping[str, str | tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_public(self) -> bool:
        """It cannot keep a secret, so it proves by PKCE that the code is its own."""
        return self.token_endpoint_auth_method == "none"  # noqa: S105 - a method

    @property
    def has_two_legs(self) -> bool:
        """It gets tokens by itself."""
        return "client_credentials" in self.grant_types

    @property
    def has_three_legs(self) -> bool:
        """It sends people to sign in."""
        return "authorization_code" in self.grant_types

    def metadata(self) -> dict[str, Any]:
        """The registration response of RFC 7591 §3.2.1, for JSON; a secret never expires."""
        told: dict[str, Any] = {
            "client_id": self.client_id,
            "client_name": self.client_name,
            "redirect_uris": list(self.redirect_uris),
            "grant_types": list(self.grant_types),
            "scope": self.scope,
            "token_endpoint_auth_method": self.token_endpoint_auth_method,
        }
        if self.client_secret is not None:
            told |= {"client_secret": self.client_secret, "client_secret_expires_at": 0}
        if self.jwks is not None:
            told["jwks"] = dict(self.jwks)
        if self.jwks_uri is not None:
            told["jwks_uri"] = self.jwks_uri
        if self.application_type != "web":
            told["application_type"] = self.application_type
        if self.auto_approve:
            told["auto_approve"] = True
        return told | {name: value if isinstance(value, str) else list(value) for name, value in self.about.items()}


KNOWN = (*(name for name in ClientRegistration.__dataclass_fields__ if name != "about"), *DESCRIPTIVE)


def parse_registration(metadata: object) -> ClientRegistration:
    """A registration from decoded JSON, with what is missing filled in.

    Raises:
        ValueError: unknown metadata, a malformed value, or values that contradict each other; says what was expected.
    """
    given = _known(metadata)
    redirect_uris = tuple(_redirect_uri(uri) for uri in texts(given, "redirect_uris"))
    jwks = None if given.get("jwks") is None else checked_jwks(given["jwks"])
    jwks_uri = _key_address(given)
    method = _method(given, signs=jwks is not None or jwks_uri is not None)
    grant_types = _grant_types(given, redirects=bool(redirect_uris))
    client_id = text(given, "client_id") or f"client-{secrets.token_hex(8)}"
    registration = ClientRegistration(
        client_id=client_id,
        client_secret=_secret(given, method),
        client_name=text(given, "client_name") or client_id,
        redirect_uris=redirect_uris,
        grant_types=grant_types,
        scope=_scope(given, grant_types),
        jwks=jwks,
        token_endpoint_auth_method=method,
        jwks_uri=jwks_uri,
        application_type=_application_type(given),
        auto_approve=flag(given, "auto_approve"),
        about=description(given),
    )
    _refuse_contradictions(registration)
    return registration


def _known(metadata: object) -> Mapping[str, Any]:
    if not isinstance(metadata, dict):
        message = f"a client is a JSON object with some of {', '.join(KNOWN)}, not {type(metadata).__name__}"
        raise ValueError(message)
    unknown = sorted(set(metadata) - set(KNOWN))
    if unknown:
        message = f"unknown client metadata {', '.join(unknown)}: expected some of {', '.join(KNOWN)}"
        raise ValueError(message)
    return metadata


def _redirect_uri(uri: str) -> str:
    clean = uri.isascii() and uri.isprintable() and not set(uri) & set(' "<>\\#')
    if not clean or not _is_absolute(uri):
        expected = "expected an absolute URL without fragment, such as http://localhost:3000/callback"
        message = f"redirect_uris: {uri!r}: {expected}"
        raise ValueError(message)
    return uri


def _is_absolute(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        reachable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    # A native application's own scheme needs no host (RFC 8252 §7.1).
    return reachable if parts.scheme in ("http", "https") else bool(parts.scheme) and parts.scheme not in _NOWHERE


def _key_address(given: Mapping[str, Any]) -> str | None:
    url = text(given, "jwks_uri")
    if url is not None and (not url.startswith(("http://", "https://")) or not _is_absolute(url)):
        message = f"jwks_uri {url!r}: expected an absolute URL of http or https, such as https://app.example/jwks.json"
        raise ValueError(message)
    return url


def _application_type(given: Mapping[str, Any]) -> str:
    type = text(given, "application_type") or "web"
    if type not in APPLICATION_TYPES:
        message = f"application_type {type!r}: expected {' or '.join(APPLICATION_TYPES)}"
        raise ValueError(message)
    return type


def _method(given: Mapping[str, Any], *, signs: bool) -> str:
    method = text(given, "token_endpoint_auth_method")
    if method is None:
        return "private_key_jwt" if signs else "client_secret_basic"
    if method not in AUTH_METHODS:
        message = f"token_endpoint_auth_method {method!r}: expected one of {', '.join(AUTH_METHODS)}"
        raise ValueError(message)
    return method


def _grant_types(given: Mapping[str, Any], *, redirects: bool) -> tuple[str, ...]:
    types = texts(given, "grant_types")
    unknown = [type for type in types if type not in GRANT_TYPES]
    if unknown:
        message = f"grant_types: {', '.join(unknown)}: expected some of {', '.join(GRANT_TYPES)}"
        raise ValueError(message)
    return types or (("authorization_code",) if redirects else ("client_credentials",))


def _secret(given: Mapping[str, Any], method: str) -> str | None:
    secret = text(given, "client_secret")
    if method == "client_secret_jwt" and secret is not None and len(secret.encode()) < _SHORTEST_KEY:
        message = f"client_secret: as a key of client_secret_jwt it needs at least {_SHORTEST_KEY} bytes"
        raise ValueError(message)
    if method in _WITH_SECRET:
        return secret or secrets.token_urlsafe(32)
    if secret is not None:
        message = (
            f"client_secret: a client with token_endpoint_auth_method {method} has no secret; leave one of them out"
        )
        raise ValueError(message)
    return None


def _scope(given: Mapping[str, Any], grant_types: tuple[str, ...]) -> str:
    scope = text(given, "scope")
    if scope is None:
        return " ".join(DEFAULT_SCOPES[type] for type in grant_types if type in DEFAULT_SCOPES)
    told = unknown_types_told(scope)
    if told:
        message = f"scope{told}; the CapabilityStatement ({{fhir base}}/metadata) lists those that there are"
        raise ValueError(message)
    for asked in scope.split():
        problem = problem_of(asked)
        if problem:
            message = f"scope: {shortened(asked)}: {problem}"
            raise ValueError(message)
    return " ".join(dict.fromkeys(scope.split()))


def _refuse_contradictions(client: ClientRegistration) -> None:
    method, grants = client.token_endpoint_auth_method, client.grant_types
    rules = (
        ("authorization_code" not in grants or client.redirect_uris, "authorization_code needs redirect_uris"),
        ("refresh_token" not in grants or "authorization_code" in grants, "refresh_token needs authorization_code"),
        (
            "client_credentials" not in grants or method != "none",
            "client_credentials needs a client that authenticates; token_endpoint_auth_method none does not",
        ),
        (
            method != "private_key_jwt" or client.jwks or client.jwks_uri,
            "private_key_jwt needs jwks with the public keys, or jwks_uri where they are",
        ),
        (
            method == "private_key_jwt" or not (client.jwks or client.jwks_uri),
            f"jwks and jwks_uri are for token_endpoint_auth_method private_key_jwt, not {method}",
        ),
        (not (client.jwks and client.jwks_uri), "jwks and jwks_uri: give one of them (RFC 7591 §2)"),
    )
    for holds, complaint in rules:
        if not holds:
            raise ValueError(complaint)
