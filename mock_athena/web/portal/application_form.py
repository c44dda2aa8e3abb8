"""The form that registers an application: what was filled in, what is wrong with it, and the metadata that it means.

Each field is tried alone by the one parser of registrations (:mod:`mock_athena.auth.registration`), so that what is
wrong stands beside the field; then all together, because some contradict each other. Nothing that was typed is lost.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_athena.auth.form import Parameters
from mock_athena.auth.registration import (
    AUTH_METHODS,
    ClientRegistration,
    parse_registration,
)
from mock_athena.errors import ControlError
from mock_athena.fhir.registry import offered
from mock_athena.profiles import Profile

SCOPE_PREFIX = "scope "
METHODS = {
    "client_secret_basic": "Secret, sent as Basic credentials",
    "client_secret_post": "Secret, sent in the form",
    "client_secret_jwt": "Secret that signs (client_secret_jwt)",
    "private_key_jwt": "Key pair that signs (private_key_jwt)",
    "none": "Nothing: a public client with PKCE",
}
LEGS = {"authorization_code": "people", "client_credentials": "backend", "refresh_token": "refresh"}
PLAIN = ("launch", "launch/patient", "launch/encounter", "openid", "fhirUser", "offline_access", "online_access")
CONTEXTS = {"patient": "Records of one patient", "user": "What the user may see", "system": "Backend, without a user"}
_TEXTS = ("client_id", "client_name", "initiate_login_uri", "jwks_uri")
# Kept as they are: the form has no field for them.
_UNTOUCHED = ("client_uri", "logo_uri", "tos_uri", "policy_uri", "contacts", "software_id", "software_version")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers: ways to authenticate and scopes, each with its words.

    Attributes:
        wildcards: scopes on all types can be granted. exclusive: an application has two legs or three, not both.
    """

    methods: Mapping[str, str]
    plain: tuple[str, ...]
    contexts: Mapping[str, str]
    types: tuple[str, ...]
    wildcards: bool
    exclusive: bool


def choices(profile: Profile) -> Choices:
    """What can be chosen where this behaviour is shown."""
    return Choices(
        methods={name: METHODS.get(name, name) for name in AUTH_METHODS},
        plain=PLAIN,
        contexts=CONTEXTS,
        types=tuple(offered(profile.surface)),
        wildcards=profile.wildcard_scopes,
        exclusive=profile.exclusive_legs,
    )


@dataclass(slots=True)
class ApplicationForm:
    """One form.

    Attributes:
        texts: of the fields, as typed; ``redirect_uris`` one a line, ``more_scopes`` separated by blanks.
        ticked: names of the boxes: ``people``, ``backend``, ``refresh``, ``auto_approve``.
        scopes: those whose boxes are ticked.
        errors: by field, what is wrong; under an empty name, what is wrong with all together.
    """

    texts: dict[str, str]
    ticked: frozenset[str]
    scopes: frozenset[str]
    kept: Mapping[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: Parameters, client: ClientRegistration | None = None) -> "ApplicationForm":
        """What was sent; of an application that there is, the fields that the form does not show come along."""
        names = ("redirect_uris", "more_scopes", "jwks", "token_endpoint_auth_method", *_TEXTS)
        texts = {name: (sent.get(name) or "").strip() for name in names}
        kept: dict[str, Any] = {}
        if client:
            known = client.metadata()
            texts["client_id"] = client.client_id
            kept = {name: known[name] for name in _UNTOUCHED if name in known}
        boxes = ("people", "backend", "refresh", "auto_approve")
        scopes = (name.removeprefix(SCOPE_PREFIX) for name in sent.values if name.startswith(SCOPE_PREFIX))
        return cls(texts, frozenset(name for name in boxes if sent.get(name)), frozenset(scopes), kept)

    def mentions(self, context: str) -> bool:
        """Whether a box of this context (``patient``, ``user``, ``system``) is ticked."""
        return any(scope.startswith(f"{context}/") for scope in self.scopes)

    def registered(self, register: Callable[[dict[str, Any]], ClientRegistration]) -> ClientRegistration | None:
        """The application, registered; None where something is wrong: ``errors`` says what.

        Args:
            register: takes the metadata.
        """
        metadata = self._metadata()
        if not self.errors:
            try:
                return register(metadata)
            except ControlError as error:
                self.errors[_field_of(error.message)] = error.message
        return None

    def _metadata(self) -> dict[str, Any]:
        metadata: dict[str, Any] = {name: self.texts[name] for name in _TEXTS if self.texts[name]}
        metadata |= {"scope": self._scope(), **self._grants(), **self._uris(), **self._keys()}
        method = self.texts["token_endpoint_auth_method"] or "client_secret_basic"
        metadata["token_endpoint_auth_method"] = method
        if "auto_approve" in self.ticked:
            metadata["auto_approve"] = True
        for name in ("client_name", "initiate_login_uri", "jwks_uri"):
            self._try(name, metadata)
        return metadata | dict(self.kept)

    def _grants(self) -> dict[str, Any]:
        grants = [name for name, box in LEGS.items() if box in self.ticked]
        if not grants:
            self.errors["grant_types"] = "Tick at least one: how does the application get its tokens?"
        return {"grant_types": grants}

    def _uris(self) -> dict[str, Any]:
        uris = self.texts["redirect_uris"].split()
        if not uris:
            if "people" in self.ticked:
                self.errors["redirect_uris"] = "Where people sign in, there must be an address to send them back to."
            return {}
        self._try("redirect_uris", {"redirect_uris": uris})
        return {"redirect_uris": uris}

    def _keys(self) -> dict[str, Any]:
        text = self.texts["jwks"]
        if not text:
            return {}
        try:
            keys = json.loads(text)
        except (ValueError, RecursionError) as error:
            self.errors["jwks"] = f"This is not JSON: {error}"
            return {}
        self._try("jwks", {"jwks": keys})
        return {"jwks": keys}

    def _scope(self) -> str:
        texts = dict.fromkeys([*sorted(self.scopes, key=_order), *self.texts["more_scopes"].split()])
        if not texts:
            self.errors["scope"] = "Choose at least one: an application without scopes gets no token."
        else:
            self._try("scope", {"scope": " ".join(texts)})
        return " ".join(texts)

    def _try(self, name: str, metadata: Mapping[str, Any]) -> None:
        """Note what is wrong with one field alone."""
        if name not in metadata or name in self.errors:
            return
        probe = {"grant_types": ["client_credentials"], name: metadata[name]}
        try:
            parse_registration(probe)
        except ValueError as error:
            if str(error).startswith(name):
                self.errors[name] = str(error)


def filled_from(client: ClientRegistration | None) -> ApplicationForm:
    """The form of an application that there is; else with what the integration guide's set-up fills in."""
    if client is None:
        texts = {"redirect_uris": "https://your-app.com/api/ehr/callback"}
        ticked = frozenset(("people", "refresh"))
        return _form(texts, ticked, ("patient/*.read", "launch/patient"))
    known = client.metadata()
    texts = {name: str(known.get(name, "")) for name in (*_TEXTS, "token_endpoint_auth_method")}
    texts["redirect_uris"] = "\n".join(client.redirect_uris)
    texts["jwks"] = json.dumps(known["jwks"], indent=1) if "jwks" in known else ""
    ticked = frozenset(LEGS[name] for name in client.grant_types if name in LEGS)
    if client.auto_approve:
        ticked |= {"auto_approve"}
    return _form(texts, ticked, client.scope.split())


def _form(texts: Mapping[str, str], ticked: frozenset[str], scopes: Iterable[str]) -> ApplicationForm:
    names = ("redirect_uris", "more_scopes", "jwks", "token_endpoint_auth_method", *_TEXTS)
    return ApplicationForm({name: texts.get(name, "") for name in names}, ticked, frozenset(scopes))


def has_box(scope: str, choices: Choices) -> bool:
    """Whether the form shows a box for this scope; others are typed."""
    context, slash, rest = scope.partition("/")
    type, _, rights = rest.partition(".")
    if scope in choices.plain:
        return True
    known = type in choices.types or (type == "*" and choices.wildcards)
    return bool(slash) and context in choices.contexts and known and rights in ("rs", "cud", "read")


def _field_of(message: str) -> str:
    """The field that a complaint is about, by the first name of one that it mentions."""
    names = ("redirect_uris", "jwks_uri", "jwks", "scope", "initiate_login_uri", "client_name", "grant_types")
    if message.startswith("client_id "):
        return "client_id"
    found = [(message.find(name), name) for name in names if name in message]
    found += [(message.find(name), "grant_types") for name in LEGS if name in message]
    return min(found)[1] if found else ""


def _order(scope: str) -> tuple[int, str]:
    return (PLAIN.index(scope), "") if scope in PLAIN else (len(PLAIN), scope)
