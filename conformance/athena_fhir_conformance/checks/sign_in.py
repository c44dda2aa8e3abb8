"""The authorization code flow: SMART App Launch 2.2, app-launch.html; RFC 6749 §4.1, RFC 7636, OpenID Connect Core.

A person signs in by posting the forms of the pages: see :mod:`athena_fhir_conformance.flows.sign_in`.
"""

from typing import Any
from urllib.parse import urlsplit

from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows.asking import emulated, remembered
from athena_fhir_conformance.flows.sign_in import (
    SCOPES,
    Returned,
    Session,
    authorized,
    launched,
    redeemed,
    refreshed,
    signed_in,
)
from athena_fhir_conformance.flows.tokens import (
    app,
    endpoint,
    introspected,
    refused,
    revoked,
    told,
)
from athena_fhir_conformance.judges import jwts, schemas
from athena_fhir_conformance.judges.scopes import beyond
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, should, skip, warn

PLAIN = "launch/patient patient/Patient.rs patient/Observation.rs"
FOREIGN = "https://elsewhere.invalid/callback"


def capable(target: Target, capability: str) -> None:
    if capability not in told(target).get("capabilities", ()):
        omit(f"{capability} is not listed among the capabilities")


def no_code(returned: Returned, why: str) -> None:
    if returned.stuck:
        skip(returned.stuck)
    assert not returned.code, f"{returned.exchange}: a code was given {why}"


def read_as(target: Target, session: Session, path: str, **params: str) -> Exchange:
    return target.send("GET", path, token=session.token, params=params, practice=False)


def own_patient(session: Session) -> str:
    patient = session.answer.get("patient")
    assert isinstance(patient, str), f"{session.exchange}: patient is {patient!r}, expected an id"
    return patient


# -- the authorization request -------------------------------------------------------------------------------------


@check("SMA-019", "SMA-027")
def a_person_signs_in_and_comes_back_with_a_code(target: Target) -> None:
    session = signed_in(target)
    assert session.returned.code, f"{session.returned.exchange}: no code ({dict(session.returned.answer)})"
    assert session.exchange.status == 200, f"{session.exchange}: {session.exchange.text[:200]}"


@check("SMA-020")
def the_request_may_be_posted(target: Target) -> None:
    returned = authorized(target, app(target), PLAIN, method="POST")
    assert returned.code, f"{returned.exchange}: no code for a request by POST ({dict(returned.answer)})"


@check("SMA-021")
def another_response_type_is_refused(target: Target) -> None:
    returned = authorized(target, app(target), PLAIN, response_type="token")
    no_code(returned, "for response_type=token")
    assert "access_token" not in returned.exchange.headers.get("Location", ""), f"{returned.exchange} gave a token"
    wanted = "unsupported_response_type"
    assert returned.error in (wanted, "unauthorized_client", "invalid_request"), (
        f"{returned.exchange}: no error={wanted}"
    )
    should(returned.error == wanted, f"{returned.exchange}: error={returned.error}, expected {wanted}")


@check("ERR-018")
def an_error_comes_back_with_the_state(target: Target) -> None:
    returned = authorized(target, app(target), PLAIN, response_type="no-such-type")
    assert returned.error, f"{returned.exchange}: no error comes back to the application"
    assert returned.answer.get("state"), f"{returned.exchange}: the error {returned.error} comes back without state"


@check("SMA-022")
@cases(
    "changed",
    [case({"client_id": "no-such-client"}, id="client"), case({"redirect_uri": FOREIGN}, id="redirect")],
)
def nobody_is_sent_to_an_unregistered_place(target: Target, changed: dict[str, Any]) -> None:
    returned = authorized(target, app(target), PLAIN, **changed)
    location = returned.exchange.headers.get("Location", "")
    place = changed.get("redirect_uri", app(target).redirect)
    assert not location.startswith(place), f"{returned.exchange}: the browser is sent to {place}"
    assert returned.exchange.status != 200 or not returned.answer, f"{returned.exchange} goes on with {changed}"


@check("SMA-023")
@cases("suffix", [case("/more", id="path"), case("?x=1", id="query"), case("%2F", id="escape")])
def a_redirect_uri_matches_exactly(target: Target, suffix: str) -> None:
    returned = authorized(target, app(target), PLAIN, redirect_uri=app(target).redirect + suffix)
    location = returned.exchange.headers.get("Location", "")
    sent = location.startswith(app(target).redirect)
    assert not sent, f"{returned.exchange}: the browser is sent to a URI that is registered without {suffix!r}"


@check("SMA-024")
@cases("aud", [case("https://elsewhere.invalid/fhir", id="other"), case(None, id="none")])
def aud_must_be_this_server(target: Target, aud: str | None) -> None:
    no_code(authorized(target, app(target), PLAIN, aud=aud), f"with aud {aud!r}")


@check("SMA-025")
def resource_may_stand_for_aud(target: Target) -> None:
    returned = authorized(target, app(target), PLAIN, aud=None, resource=target.base)
    if not returned.code:
        omit("resource is not taken for aud")


@check("SMA-026")
def state_comes_back_with_the_code(target: Target) -> None:
    returned = signed_in(target).returned
    assert returned.code, f"{returned.exchange}: no code"
    assert returned.answer.get("state") == returned.state, f"{returned.exchange}: another state came back"


@check("SMA-026")
def state_comes_back_with_an_error(target: Target) -> None:
    returned = authorized(target, app(target), PLAIN, response_type="token", state="a b&c=d/ü")
    if not returned.error:
        skip("the error was shown as a page")
    assert returned.answer.get("state") == "a b&c=d/ü", (
        f"{returned.exchange}: state is {returned.answer.get('state')!r}"
    )


@check("SMA-028")
def a_plain_challenge_is_refused(target: Target) -> None:
    returned = authorized(target, app(target, "public"), PLAIN, code_challenge="v" * 43, code_challenge_method="plain")
    no_code(returned, "for code_challenge_method=plain")


@check("SMA-029")
def a_public_client_must_challenge(target: Target) -> None:
    client = app(target, "public")
    returned = authorized(target, client, PLAIN, code_challenge=None, code_challenge_method=None)
    if returned.code:
        answer = redeemed(target, client, returned, code_verifier=None)
        assert answer.status != 200, f"{answer}: a code without a challenge was redeemed"


# -- the token request ---------------------------------------------------------------------------------------------


@check("SMA-030", "SMA-031", "SMA-032", "SMA-033")
@cases(
    "verifier",
    [
        case(None, requirements=("SMA-030",), id="none"),
        case("", requirements=("SMA-031",), id="blank"),
        case("w" * 43, requirements=("SMA-032",), id="wrong"),
        case("the challenge", requirements=("SMA-033",), id="challenge"),
    ],
)
@cases("kind", [case("confidential"), case("public")])
def the_verifier_is_verified(target: Target, kind: str, verifier: str | None) -> None:
    client = app(target, kind)
    returned = authorized(target, client, PLAIN)
    if verifier == "the challenge":
        verifier = jwts.challenge_of(returned.verifier)
    refused(redeemed(target, client, returned, code_verifier=verifier), "invalid_grant", "invalid_request")


def replayed(target: Target) -> tuple[Session, Exchange]:
    """A session of its own whose code is redeemed a second time."""

    def replay() -> tuple[Session, Exchange]:
        session = signed_in(target, scope=PLAIN, name="replay")
        before = read_as(target, session, f"Patient/{own_patient(session)}")
        assert before.status == 200, f"{before} with a fresh token"
        return session, redeemed(target, session.client, session.returned)

    return remembered(target, "replay", replay)


@check("SMA-034")
def a_code_is_good_once(target: Target) -> None:
    refused(replayed(target)[1], "invalid_grant", statuses=(400,))


@check("SMA-035")
def a_replayed_code_ends_its_tokens(target: Target) -> None:
    session, _ = replayed(target)
    answer = read_as(target, session, f"Patient/{own_patient(session)}")
    assert answer.status == 401, f"{answer} with the token of a code that was replayed, expected 401"


@check("SMA-036", slow=True)
def a_code_expires(target: Target) -> None:
    client = app(target)
    returned = authorized(target, client, PLAIN)
    target.clock.sleep(601)
    refused(redeemed(target, client, returned), "invalid_grant", statuses=(400,))


@check("SMA-037")
def a_code_is_bound_to_its_redirect_uri(target: Target) -> None:
    client = app(target)
    returned = authorized(target, client, PLAIN)
    other = client.other_redirect or skip("needs a second redirect URI: redirect_uris of [confidential] of --clients")
    refused(redeemed(target, client, returned, redirect_uri=other), "invalid_grant", "invalid_request")


@check("SMA-037")
def a_code_is_bound_to_its_client(target: Target) -> None:
    returned = authorized(target, app(target), PLAIN)
    refused(redeemed(target, app(target, "other"), returned), "invalid_grant")


@check("SMA-042")
def a_public_client_has_no_secret(target: Target) -> None:
    capable(target, "client-public")
    session = signed_in(target, "public", PLAIN)
    assert session.exchange.status == 200, f"{session.exchange}: {session.exchange.text[:200]}"


@check("SMA-043")
def a_client_may_sign_its_token_request(target: Target) -> None:
    capable(target, "client-confidential-asymmetric")
    session = signed_in(target, "signing", PLAIN)
    assert session.exchange.status == 200, f"{session.exchange}: {session.exchange.text[:200]}"


@check("SMA-040")
def a_code_alone_is_not_enough_for_a_confidential_client(target: Target) -> None:
    returned = authorized(target, app(target), PLAIN)
    client = app(target)
    answer = redeemed(target, type(client)(client.id, redirect=client.redirect), returned)
    refused(answer)


SITE = {"Origin": "https://conformance.invalid"}  # of the redirect URIs


def open_to_site(answer: Exchange) -> None:
    allowed = answer.headers.get("Access-Control-Allow-Origin", "")
    assert allowed in ("*", SITE["Origin"]), (
        f"{answer}: Access-Control-Allow-Origin is {allowed!r} for a registered site"
    )


@check("SMA-096")
def scripts_of_registered_sites_read_records(target: Target) -> None:
    open_to_site(target.get(f"Patient/{Sample(target).patient()['id']}", headers=SITE))


@check("SMA-096", profiles=("mission",))
def scripts_of_registered_sites_get_tokens(target: Target) -> None:
    form = {"grant_type": "authorization_code", "code": "no-such-code", "client_id": app(target, "public").id}
    open_to_site(target.send("POST", endpoint(target, "token_endpoint"), form=form, token=None, headers=SITE))


# -- the answer ----------------------------------------------------------------------------------------------------


@check("SMA-045", "SMA-056", "SMA-057")
def the_answer_to_a_code_has_its_fields(target: Target) -> None:
    session = signed_in(target)
    faults = schemas.faults(schemas.TOKEN_ANSWER, session.answer)
    assert not faults, f"{session.exchange}: {faults[0]}"
    kept = session.exchange.headers.get("Cache-Control", "")
    assert "no-store" in kept, f"{session.exchange}: Cache-Control is {kept!r}, expected no-store"


@check("SMA-050")
def no_more_is_granted_than_was_asked_for(target: Target) -> None:
    session = signed_in(target)
    more = beyond(str(session.answer.get("scope", "")), SCOPES)
    assert not more, f"{session.exchange}: granted beyond the request: {' '.join(more)}"


@check("SMA-050", "SMA-080")
def what_a_person_denies_is_not_granted(target: Target) -> None:
    denied = "patient/Observation.rs"
    session = signed_in(target, scope=PLAIN, without=(denied,))
    scope = str(session.answer.get("scope", ""))
    if not session.returned.asked:
        skip("nobody is asked for consent here")
    if denied in scope.split() and not emulated(target):
        skip("the consent page has no box that is named after the scope")
    assert denied not in scope.split(), f"{session.exchange}: {denied} was not allowed, and granted"
    answer = read_as(target, session, "Observation", patient=own_patient(session))
    assert answer.status in (401, 403), f"{answer}: {denied} was not allowed, expected 403"


@check("SMA-051", "SMA-052")
def the_patient_is_told_and_can_be_read(target: Target) -> None:
    session = signed_in(target)
    answer = read_as(target, session, f"Patient/{own_patient(session)}")
    assert answer.status == 200, f"{answer} with the token of this patient, expected 200"


@check("SMA-053")
def the_visit_is_told_and_can_be_read(target: Target) -> None:
    capable(target, "context-ehr-encounter")
    session = ehr_session(target)
    encounter = session.answer.get("encounter")
    assert isinstance(encounter, str), f"{session.exchange}: encounter is {encounter!r}, expected an id"
    answer = target.send("GET", f"Encounter/{encounter}", token=session.token, practice=True)
    assert answer.status == 200, f"{answer} with the token of this visit, expected 200"


@check("SMA-075", "MIS-F3S")
def another_patient_is_not_seen(target: Target) -> None:
    session = signed_in(target)
    own = own_patient(session)
    other = next((str(each["id"]) for each in Sample(target).patients() if each["id"] != own), "")
    if not other:
        skip("only one patient is known; --patient ID names more")
    read = read_as(target, session, f"Patient/{other}")
    assert read.status in (403, 404), f"{read} with a token of Patient/{own}, expected 403 or 404"
    search = read_as(target, session, "Observation", patient=other)
    leaked = (
        search.status == 200 and "/Observation/" in search.text and '"mode":"match"' in search.text.replace(" ", "")
    )
    assert not leaked, f"{search} with a token of Patient/{own} shows another patient's observations"


@check("SMA-075", "SRC-061")
def a_search_without_a_patient_shows_ones_own_alone(target: Target) -> None:
    session = signed_in(target)
    own = own_patient(session)
    answer = (
        read_as(target, session, "Patient", name="a")
        if target.profile.required_combinations
        else read_as(target, session, "Patient")
    )
    if answer.status != 200:
        omit(f"not offered here: {answer}")
    ids = {
        entry["resource"]["id"]
        for entry in answer.json.get("entry", [])
        if entry["resource"]["resourceType"] == "Patient"
    }
    assert ids <= {own}, f"{answer} with a token of Patient/{own} shows Patient/{min(ids - {own})}"


# -- who signed in -------------------------------------------------------------------------------------------------


def identity(target: Target) -> tuple[Session, dict[str, Any], dict[str, Any]]:
    """The session, and header and claims of its id_token."""
    capable(target, "sso-openid-connect")
    session = signed_in(target)
    token = session.answer.get("id_token")
    assert isinstance(token, str), f"{session.exchange}: openid and fhirUser were granted, and there is no id_token"
    return session, *jwts.parts_of(token)


@check("SMA-058")
def who_signed_in_is_told(target: Target) -> None:
    _, _, claims = identity(target)
    assert claims.get("fhirUser"), "the id_token has no fhirUser"


@check("SMA-059")
def the_id_token_is_signed_with_a_published_key(target: Target) -> None:
    session, header, _ = identity(target)
    assert header.get("alg") == "RS256", f"alg is {header.get('alg')!r}, expected RS256"
    keys = target.get(endpoint(target, "jwks_uri"), token=None, headers={"Accept": "application/json"})
    found = [
        key for key in keys.json.get("keys", []) if key.get("kid") == header.get("kid") and key.get("kty") == "RSA"
    ]
    assert found, f"{keys}: no RSA key of kid {header.get('kid')!r}"
    assert jwts.is_signed_by(session.answer["id_token"], found[0]), f"{keys}: that key did not sign the id_token"


@check("SMA-060")
def the_id_token_has_its_claims(target: Target) -> None:
    session, _, claims = identity(target)
    missing = [name for name in ("iss", "sub", "aud", "exp", "iat") if name not in claims]
    assert not missing, f"the id_token has no {', no '.join(missing)}"
    assert claims["iss"] == told(target).get("issuer"), (
        f"iss is {claims['iss']!r}, and the issuer {told(target).get('issuer')!r}"
    )
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    assert session.client.id in audience, f"aud is {claims['aud']!r}, and the client {session.client.id!r}"
    assert 0 < len(str(claims["sub"])) < 256, f"sub has {len(str(claims['sub']))} characters"
    assert claims["exp"] > claims["iat"], f"exp {claims['exp']} is not after iat {claims['iat']}"


@check("SMA-061")
def who_signed_in_can_be_read(target: Target) -> None:
    session, _, claims = identity(target)
    user = str(claims.get("fhirUser", ""))
    type = user.rstrip("/").split("/")[-2] if user.count("/") else ""
    assert type in ("Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Person"), f"fhirUser is {user!r}"
    if target.profile.practice and type != "Patient":
        skip("the real API wants a practice for that")
    answer = read_as(target, session, user)
    assert answer.status == 200, f"{answer}: fhirUser, expected 200"


# -- refreshing ----------------------------------------------------------------------------------------------------


def first_refresh(target: Target) -> tuple[Session, Exchange]:
    """A session of its own and its first refresh."""

    def refresh() -> tuple[Session, Exchange]:
        session = signed_in(target, name="refresh")
        return session, refreshed(target, session)

    return remembered(target, "refresh", refresh)


@check("SMA-063")
def offline_access_has_a_refresh_token(target: Target) -> None:
    capable(target, "permission-offline")
    session = signed_in(target)
    assert "offline_access" in session.answer.get("scope", ""), f"{session.exchange}: offline_access was not granted"
    assert session.answer.get("refresh_token"), (
        f"{session.exchange}: offline_access was granted without a refresh_token"
    )


@check("SMA-064")
def online_access_has_a_refresh_token(target: Target) -> None:
    session = signed_in(target, scope=f"{PLAIN} online_access")
    if "online_access" not in session.answer.get("scope", ""):
        omit("online_access is not granted")
    assert session.answer.get("refresh_token"), f"{session.exchange}: online_access was granted without a refresh_token"


@check("SMA-065", "MIS-F1")
def a_refresh_answers_all_fields(target: Target) -> None:
    _, answer = first_refresh(target)
    assert answer.status == 200, f"{answer}: {answer.text[:200]}"
    faults = schemas.faults(
        {**schemas.TOKEN_ANSWER, "required": ["access_token", "token_type", "expires_in", "scope"]}, answer.json
    )
    assert not faults, f"{answer}: {faults[0]}"


@check("SMA-047", "HDR-013")
def a_refresh_is_not_stored(target: Target) -> None:
    _, answer = first_refresh(target)
    kept = answer.headers.get("Cache-Control", "")
    assert "no-store" in kept, f"{answer}: Cache-Control is {kept!r}, expected no-store"


@check("SMA-066")
def a_refresh_keeps_the_scope(target: Target) -> None:
    session, answer = first_refresh(target)
    before, after = set(session.answer["scope"].split()), set(answer.json.get("scope", "").split())
    assert after == before, f"{answer}: the scope was {sorted(before)} and is {sorted(after)}"


@check("SMA-066")
def a_refresh_gives_no_more(target: Target) -> None:
    session = signed_in(target, scope=f"{PLAIN} offline_access", name="wider")
    wider = f"{session.answer.get('scope')} patient/Condition.rs"
    answer = refreshed(target, session, scope=wider)
    if answer.status == 200:
        scope = str(answer.json.get("scope", "")).split()
        assert "patient/Condition.rs" not in scope, f"{answer}: a refresh gave a scope that nobody allowed"
        warn(f"{answer}: a scope that goes beyond was left out, and could be refused")
    refused(answer, "invalid_scope")


@check("SMA-067")
def a_refresh_token_is_bound_to_its_client(target: Target) -> None:
    session = signed_in(target, scope=f"{PLAIN} offline_access", name="bound")
    stranger = Session(app(target, "other"), session.returned, session.exchange)
    refused(refreshed(target, stranger), "invalid_grant", "invalid_client", "unauthorized_client")


@check("SMA-068")
def a_revoked_refresh_token_is_refused(target: Target) -> None:
    session = signed_in(target, scope=f"{PLAIN} offline_access", name="revoked")
    token = str(session.answer.get("refresh_token", ""))
    end = revoked(target, token, session.client)
    assert end.status == 200, f"{end}, expected 200"
    refused(refreshed(target, session), "invalid_grant")


@check("SMA-069")
def a_refresh_token_that_was_replaced_is_refused(target: Target) -> None:
    session = signed_in(target, scope=f"{PLAIN} offline_access", name="rotation")
    first = refreshed(target, session)
    assert first.status == 200, f"{first}: {first.text[:200]}"
    if first.json.get("refresh_token", session.answer["refresh_token"]) == session.answer["refresh_token"]:
        omit("refresh tokens are not replaced here")
    refused(refreshed(target, session), "invalid_grant", statuses=(400,))


@check("SMA-070", "MIS-F1")
def a_refreshed_token_is_for_the_same_patient(target: Target) -> None:
    session, answer = first_refresh(target)
    new = Session(session.client, session.returned, answer)
    read = read_as(target, new, f"Patient/{own_patient(session)}")
    assert read.status == 200, f"{read} with the refreshed token, expected 200"
    patient = answer.json.get("patient", own_patient(session))
    assert patient == own_patient(session), f"{answer}: patient is {patient!r} and was {own_patient(session)!r}"


# -- introspection and the end -------------------------------------------------------------------------------------


def introspection(target: Target) -> tuple[Session, Exchange]:
    session = signed_in(target)
    return session, introspected(target, session.token, session.client)


@check("SMA-086")
def introspection_tells_of_a_users_token(target: Target) -> None:
    session, answer = introspection(target)
    assert answer.status == 200, f"{answer}, expected 200"
    faults = schemas.faults(schemas.INTROSPECTION, answer.json)
    assert not faults, f"{answer}: {faults[0]}"
    assert set(answer.json["scope"].split()) == set(session.answer["scope"].split()), (
        f"{answer}: another scope than granted"
    )


@check("SMA-087")
def introspection_repeats_the_context(target: Target) -> None:
    session, answer = introspection(target)
    patient = answer.json.get("patient")
    assert patient == own_patient(session), f"{answer}: patient is {patient!r} and was {own_patient(session)!r}"
    if "id_token" in session.answer:
        _, claims = jwts.parts_of(session.answer["id_token"])
        for name in ("iss", "sub"):
            assert answer.json.get(name) == claims[name], (
                f"{answer}: {name} is {answer.json.get(name)!r}, not {claims[name]!r}"
            )


@check("SMA-088")
def introspection_tells_who_signed_in(target: Target) -> None:
    session, answer = introspection(target)
    if "id_token" not in session.answer:
        omit("there is no id_token")
    assert answer.json.get("fhirUser"), f"{answer} has no fhirUser"


@check("SMA-093", "SMA-094")
def what_a_user_allowed_ends_when_it_is_taken_back(target: Target) -> None:
    session = signed_in(target, scope=f"{PLAIN} offline_access", name="end")
    path = f"Patient/{own_patient(session)}"
    before = read_as(target, session, path)
    assert before.status == 200, f"{before} with a fresh token"
    end = revoked(target, str(session.answer.get("refresh_token") or session.token), session.client)
    assert end.status == 200, f"{end}, expected 200"
    after = read_as(target, session, path)
    assert after.status in (401, 403, 404), f"{after} after the refresh token was revoked, expected 401"
    again = refreshed(target, session)
    assert again.status in (400, 401), f"{again} with a revoked refresh token, expected 400"


# -- launch from within the EHR ------------------------------------------------------------------------------------

EHR = "launch openid fhirUser user/Patient.rs user/Encounter.rs"


def ehr_session(target: Target, scope: str = EHR) -> Session:
    """A launch with a patient and a visit in context, and the sign-in of the provider who launched."""

    def sign_in() -> Session:
        capable(target, "launch-ehr")
        client = app(target)
        launch = launched(target, client_id=client.id, **visit(target))
        returned = authorized(target, client, scope, launch=launch, login_hint=None)
        return Session(client, returned, redeemed(target, client, returned))

    return remembered(target, f"ehr launch {scope}", sign_in)


def visit(target: Target) -> dict[str, str]:
    encounter = Sample(target).one("Encounter")
    patient = str(encounter["subject"]["reference"]).rpartition("/")[2]
    return {"patient": patient, "encounter": str(encounter["id"])}


@check("SMA-054", "SMA-055")
def an_ehr_launch_has_its_context(target: Target) -> None:
    session = ehr_session(target)
    context = visit(target)
    for name, value in context.items():
        assert session.answer.get(name) == value, (
            f"{session.exchange}: {name} is {session.answer.get(name)!r}, not {value!r}"
        )


@check("SMA-054")
def an_unknown_launch_has_no_code(target: Target) -> None:
    capable(target, "launch-ehr")
    no_code(
        authorized(target, app(target), "launch patient/Patient.rs", launch="no-such-launch"), "for an unknown launch"
    )


@check("SMA-054")
def a_launch_of_another_client_has_no_code(target: Target) -> None:
    launch = launched(target, client_id=app(target, "other").id, **visit(target))
    no_code(authorized(target, app(target), EHR, launch=launch), "for another client's launch")


@check("SMA-056")
def banner_and_style_are_told(target: Target) -> None:
    session = ehr_session(target)
    listed = told(target).get("capabilities", ())
    if "context-banner" in listed:
        banner = session.answer.get("need_patient_banner")
        assert isinstance(banner, bool), (
            f"{session.exchange}: need_patient_banner is {banner!r}, expected true or false"
        )
    if "context-style" in listed:
        style = str(session.answer.get("smart_style_url", ""))
        assert urlsplit(style).scheme in ("http", "https"), f"{session.exchange}: smart_style_url is {style!r}"
        if target.trusts(style):
            answer = target.get(style, token=None, headers={"Accept": "application/json"})
            assert answer.status == 200, f"{answer}: smart_style_url, expected 200"
            assert isinstance(answer.json, dict), f"{answer}: the style is no JSON object"


@check("SMA-057")
def fhir_context_is_of_objects(target: Target) -> None:
    context = ehr_session(target).answer.get("fhirContext")
    if context is None:
        omit("no fhirContext is sent")
    faults = schemas.faults(schemas.TOKEN_ANSWER["properties"]["fhirContext"], context)
    assert not faults, f"{ehr_session(target).exchange}: fhirContext {faults[0]}"
