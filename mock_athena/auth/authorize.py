"""An authorization request, from what a browser brought to a value that can be consented to.

In two steps, because they fail differently (RFC 6749 §4.1.2.1). First it is settled where the answer goes
(:func:`return_address`): as long as client and redirect URI are not known to belong together, nobody is redirected
anywhere. Then the rest is checked (:func:`authorization_request`), and any fault goes back to the client.
https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#obtain-authorization-code
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from mock_athena.auth.addresses import environment_of
from mock_athena.auth.client_registry import ClientRegistry
from mock_athena.auth.discovery import issuer_at
from mock_athena.auth.form import Parameters
from mock_athena.auth.grants import grantable, granted, invalid_scope
from mock_athena.auth.launch import Launch, Launches
from mock_athena.auth.pkce import checked_challenge
from mock_athena.auth.redirects import is_registered
from mock_athena.auth.registration import ClientRegistration
from mock_athena.clock import NANOSECONDS
from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import OAuthError, shortened
from mock_athena.profiles import Profile

# The parameters that a consent page carries along, to be checked again when it is answered.
CARRIED = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "aud",
    "resource",
    "code_challenge",
    "code_challenge_method",
    "login_hint",
    "nonce",
    "prompt",
    "max_age",
    "launch",
)
_PROMPTS = frozenset(("none", "login", "consent", "select_account"))
_MOST_DIGITS = 9
_ADDRESSING = frozenset(("client_id", "redirect_uri", "state"))


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """Where the answer to an authorization request may be sent.

    Attributes:
        redirect_uri: as the request had it.
        state: comes back unchanged; None where there was none, which is refused.
        issuer: who answers: a client that deals with several servers can tell a mix-up by it (RFC 9207).
    """

    client: ClientRegistration
    redirect_uri: str
    state: str | None
    issuer: str

    def with_code(self, code: str) -> str:
        """The URL that brings the client its code."""
        return self._with({"code": code})

    def with_error(self, error: OAuthError) -> str:
        """The URL that tells the client why there is no code."""
        return self._with({"error": error.error, "error_description": _plain(error.message)})

    def _with(self, answer: dict[str, str]) -> str:
        state = {} if self.state is None else {"state": self.state}
        added = urlencode({**answer, **state, "iss": self.issuer})
        parts = urlsplit(self.redirect_uri)
        return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that a patient can be asked to consent to.

    Attributes:
        address: where the answer goes.
        scopes: texts of what would be granted, in the order of the request.
        challenge: S256 code challenge; None if the client uses no PKCE.
        environment: ``production`` or ``sandbox``, whose patients can sign in.
        login_hint: who is expected to sign in (a user name, or a patient's id); None if the client does not say.
        nonce: to be repeated in the id_token; None for none.
        prompt: what the client wants the person to be asked: ``none``, ``login``, ``consent``, ``select_account``.
        max_age: seconds since the sign-in, beyond which the person must sign in again; None for no matter.
        launch_id: the ``launch`` parameter; None for a standalone launch.
        launch: what it stands for: its user is signed in already, its context is chosen.
    """

    address: ReturnAddress
    scopes: tuple[str, ...]
    challenge: str | None
    environment: str
    login_hint: str | None
    nonce: str | None = None
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    launch_id: str | None = None
    launch: Launch | None = None

    @property
    def needs_patient(self) -> bool:
        """A patient must be in context: ``launch/patient`` or a ``patient/`` scope would be granted."""
        return needs_patient(self.scopes)

    @property
    def needs_encounter(self) -> bool:
        """An encounter is to be chosen: ``launch/encounter`` would be granted."""
        return "launch/encounter" in self.scopes

    def must_sign_in(self, signed_in: int | None, now: int) -> bool:
        """Whether somebody who signed in at an instant (nanoseconds, our clock; None: nobody did) has to do so again.

        Raises:
            OAuthError: ``login_required``, where the client wants nobody to be asked.
        """
        fresh = signed_in is not None and (self.max_age is None or now - signed_in <= self.max_age * NANOSECONDS)
        if fresh and "login" not in self.prompt:
            return False
        if "none" in self.prompt:
            raise OAuthError("login_required", "prompt=none: nobody is signed in, or it is longer ago than max_age")
        return True


def needs_patient(scopes: Iterable[str]) -> bool:
    """Whether one of these scopes makes sense only with a patient in context."""
    return any(text == "launch/patient" or text.startswith("patient/") for text in scopes)


def return_address(sent: Parameters, clients: ClientRegistry, origin: str) -> ReturnAddress:
    """Where the answer to this request may go.

    Args:
        origin: scheme, host and port that the request reached, such as ``http://127.0.0.1:8080``.

    Raises:
        OAuthError: must be shown to the person in front of the browser, and never be redirected.
    """
    unclear = [name for name in sent.repeated if name in _ADDRESSING]
    if unclear:
        raise OAuthError("invalid_request", f"sent more than once: {', '.join(unclear)}; send each once")
    client_id = sent.demand("client_id", "the id of a registered client")
    client = clients.get(client_id)
    if client is None:
        message = f"no client {shortened(client_id, 100)!r} is registered here: {_how_to_register('client_id')}"
        raise OAuthError("invalid_client", message)
    redirect_uri = sent.demand("redirect_uri", "one that the client registered, as SMART App Launch demands")
    if not is_registered(redirect_uri, client):
        known = ", ".join(client.redirect_uris) or "none"
        message = (
            f"the redirect_uri {shortened(redirect_uri)!r} is not registered for {client.client_id}; it must equal, "
            f"character for character, one of: {known}. To use another, {_how_to_register('redirect_uris')}"
        )
        raise OAuthError("invalid_request", message)
    return ReturnAddress(client, redirect_uri, sent.get("state"), issuer_at(origin))


def authorization_request(
    sent: Parameters, address: ReturnAddress, profile: Profile, origin: str, launches: Launches
) -> AuthorizationRequest:
    """The request, checked.

    Args:
        origin: scheme, host and port that the request reached, such as ``http://127.0.0.1:8080``.

    Raises:
        OAuthError: to be sent back to ``address``.
    """
    sent.refuse_repeated()
    client = address.client
    _check_kind(sent, client)
    sent.demand("state", "a random text that the client checks when it comes back, as SMART App Launch demands")
    challenge = checked_challenge(
        sent.get("code_challenge"),
        sent.get("code_challenge_method"),
        required=client.is_public,
    )
    environment = _environment(sent, origin)
    launch = _launch(sent, client, environment, launches)
    return AuthorizationRequest(
        address=address,
        scopes=_scopes(sent, client, profile),
        challenge=challenge,
        environment=environment,
        login_hint=sent.get("login_hint"),
        nonce=sent.get("nonce"),
        prompt=_prompt(sent.get("prompt")),
        max_age=_max_age(sent.get("max_age")),
        launch_id=sent.get("launch"),
        launch=launch,
    )


def _check_kind(sent: Parameters, client: ClientRegistration) -> None:
    response_type = sent.demand("response_type", "code")
    if response_type != "code":
        message = f"response_type must be code, not {shortened(response_type, 50)!r}"
        raise OAuthError("unsupported_response_type", message)
    if "authorization_code" not in client.grant_types:
        message = (
            f"{client.client_id} is not registered for authorization_code, but for {', '.join(client.grant_types)}"
        )
        raise OAuthError("unauthorized_client", message)


def _launch(sent: Parameters, client: ClientRegistration, environment: str, launches: Launches) -> Launch | None:
    """What the ``launch`` parameter stands for; None for a standalone launch."""
    id = sent.get("launch")
    if id is None:
        return None
    launch = launches.look(id, client.client_id)
    if "launch" not in (sent.get("scope") or "").split():
        raise OAuthError("invalid_request", "launch was sent without the scope launch: ask for that as well")
    if launch.environment != environment:
        message = f"aud names {environment}, but the launch was started at {launch.environment}: send its iss as aud"
        raise OAuthError("invalid_request", message)
    return launch


def _scopes(sent: Parameters, client: ClientRegistration, profile: Profile) -> tuple[str, ...]:
    registered = grantable(client.scope, "authorization_code", client.grant_types)
    requested = sent.get("scope")
    if requested is None:
        raise invalid_scope("", registered)
    if sent.get("launch") is None:
        # Many an application asks for it always, and means it where the EHR started it.
        requested = " ".join(text for text in requested.split() if text != "launch")
    return granted(requested, registered, profile)


def _prompt(text: str | None) -> frozenset[str]:
    asked = frozenset((text or "").split())
    unknown = sorted(asked - _PROMPTS)
    if unknown or ("none" in asked and len(asked) > 1):
        message = f"prompt {shortened(text or '', 60)!r}: expected none alone, or some of {', '.join(sorted(_PROMPTS))}"
        raise OAuthError("invalid_request", message)
    return asked


def _max_age(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise OAuthError("invalid_request", f"max_age {shortened(text, 30)!r}: expected a number of seconds")
    return int(text)


def _environment(sent: Parameters, origin: str) -> str:
    """Which environment ``aud`` (or its synonym ``resource``, RFC 8707) names."""
    expected = " or ".join(origin + facts.fhir_path for facts in ENVIRONMENTS.values())
    aud = sent.get("aud") or sent.get("resource")
    if aud is None:
        raise OAuthError("invalid_request", f"aud is missing: it must be the FHIR base URL, {expected}")
    environment = environment_of(aud, origin)
    if environment is None:
        message = f"aud {shortened(aud)!r} is not a FHIR base URL of this server: expected {expected}"
        raise OAuthError("invalid_request", message)
    return environment


def _how_to_register(what: str) -> str:
    return f"register it with POST /_mock/clients (RFC 7591 metadata with {what}) or start with --clients FILE"


def _plain(text: str) -> str:
    """``text`` within the characters of an ``error_description`` (RFC 6749 appendix A.8)."""
    simple = text.replace('"', "'").replace("\\", "/").replace("…", "...")
    return simple.encode("ascii", "replace").decode("ascii")
