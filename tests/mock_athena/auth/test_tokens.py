"""Access tokens: what they say, and why one is refused."""

import base64
import json

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from mock_athena.auth.grant import Grant
from mock_athena.auth.server import AuthorizationServer
from mock_athena.auth.tokens import AUDIENCE, ISSUER, MOST_REMEMBERED
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import Unauthorized
from mock_athena.profiles import MISSION
from mock_athena.settings import Settings, fixtures_dir
from mock_athena.state.memory import MemoryState
from tests.mock_athena.auth.conftest import claims_of, hand_signed

GRANT = Grant("mock-client", ("patient/*.rs", "offline_access"), "a-1959.E-7", "session-1", "a-1.Practice-1959")


def challenge(server: AuthorizationServer, authorization: str | None) -> tuple[str, str]:
    """Message and challenge of the refusal."""
    with pytest.raises(Unauthorized) as caught:
        server.identify(authorization)
    return caught.value.message, dict(caught.value.headers)["WWW-Authenticate"]


def test_a_token_is_recognised(server: AuthorizationServer, clock: ManualClock) -> None:
    caller = server.identify("Bearer " + server.tokens.issue(GRANT))
    assert (caller.client_id, caller.patient) == ("mock-client", "a-1959.E-7")
    assert [scope.text for scope in caller.scopes] == ["patient/*.rs", "offline_access"]
    assert caller.expires == clock.now() + 3600 * NANOSECONDS


def test_a_token_is_a_jwt_that_the_published_key_verifies(server: AuthorizationServer, clock: ManualClock) -> None:
    claims = claims_of(server, server.tokens.issue(GRANT))
    now = clock.now() // NANOSECONDS
    assert claims.pop("jti")
    assert claims == {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "a-1959.E-7", "client_id": "mock-client", "iat": now, "exp": now + 3600,
        "scope": "patient/*.rs offline_access", "patient": "a-1959.E-7", "ah_practice": "a-1.Practice-1959",
        "sid": "session-1",
    }  # fmt: skip


def test_a_backend_token_has_no_patient(server: AuthorizationServer) -> None:
    token = server.tokens.issue(Grant("mock-backend", ("system/*.rs",)))
    assert not {"patient", "ah_practice", "sid"} & set(claims_of(server, token))
    assert server.identify(f"bearer {token}").patient is None


@pytest.mark.parametrize("sent", [None, "", "  ", "Basic bW9jazpz", "abc"])
def test_without_a_token_the_challenge_has_no_error_code(server: AuthorizationServer, sent: str | None) -> None:
    assert challenge(server, sent)[1] == 'Bearer realm="mock-athena"'


@pytest.mark.requirement("SMA-083")
@pytest.mark.parametrize(
    "sent",
    ["Bearer", "Bearer ", "Bearer a b", "Bearer ü", "Bearer a.b.c", "Bearer x", "Bearer ."],
)
def test_a_malformed_token_is_invalid(server: AuthorizationServer, sent: str) -> None:
    message, header = challenge(server, sent)
    assert 'error="invalid_token"' in header
    assert message.replace('"', "'") in header


def test_a_changed_token_is_refused_without_being_repeated(server: AuthorizationServer) -> None:
    head, body, signature = server.tokens.issue(GRANT).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(claims | {"scope": "system/*.*"}).encode()).rstrip(b"=").decode()
    message, header = challenge(server, f"Bearer {head}.{forged}.{signature}")
    assert "signature" in message
    assert forged not in message + header


def test_only_our_algorithm_type_and_claims_are_accepted(server: AuthorizationServer) -> None:
    good = claims_of(server, server.tokens.issue(GRANT))
    path = fixtures_dir() / "keys" / "signing.private.jwk.json"
    ours = RSAKey.import_key(json.loads(path.read_text(encoding="utf-8")))
    kind = {"alg": "RS256", "typ": "at+jwt"}
    assert server.identify("Bearer " + jwt.encode(kind, good, ours))
    tokens = [
        jwt.encode(kind, good, RSAKey.generate_key(2048)),
        hand_signed(kind | {"alg": "HS256"}, good, ours.as_pem(private=False)),
        hand_signed(kind | {"alg": "none"}, good, b""),
        jwt.encode({"alg": "RS256", "typ": "JWT"}, good, ours),
        jwt.encode(kind, good | {"iss": "https://elsewhere.example"}, ours),
        *(jwt.encode(kind, good | {"exp": exp}, ours) for exp in (None, "1", 1e400, -(10**400), 10**400)),
        *(jwt.encode(kind, good | {name: 5}, ours) for name in ("scope", "client_id", "patient", "jti", "sid")),
    ]
    for token in tokens:
        assert 'error="invalid_token"' in challenge(server, f"Bearer {token}")[1]


def test_expiry_follows_our_clock(server: AuthorizationServer, clock: ManualClock) -> None:
    header = "Bearer " + server.tokens.issue(GRANT)
    clock.advance(3600 * NANOSECONDS - 1)
    assert server.identify(header)
    clock.advance(1)
    challenge(server, header)
    clock.advance(31 * NANOSECONDS)
    message, told = challenge(server, header)
    assert "expired 31 s ago" in message
    assert "get a new one" in message
    assert 'error="invalid_token"' in told


def test_a_token_survives_reset_and_restart(server: AuthorizationServer, clock: ManualClock) -> None:
    header = "Bearer " + server.tokens.issue(GRANT)
    server.reset()
    assert server.identify(header).client_id == "mock-client"
    assert AuthorizationServer(Settings(), MISSION, clock, MemoryState()).identify(header).client_id == "mock-client"


def test_revoking_a_session_ends_its_tokens_only(server: AuthorizationServer) -> None:
    revoked = "Bearer " + server.tokens.issue(GRANT)
    other = "Bearer " + server.tokens.issue(Grant("mock-client", ("system/*.rs",)))
    assert server.identify(revoked)
    server.revoke_session("session-1")
    assert "revoked" in challenge(server, revoked)[0]
    assert server.identify(other)


def test_memory_of_verified_tokens_is_bounded_and_loses_nothing(
    server: AuthorizationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_REMEMBERED > 1
    monkeypatch.setattr("mock_athena.auth.tokens.MOST_REMEMBERED", 2)
    headers = ["Bearer " + server.tokens.issue(Grant(f"client-{n}", ())) for n in range(4)]
    for _ in range(2):
        assert [server.identify(header).client_id for header in headers] == [f"client-{n}" for n in range(4)]
    assert len(server.tokens._known) == 2
