"""Signed assertions and backend services: SMART App Launch 2.2, backend-services and client-confidential-asymmetric."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows import exports
from athena_fhir_conformance.flows.asking import control, emulated, now, remembered
from athena_fhir_conformance.flows.tokens import (
    Client,
    assertion_form,
    granted,
    key_of_suite,
    oauth_error,
    refused,
    registered,
    service,
    signer,
    token_endpoint,
    token_for,
    token_request,
)
from athena_fhir_conformance.judges import jwts
from athena_fhir_conformance.judges.scopes import beyond, covers
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, should, skip, warn

NARROW = "system/Patient.rs"
GRANT = {"grant_type": "client_credentials", "scope": NARROW}
CLIENT_ERRORS = ("invalid_client", "invalid_request")


def asked_with(target: Target, assertion: str, **changed: str) -> Exchange:
    """A request for a token with an assertion; a field that is changed to nothing is left out."""
    form = {**GRANT, **assertion_form(assertion), **changed}
    return token_request(target, {name: value for name, value in form.items() if value})


def plain_success(target: Target) -> Exchange:
    """A token for a good assertion, remembered."""
    return remembered(target, "signed grant", lambda: asked_with(target, signer(target).assertion(target)))


def rejected(target: Target, assertion: str) -> None:
    """Assert that it is refused, and that the same client is not refused with a good one."""
    good = plain_success(target)
    assert good.status == 200, (
        f"{good}: a good assertion was refused, so nothing is shown by a bad one: {good.text[:200]}"
    )
    refused(asked_with(target, assertion), *CLIENT_ERRORS)


@check("BKS-001", "BKS-017", "BKS-024")
def a_signed_request_gets_a_token(target: Target) -> None:
    answer = plain_success(target)
    assert answer.status == 200, f"{answer}: {answer.text[:300]}"


@check("BKS-002")
def an_unknown_grant_type_is_refused(target: Target) -> None:
    answer = token_request(target, {**GRANT, "grant_type": "not_a_grant_type"}, service(target))
    refused(answer, "unsupported_grant_type", statuses=(400,))


@check("BKS-003")
def a_missing_grant_type_is_refused(target: Target) -> None:
    answer = token_request(target, {"scope": NARROW}, service(target))
    refused(answer, "invalid_request", "unsupported_grant_type", statuses=(400,))


@check("BKS-004")
def another_assertion_type_is_refused(target: Target) -> None:
    assertion = signer(target).assertion(target)
    refused(asked_with(target, assertion, client_assertion_type="not_a_type"), *CLIENT_ERRORS)


@check("BKS-005", "BKS-029")
@cases(
    "assertion", [case("", id="none"), case("garbage", id="garbage"), case("a.b.c", id="parts"), case("..", id="empty")]
)
def what_is_no_assertion_is_refused(target: Target, assertion: str) -> None:
    signer(target)
    refused(asked_with(target, assertion), *CLIENT_ERRORS)


@check("BKS-029")
@cases(
    "changed",
    [
        case({"iss": "somebody-else"}, requirements=("BKS-006",), id="iss"),
        case({"sub": "somebody-else"}, requirements=("BKS-006",), id="sub"),
        case({"iss": "nobody", "sub": "nobody"}, requirements=("BKS-006",), id="unknown"),
        case({"iss": None}, requirements=("BKS-006",), id="no-iss"),
        case({"sub": None}, requirements=("BKS-006",), id="no-sub"),
        case({"aud": "https://elsewhere.invalid/token"}, requirements=("BKS-007",), id="aud"),
        case({"aud": None}, requirements=("BKS-007",), id="no-aud"),
        case({"aud": ["https://elsewhere.invalid/token"]}, requirements=("BKS-007",), id="auds"),
        case({"exp": None}, requirements=("BKS-009",), id="no-exp"),
        case({"exp": -60}, requirements=("BKS-009",), id="expired"),
        case({"exp": "soon"}, requirements=("BKS-009",), id="exp-text"),
        case({"exp": 900}, requirements=("BKS-010",), id="exp-far"),
        case({"nbf": 120, "exp": 240}, requirements=("BKS-012",), id="nbf"),
        case({"jti": None}, requirements=("BKS-013",), id="no-jti"),
        case({"jti": ""}, requirements=("BKS-013",), id="empty-jti"),
    ],
)
def an_assertion_with_a_wrong_claim_is_refused(target: Target, changed: dict[str, Any]) -> None:
    times = {name: int(now()) + value for name, value in changed.items() if isinstance(value, int)}
    rejected(target, signer(target).assertion(target, **{**changed, **times}))


@check("BKS-008")
def an_array_of_audiences_is_taken(target: Target) -> None:
    answer = asked_with(target, signer(target).assertion(target, aud=[token_endpoint(target)]))
    if answer.status != 200:
        omit(f"an array is not taken: {answer}: {answer.text[:200]}")


@check("BKS-011")
def five_minutes_are_not_too_long(target: Target) -> None:
    answer = asked_with(target, signer(target).assertion(target, exp=int(now()) + 300))
    assert answer.status == 200, f"{answer} with exp 300 s ahead: {answer.text[:200]}"


@check("BKS-014")
def an_assertion_is_good_once(target: Target) -> None:
    assertion = signer(target).assertion(target)
    first = asked_with(target, assertion)
    assert first.status == 200, f"{first}: {first.text[:200]}"
    refused(asked_with(target, assertion), "invalid_client")


@check("BKS-014")
def a_jti_is_good_once_whatever_else_differs(target: Target) -> None:
    client = signer(target)
    claims = client.claims(target)
    first = asked_with(target, jwts.signed(claims, client.key or {}))
    assert first.status == 200, f"{first}: {first.text[:200]}"
    refused(asked_with(target, jwts.signed({**claims, "exp": claims["exp"] + 1}, client.key or {})), "invalid_client")


@check("BKS-015")
def a_jti_is_a_clients_own(target: Target) -> None:
    first, second = signer(target), signer(target, "second")
    jti = first.claims(target)["jti"]
    answers = [asked_with(target, client.assertion(target, jti=jti)) for client in (first, second)]
    assert answers[0].status == 200, f"{answers[0]}: {answers[0].text[:200]}"
    assert answers[1].status == 200, f"{answers[1]}: another client has used that jti: {answers[1].text[:200]}"


@check("BKS-016")
def a_forged_assertion_spends_no_jti(target: Target) -> None:
    client = signer(target)
    claims = client.claims(target)
    kid = str((client.key or {}).get("kid"))
    forged = jwts.signed(
        claims, {**jwts.new_key(kid, str((client.key or {})["kty"])), "alg": jwts.algorithm_of(client.key or {})}
    )
    refused(asked_with(target, forged), *CLIENT_ERRORS)
    answer = asked_with(target, jwts.signed(claims, client.key or {}))
    assert answer.status == 200, f"{answer}: a forged assertion has spent the jti: {answer.text[:200]}"


@check("BKS-017")
@cases("algorithm", [case("es384"), case("rs384")])
def both_algorithms_are_taken(target: Target, algorithm: str) -> None:
    client = registered_signer(target, algorithm)
    answer = asked_with(target, client.assertion(target))
    assert answer.status == 200, f"{answer} with {algorithm}: {answer.text[:200]}"


def registered_signer(target: Target, algorithm: str) -> Client:
    """A client of the emulator's that has both keys, with one of them."""
    return Client(signer(target, "both").id, key=key_of_suite(target, algorithm))


@check("BKS-018", "BKS-029")
def an_unsigned_assertion_is_refused(target: Target) -> None:
    client = signer(target)
    rejected(target, jwts.signed_by_nobody(client.claims(target), str((client.key or {}).get("kid"))))


@check("BKS-019", "BKS-029")
def a_public_key_is_no_secret(target: Target) -> None:
    client = signer(target)
    rejected(target, jwts.signed_with_public_key(client.claims(target), client.key or {}))


@check("BKS-005", "BKS-029")
def an_assertion_signed_by_another_key_is_refused(target: Target) -> None:
    client = signer(target)
    key = client.key or {}
    forged = {**jwts.new_key(str(key.get("kid")), str(key["kty"])), "alg": jwts.algorithm_of(key)}
    rejected(target, jwts.signed(client.claims(target), forged))


@check("BKS-020", "BKS-021", "BKS-022", "BKS-029")
@cases(
    "header",
    [
        case({"kid": "no-such-key"}, requirements=("BKS-020",), id="kid"),
        case({"kid": None}, requirements=("BKS-021",), id="no-kid"),
        case({"jku": "https://elsewhere.invalid/jwks.json"}, requirements=("BKS-022",), id="jku"),
    ],
)
def an_assertion_with_a_wrong_header_is_refused(target: Target, header: dict[str, Any]) -> None:
    rejected(target, signer(target).assertion(target, header))


@check("BKS-020")
def the_key_must_fit_the_algorithm(target: Target) -> None:
    client = registered_signer(target, "es384")
    other = key_of_suite(target, "rs384")
    rejected(target, jwts.signed(client.claims(target), client.key or {}, kid=other["kid"]))


@check("BKS-028")
def a_second_key_works(target: Target) -> None:
    answer = asked_with(target, registered_signer(target, "rs384").assertion(target))
    assert answer.status == 200, f"{answer} with the second key: {answer.text[:200]}"


# -- keys at an address --------------------------------------------------------------------------------------------


class KeyServer:
    """The keys of a client at an address on this machine, with a count of who came for them."""

    def __init__(self, kept: str) -> None:
        self.keys: list[dict[str, Any]] = []
        self.accepted: list[str] = []
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.accepted.append(self.headers.get("Accept", ""))
                body = json.dumps({"keys": [jwts.public_part(key) for key in served.keys]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Cache-Control", kept)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/jwks.json"

    @contextmanager
    def running(self) -> Iterator["KeyServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


@contextmanager
def keys_at_an_address(target: Target, kept: str) -> Iterator[tuple[KeyServer, Client]]:
    """A client that registered where its keys are, with one key there."""
    if not emulated(target):
        skip("needs a client of its own with a jwks_uri on this machine, which only an emulator registers and reaches")
    with KeyServer(kept).running() as server:
        server.keys = [key_of_suite(target, "es384")]
        metadata: dict[str, Any] = {
            "grant_types": ["client_credentials"],
            "scope": NARROW,
            "token_endpoint_auth_method": "private_key_jwt",
        }
        client = registered(target, f"keys at {server.url}", **metadata, jwks_uri=server.url)
        yield server, Client(client.id, key=server.keys[0])


@check("BKS-023", "BKS-026")
def keys_are_fetched_from_their_address(target: Target) -> None:
    with keys_at_an_address(target, "max-age=300") as (server, client):
        answers = [asked_with(target, client.assertion(target)) for _ in range(2)]
        assert answers[0].status == 200, f"{answers[0]}: {answers[0].text[:200]}"
        assert server.accepted, "the address of the keys was not asked"
        assert any(kind in server.accepted[0] for kind in ("application/json", "*/*")), (
            f"Accept was {server.accepted[0]!r}"
        )
        should(
            len(server.accepted) == 1, f"the keys were fetched {len(server.accepted)} times within their max-age=300"
        )


@check("BKS-025")
def keys_are_kept_no_longer_than_they_may(target: Target) -> None:
    with keys_at_an_address(target, "max-age=0, no-store") as (server, client):
        first = asked_with(target, client.assertion(target))
        assert first.status == 200, f"{first}: {first.text[:200]}"
        new = {**jwts.new_key("suite-es384"), "kid": "suite-es384"}
        server.keys = [new]
        second = asked_with(target, Client(client.id, key=new).assertion(target))
        assert second.status == 200, (
            f"{second}: the key was replaced under the same kid and max-age=0: {second.text[:200]}"
        )
        old = asked_with(target, client.assertion(target))
        refused(old, *CLIENT_ERRORS)


@check("BKS-027")
@cases("missing", [case("kid"), case("kty"), case("x")])
def an_incomplete_key_is_not_registered(target: Target, missing: str) -> None:
    if not emulated(target):
        skip("needs a client to be registered, which only an emulator does for the suite")
    key = {name: value for name, value in jwts.public_part(key_of_suite(target, "es384")).items() if name != missing}
    metadata = {"grant_types": ["client_credentials"], "scope": NARROW, "token_endpoint_auth_method": "private_key_jwt"}
    answer = control(target, "POST", "clients", {**metadata, "jwks": {"keys": [key]}})
    assert "client_id" not in answer, f"a key without {missing} was registered"


# -- answers and scopes --------------------------------------------------------------------------------------------


@check("BKS-029", "BKS-030")
def a_refusal_is_json(target: Target) -> None:
    answer = asked_with(target, "garbage")
    assert answer.media_type == "application/json", f"{answer} is {answer.media_type!r}"
    assert oauth_error(answer), f"{answer} has no 'error': {answer.text[:200]!r}"
    assert "access_token" not in answer.json, f"{answer}: a refusal with a token"


@check("BKS-031")
def a_refusal_is_explained(target: Target) -> None:
    answer = asked_with(target, "garbage")
    wanted = {"error_description", "error_uri", target.profile.token_errors}
    assert wanted & set(answer.json), f"{answer} has neither error_description nor error_uri"


@check("BKS-033")
def a_token_lives_five_minutes_at_most(target: Target) -> None:
    lifetime = plain_success(target).json.get("expires_in")
    assert lifetime <= 300, f"{plain_success(target)}: expires_in is {lifetime}, more than 300"


@check("BKS-034")
def there_is_nothing_to_refresh(target: Target) -> None:
    answer = plain_success(target)
    assert "refresh_token" not in answer.json, f"{answer} has a refresh_token"


@check("BKS-036")
def a_scope_that_was_not_registered_is_not_granted(target: Target) -> None:
    narrow = registered(target, "narrow", grant_types=["client_credentials"], scope=NARROW)
    answer = granted(target, f"{NARROW} system/Observation.rs", narrow)
    if answer.status != 200:
        return refused(answer)
    scope = str(answer.json.get("scope", ""))
    assert not covers(scope, "system", "Observation", "s"), f"{answer}: {scope!r} was granted beyond the registration"
    search = target.send(
        "GET", "Observation", token=answer.json["access_token"], params={"patient": some_patient(target)}
    )
    assert search.status in (401, 403), f"{search} with a scope that was not registered, expected 403"
    return None


def some_patient(target: Target) -> str:
    return str(Sample(target).patient()["id"])


@check("BKS-037")
def a_request_without_a_scope_is_refused_or_has_a_default(target: Target) -> None:
    answer = token_request(target, {"grant_type": "client_credentials"}, service(target))
    if answer.status == 200:
        scope = answer.json.get("scope")
        assert isinstance(scope, str), f"{answer}: scope is {scope!r}"
        assert scope, f"{answer}: granted without saying what"
        warn(f"{answer}: without a scope {scope[:60]!r} was granted; SMART requires one")
    refused(answer)


@check("BKS-038")
def no_more_is_granted_than_was_asked_for(target: Target) -> None:
    answer = granted(target, NARROW)
    assert answer.status == 200, f"{answer}: {answer.text[:200]}"
    more = beyond(str(answer.json.get("scope", "")), NARROW)
    assert not more, f"{answer}: asked for {NARROW!r}, and granted {' '.join(more)}"


@check("BKS-039")
def a_scope_is_kept_in_reads_and_searches(target: Target) -> None:
    token = token_for(target, NARROW)
    observation = str(Sample(target).one("Observation")["id"])
    read = target.send("GET", f"Observation/{observation}", token=token)
    search = target.send("GET", "Observation", token=token, params={"patient": some_patient(target)})
    for answer in (read, search):
        assert answer.status in (401, 403, 404), f"{answer} with {NARROW!r}, expected 403"


@check("BKS-040", "BFI-005", "ATH-022")
def an_export_beyond_the_scope_is_refused(target: Target) -> None:
    scope = f"{NARROW} system/Group.rs"
    answer = exports.kicked_off(target, query="_type=Observation", token=token_for(target, scope))
    exports.cancelled(target, answer, token_for(target, scope))
    assert 400 <= answer.status < 500, f"{answer} with {scope!r}, expected a refusal"


@check("ATH-022", profiles=("athena",))
def an_export_of_types_that_may_only_be_read_is_refused(target: Target) -> None:
    scope = "system/Patient.r system/Group.rs"
    answer = exports.kicked_off(target, query="_type=Patient", token=token_for(target, scope))
    exports.cancelled(target, answer, token_for(target, scope))
    assert answer.status == 401, f"{answer} with {scope!r}, expected 401"


@check("BKS-041")
def an_export_without_types_holds_what_the_scope_allows(target: Target) -> None:
    scope = f"{NARROW} system/Group.rs"
    export = exports.exported(target, "", files=False, token=token_for(target, scope))
    more = export.types - {"Patient", "Group"}
    assert not more, f"{export.done} with {scope!r} lists {', '.join(sorted(more))}"
    assert "Patient" in export.types, f"{export.done} with {scope!r} lists no Patient"


@check("BKS-029")
def a_wrong_audience_is_invalid_client(target: Target) -> None:
    answer = asked_with(target, signer(target).assertion(target, aud="https://elsewhere.example/token"))
    assert answer.json.get("error") == "invalid_client", f"{answer} says {answer.json.get('error')!r}"


@check("BKS-045")
def a_secret_is_an_extension(target: Target) -> None:
    client = service(target)
    if not client.secret:
        omit("the client that was given has no secret")
    answer = granted(target, NARROW)
    should(
        answer.status != 200, f"{answer}: client_secret is taken for client_credentials, beyond SMART Backend Services"
    )
