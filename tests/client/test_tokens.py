"""Tokens: got once, renewed before they end, by one for all; kept for the owner alone; sent to their server only."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from athena_fhir_client import AthenaClient
from athena_fhir_client.auth.assertion import SignedAssertion
from athena_fhir_client.auth.bearer import TokenAuth
from athena_fhir_client.auth.cache import FileCache
from athena_fhir_client.auth.credentials import Secret
from athena_fhir_client.auth.endpoint import TokenEndpoint
from athena_fhir_client.auth.grants import ClientCredentials, SignedIn
from athena_fhir_client.auth.token import Token, token_from_answer
from athena_fhir_client.configuration import Configuration
from athena_fhir_client.errors import AuthError, ConfigurationError, Forbidden, ForeignHost, Unauthorized
from athena_fhir_client.transport import Transport
from tests.client.in_process import BASE, PATIENT, Known

KEYS = Path(__file__).parents[2] / "fixtures" / "keys" / "mock-backend.private.jwks.json"
NOW = 1_000_000.0


class Standing:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> float:
        return self.at


class Server:
    """A token endpoint that rotates refresh tokens: each is good once."""

    def __init__(self, life: int = 300, rotating: bool = False) -> None:
        self.asked: list[dict[str, str]] = []
        self.life, self.rotating, self.good = life, rotating, ""
        self._lock = threading.Lock()

    def __call__(self, url: str, form: Any, headers: Any) -> dict[str, Any]:  # noqa: ARG002
        with self._lock:
            if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.good:
                raise AuthError("used twice", error="invalid_grant")
            self.asked.append(dict(form))
            number = len(self.asked)
            self.good = f"refresh-{number}"
            told = {"access_token": f"token-{number}", "token_type": "Bearer", "expires_in": self.life}
            return told | ({"refresh_token": self.good} if self.rotating else {})


def auth(server: Server, clock: Standing, cache: FileCache | None = None, signed_in: bool = False) -> TokenAuth:
    endpoint = TokenEndpoint(lambda: "https://ehr.example/token", server, Secret("app", "secret"), clock)  # type: ignore[arg-type]
    return TokenAuth("https://ehr.example/fhir", endpoint, SignedIn() if signed_in else ClientCredentials(), cache)


def test_many_threads_ask_once() -> None:
    server = Server()
    mine = auth(server, Standing())
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: mine.token().access_token, range(200)))
    assert (found, len(server.asked)) == ({"token-1"}, 1)


def test_many_threads_whose_token_was_refused_renew_it_once() -> None:
    server = Server()
    mine = auth(server, Standing())
    old = mine.token().access_token
    with ThreadPoolExecutor(16) as pool:
        found = {each.access_token for each in pool.map(lambda _: mine.renew(old), range(100))}
    assert (found, len(server.asked)) == ({"token-2"}, 2)


@pytest.mark.parametrize(("life", "left"), [(3600, 60.0), (300, 30.0)])
def test_a_token_is_renewed_before_it_ends(life: int, left: float) -> None:
    server, clock = Server(life), Standing()
    mine = auth(server, clock)
    mine.token()
    clock.at = NOW + life - left - 1
    assert mine.token().access_token == "token-1"
    clock.at = NOW + life - left
    assert mine.token().access_token == "token-2"


def test_processes_share_a_token_and_use_a_refresh_token_once(tmp_path: Path) -> None:
    server, clock = Server(rotating=True), Standing()
    processes = [auth(server, clock, FileCache(tmp_path / "token.json"), signed_in=True) for _ in range(8)]
    processes[0].keep(processes[0].endpoint.ask({"grant_type": "authorization_code", "code": "x"}))
    for _ in range(3):
        clock.at += 290
        with ThreadPoolExecutor(8) as pool:
            found = {each.access_token for each in pool.map(lambda mine: mine.token(), processes)}
        assert len(found) == 1
    assert [each["grant_type"] for each in server.asked] == ["authorization_code"] + ["refresh_token"] * 3


def test_whoever_signed_in_long_ago_has_to_sign_in_again() -> None:
    with pytest.raises(AuthError, match="sign in again") as told:
        auth(Server(), Standing(), signed_in=True).token()
    assert told.value.error == "login_required"


def test_the_file_is_the_owners_alone_and_never_half_written(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "state" / "token.json")
    token = Token("secret-token", NOW, 300.0, refresh_token="secret-refresh")
    assert cache.read() is None
    cache.write(token)
    file = tmp_path / "state" / "token.json"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert FileCache(file).read() == token
    assert sorted(each.name for each in file.parent.iterdir() if not each.name.endswith(".lock")) == ["token.json"]
    file.chmod(0o644)
    assert cache.read() is None  # others could have read it
    file.chmod(0o600)
    file.write_text("{")
    assert cache.read() is None
    cache.clear()
    assert not file.exists()


def test_a_wrong_secret_finds_no_token_of_the_right_one(known: Known, tmp_path: Path) -> None:
    right = Configuration(fhir_endpoint=BASE, client_id="mock-client", client_secret="mock-secret")

    def reads(configuration: Configuration) -> None:
        transport = Transport(adapter=known.adapter)
        client = AthenaClient.from_configuration(configuration, folder=tmp_path, clock=known.clock, transport=transport)
        client.read("Patient", PATIENT)

    reads(right)
    reads(right)
    assert known.statuses("/token") == [200]
    for wrong in (replace(right, client_secret="mock-secreT"), replace(right, client_secret="")):
        with pytest.raises(AuthError):
            reads(wrong)
    assert not [file for file in tmp_path.iterdir() if "secret" in file.name]


def test_secrets_never_show() -> None:
    shown = repr(token_from_answer({"access_token": "s3cret", "refresh_token": "s3cret"}, NOW)) + repr(
        Secret("app", "s3cret")
    )
    assert "s3cret" not in shown


@pytest.mark.parametrize("told", [{}, {"access_token": ""}, {"access_token": "x", "token_type": "mac"}])
def test_an_answer_without_a_token_that_can_be_used_is_an_error(told: dict[str, str]) -> None:
    with pytest.raises(AuthError):
        token_from_answer(told, NOW)


@pytest.mark.requirement("BKS-046")
@pytest.mark.parametrize("kid", ["mock-backend-rs384", "mock-backend-es384"])
def test_a_signed_assertion_is_fresh_each_time_and_accepted(known: Known, kid: str) -> None:
    credentials = SignedAssertion.from_file("mock-backend", KEYS, kid)
    client = AthenaClient.from_private_key(BASE, credentials, **known.options())
    assert client.read("Patient", PATIENT)["id"] == PATIENT
    client.token_auth.renew(client.token_auth.token().access_token)
    private = json.loads(KEYS.read_text())["keys"]
    public = ("kty", "kid", "alg", "n", "e", "crv", "x", "y")
    keys = KeySet.import_key_set({"keys": [{name: key[name] for name in public if name in key} for key in private]})
    forms = [dict(part.split("=") for part in str(each.body).split("&")) for each in known.adapter.sent if each.body]
    claims = [jwt.decode(form["client_assertion"], keys, algorithms=["RS384", "ES384"]).claims for form in forms]
    assert len({each["jti"] for each in claims}) == 2
    assert all(each["exp"] - credentials.now() <= 300 for each in claims)
    assert all(each["iss"] == each["sub"] == "mock-backend" for each in claims)


@pytest.mark.parametrize(
    ("key", "said"),
    [("{}", "cannot sign"), ("no key", "does not say its kid"), ('{"keys": []}', "no key 'x'|it has|cannot sign")],
)
def test_a_key_that_cannot_sign_is_refused_at_once(tmp_path: Path, key: str, said: str) -> None:
    (tmp_path / "key").write_text(key)
    with pytest.raises(ConfigurationError, match=said):
        SignedAssertion.from_file("app", tmp_path / "key")
    with pytest.raises(ConfigurationError, match="No such file"):
        SignedAssertion.from_file("app", tmp_path / "nothing")


@pytest.mark.requirement("BKS-047")
def test_a_401_is_answered_with_a_new_token_once(known: Known) -> None:
    client = known.client()
    first = client.token_auth.token().access_token
    known.clock.sleep(4000)  # it expired there, and we do not know
    client.token_auth._token = Token(first, known.clock.now() + 9999, 9999.0)
    assert client.read("Patient", PATIENT)["id"] == PATIENT
    assert known.statuses("Patient") == [401, 200]


def test_a_401_that_a_new_token_does_not_help_is_an_error(known: Known) -> None:
    known.arm({"kind": "status", "with": {"status": 401}, "match": {"route": "fhir"}})
    with pytest.raises(Unauthorized):
        known.client().read("Patient", PATIENT)
    assert known.statuses("Patient") == [401, 401]


@pytest.mark.requirement("SMA-100")
def test_a_token_goes_to_its_own_server_only(known: Known) -> None:
    client = known.client()
    assert client.auth is not None
    with pytest.raises(ForeignHost, match="not sent to another host"):
        client.request("GET", "https://evil.example/fhir/r4/Patient")
    for url in ("https://evil.example/x", "http://127.0.0.1:10/x", "https://127.0.0.1:9/x"):
        prepared = requests.Request("GET", url, auth=client.auth).prepare()
        assert "Authorization" not in prepared.headers


def test_a_wrong_secret_is_said_with_what_to_check(known: Known) -> None:
    client = AthenaClient.from_client_credentials(BASE, "mock-client", "wrong", **known.options())
    with pytest.raises(AuthError, match="Check client id, secret or key") as told:
        client.read("Patient", PATIENT)
    assert (told.value.error, told.value.status) == ("invalid_client", 401)
    assert "wrong" not in str(told.value).split("refused")[0]


@pytest.mark.requirement("SMA-101")
def test_what_was_granted_is_known_before_anything_is_asked(known: Known) -> None:
    client = known.client(scope="system/Patient.rs", client="mock-readonly")
    assert client.token_auth.token().scopes == {"system/Patient.rs"}
    with pytest.raises(Forbidden, match="Observation"):
        list(client.search("Observation", {"patient": PATIENT}))


def test_plain_requests_can_use_it_too(known: Known) -> None:
    client = known.client()
    session = requests.Session()
    session.mount("http://", known.adapter)
    assert session.get(f"{BASE}/Patient/{PATIENT}", auth=client.auth, timeout=5).status_code == 200
    client.token_auth._token = Token("bad", known.clock.now() + 9999, 9999.0)
    again = session.get(f"{BASE}/Patient/{PATIENT}", auth=client.auth, timeout=5)
    assert (again.status_code, [each.status_code for each in again.history]) == (200, [401])
