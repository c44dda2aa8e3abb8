"""The token endpoint without a user, introspection and revocation: RFC 6749, 7009, 7662; what scopes allow."""

from collections.abc import Mapping
from typing import Any

from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows.tokens import (
    Client,
    app,
    granted,
    introspected,
    oauth_error,
    refused,
    registered,
    revoked,
    service,
    signer,
    smart_configuration,
    token_endpoint,
    token_for,
    token_request,
    told,
)
from athena_fhir_conformance.judges import schemas
from athena_fhir_conformance.judges.challenges import parameters_of
from athena_fhir_conformance.judges.scopes import beyond
from athena_fhir_conformance.sample import Sample, resources
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, should, skip, warn

NARROW = "system/Patient.rs"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/"
_US_CORE = "http://hl7.org/fhir/us/core/CodeSystem/"
LABORATORY = f"system/Observation.rs?category={_CATEGORY}observation-category|laboratory"
VITALS = f"system/Observation.rs?category={_CATEGORY}observation-category|vital-signs"
GRANULAR = (
    *(
        f"system/Observation.rs?category={_CATEGORY}observation-category|{code}"
        for code in ("laboratory", "vital-signs")
    ),
    *(
        f"system/Observation.rs?category={_CATEGORY}observation-category|{code}"
        for code in ("social-history", "survey")
    ),
    f"system/Observation.rs?category={_US_CORE}us-core-category|sdoh",
    *(
        f"system/Condition.rs?category={_CATEGORY}condition-category|{c}"
        for c in ("encounter-diagnosis", "problem-list-item")
    ),
    f"system/Condition.rs?category={_US_CORE}condition-category|health-concern",
)


def narrow_answer(target: Target) -> Exchange:
    answer = granted(target, NARROW)
    return answer if answer.status == 200 else skip(f"no token for {NARROW!r}: {answer}: {answer.text[:200]}")


def wrong_secret(target: Target) -> Exchange:
    client = service(target)
    if not client.secret:
        skip("needs a client with a secret")
    url, form = token_endpoint(target), {"grant_type": "client_credentials", "scope": NARROW}
    headers = {"Accept": "application/json"}
    return target.send("POST", url, form=form, auth=(client.id, "not-the-secret"), token=None, headers=headers)


def seen_with(target: Target, scope: str, path: str, **params: str) -> Exchange:
    """A request with a token of that scope."""
    return target.send("GET", path, token=token_for(target, scope), params=params)


# -- asking for a token --------------------------------------------------------------------------------------------


@check("SMA-039")
def an_unknown_client_gets_no_token(target: Target) -> None:
    form = {"grant_type": "client_credentials", "scope": NARROW}
    refused(token_request(target, form, Client("no-such-client", "no-such-secret")), "invalid_client")


@check("SMA-040")
def a_client_authenticates_by_basic(target: Target) -> None:
    client = service(target)
    if not client.secret:
        skip("needs a client with a secret")
    answer = granted(target, NARROW)
    assert answer.status == 200, f"{answer} with the right secret: {answer.text[:200]}"
    refused(wrong_secret(target), "invalid_client")


@check("SMA-041", "MIS-F1")
def a_failed_basic_authentication_asks_for_basic(target: Target) -> None:
    answer = wrong_secret(target)
    assert answer.status == 401, f"{answer} for a wrong secret sent as Basic, expected 401"
    challenge = answer.headers.get("WWW-Authenticate", "")
    assert parameters_of(challenge, "Basic") is not None, f"{answer}: WWW-Authenticate is {challenge!r}, expected Basic"


@check("SMA-044")
def a_token_request_is_a_form(target: Target) -> None:
    client = service(target)
    body = {"grant_type": "client_credentials", "scope": NARROW}
    auth = (client.id, client.secret) if client.secret else None
    answer = target.send("POST", token_endpoint(target), json=body, auth=auth, token=None)
    refused(answer, statuses=(400, 401, 415))


@check("SMA-045", "BKS-032")
def a_token_answer_has_its_fields(target: Target) -> None:
    answer = narrow_answer(target)
    assert answer.media_type == "application/json", f"{answer} is {answer.media_type!r}"
    faults = schemas.faults(schemas.TOKEN_ANSWER, answer.json)
    assert not faults, f"{answer}: {faults[0]}"


@check("BKS-032")
def a_token_answer_says_how_long_it_lasts(target: Target) -> None:
    answer = narrow_answer(target)
    lifetime = answer.json.get("expires_in")
    right = isinstance(lifetime, int | float) and not isinstance(lifetime, bool) and lifetime > 0
    assert right, f"{answer}: expires_in is {lifetime!r}, expected a number of seconds"


@check("SMA-046", "SMA-048")
def a_token_lives_an_hour_at_most(target: Target) -> None:
    answer = narrow_answer(target)
    lifetime = answer.json.get("expires_in")
    assert isinstance(lifetime, int | float), f"{answer}: expires_in is {lifetime!r}"
    assert lifetime <= 3600, f"{answer}: expires_in is {lifetime}, more than an hour"


@check("SMA-047", "BKS-035", "HDR-013")
def a_token_answer_is_not_stored(target: Target) -> None:
    answer = narrow_answer(target)
    kept = answer.headers.get("Cache-Control", "")
    assert "no-store" in kept.lower(), f"{answer}: Cache-Control is {kept!r}, expected no-store"


@check("SMA-047")
def a_token_answer_is_not_stored_by_old_caches(target: Target) -> None:
    answer = narrow_answer(target)
    assert answer.headers.get("Pragma") == "no-cache", f"{answer}: Pragma is {answer.headers.get('Pragma')!r}"


@check("ATH-018", profiles=("athena",))
def refusals_explain_themselves_as_the_real_api(target: Target) -> None:
    answer = token_request(target, {"grant_type": "nonsense"}, service(target))
    assert isinstance(answer.json.get("detailedmessage"), str), f"{answer} has no detailedmessage: {answer.text[:200]}"


@check("ATH-016", profiles=("athena",))
def a_wildcard_is_refused_as_a_whole(target: Target) -> None:
    refused(granted(target, "system/*.read system/Patient.rs"), statuses=(400,))


@check("ATH-017", profiles=("athena",))
def a_request_without_a_scope_is_denied(target: Target) -> None:
    answer = token_request(target, {"grant_type": "client_credentials"}, service(target))
    refused(answer, "access_denied", statuses=(401,))


@check("ATH-028", profiles=("athena",))
def one_scope_too_many_refuses_all(target: Target) -> None:
    client = registered(target, "narrow", grant_types=["client_credentials"], scope=NARROW)
    refused(granted(target, f"{NARROW} system/Observation.rs", client), statuses=(400,))
    assert granted(target, NARROW, client).status == 200, f"{granted(target, NARROW, client)} for its own scope"


@check("ATH-030", profiles=("athena",))
def the_token_endpoint_has_a_limit_of_its_own(target: Target) -> None:
    client = Client("nobody-at-all", "nothing")
    if not target.clock.virtual:
        skip("it would spend the token endpoint's quota of a minute: on a virtual clock alone")
    form, url, headers = {"grant_type": "client_credentials"}, token_endpoint(target), {"Accept": "application/json"}
    options: dict[str, Any] = {"form": form, "auth": (client.id, client.secret), "token": None, "headers": headers}
    statuses = [target.send("POST", url, paced=False, patient=False, **options).status for _ in range(51)]
    assert 429 in statuses, f"none of {len(statuses)} requests for a token in one instant was refused with 429"
    assert 429 not in statuses[:5], f"request {statuses.index(429) + 1} for a token was refused already"


# -- introspection and revocation ----------------------------------------------------------------------------------


def introspection_of_narrow(target: Target) -> Exchange:
    return introspected(target, token_for(target, NARROW), service(target))


@check("SMA-085")
def tokens_can_be_introspected(target: Target) -> None:
    assert told(target).get("introspection_endpoint"), f"{smart_configuration(target)} has no introspection_endpoint"
    answer = introspection_of_narrow(target)
    assert answer.status == 200, f"{answer}, expected 200"
    assert answer.media_type == "application/json", f"{answer} is {answer.media_type!r}"


@check("SMA-086")
def introspection_tells_what_a_token_is_good_for(target: Target) -> None:
    answer = introspection_of_narrow(target)
    faults = schemas.faults(schemas.INTROSPECTION, answer.json)
    assert not faults, f"{answer}: {faults[0]}"
    issued = narrow_answer(target).json
    assert set(answer.json["scope"].split()) == set(issued["scope"].split()), (
        f"{answer}: another scope than was granted"
    )
    assert answer.json["client_id"] == service(target).id, f"{answer}: client_id is {answer.json['client_id']!r}"
    lasts = answer.json["exp"] - narrow_answer(target).received_at
    assert abs(lasts - issued["expires_in"]) < 60, f"{answer}: exp is {lasts:.0f} s after its issue, not expires_in"


@check("SMA-089")
def an_unknown_token_is_not_active(target: Target) -> None:
    answer = introspected(target, "no-such-token", service(target))
    assert answer.status == 200, f"{answer}, expected 200"
    assert answer.json.get("active") is False, f"{answer}: active is {answer.json.get('active')!r}, expected false"


@check("SMA-090")
def of_an_inactive_token_nothing_else_is_told(target: Target) -> None:
    answer = introspected(target, "no-such-token", service(target))
    assert set(answer.json) == {"active"}, f"{answer} also tells {', '.join(sorted(set(answer.json) - {'active'}))}"


@check("SMA-091")
def introspection_asks_who_asks(target: Target) -> None:
    answer = introspected(target, token_for(target, NARROW), Client(""), client_id="")
    open_to_all = answer.status == 200 and answer.json.get("active") is True
    assert not open_to_all, f"{answer}: anybody is told what a token is good for"
    assert answer.status in (400, 401), f"{answer} without credentials, expected 401"


@check("HDR-013")
def introspection_is_not_stored(target: Target) -> None:
    answer = introspection_of_narrow(target)
    kept = answer.headers.get("Cache-Control", "")
    assert "no-store" in kept.lower(), f"{answer}: Cache-Control is {kept!r}, expected no-store"


@check("SMA-092")
def introspection_takes_a_bearer_token(target: Target) -> None:
    token = token_for(target, NARROW)
    headers = {"Accept": "application/json"}
    url = str(told(target).get("introspection_endpoint") or skip("there is no introspection_endpoint"))
    answer = target.send(
        "POST", url, form={"token": token, "token_type_hint": "access_token"}, token=token, headers=headers
    )
    assert answer.status == 200, f"{answer} with a bearer token, expected 200"


@check("SMA-093")
def an_unknown_token_can_be_revoked(target: Target) -> None:
    answer = revoked(target, "no-such-token", service(target))
    assert answer.status == 200, f"{answer}, expected 200 for a token that is not there"


@check("SMA-093")
def a_revoked_token_is_dead(target: Target) -> None:
    client = service(target)
    answer = token_request(target, {"grant_type": "client_credentials", "scope": NARROW}, client)
    token = str(answer.json["access_token"])
    path = f"Patient/{Sample(target).patient()['id']}"
    before = target.send("GET", path, token=token)
    assert before.status == 200, f"{before} with a fresh token"
    end = revoked(target, token, client)
    assert end.status == 200, f"{end}, expected 200"
    after = target.send("GET", path, token=token)
    assert after.status == 401, f"{after} with a revoked token, expected 401"


# -- what a token may do -------------------------------------------------------------------------------------------


@check("SMA-081")
def a_request_without_a_token_is_refused(target: Target) -> None:
    answer = target.get(f"Patient/{Sample(target).patient()['id']}", token=None)
    assert answer.status == 401, f"{answer} without a token, expected 401"


@check("SMA-083", "HDR-012")
def a_refusal_asks_for_a_bearer_token(target: Target) -> None:
    answer = target.get(f"Patient/{Sample(target).patient()['id']}", token=None)
    challenge = answer.headers.get("WWW-Authenticate", "")
    assert parameters_of(challenge, "Bearer") is not None, (
        f"{answer}: WWW-Authenticate is {challenge!r}, expected Bearer"
    )


@check("SMA-083", "HDR-012")
def a_bad_token_is_called_invalid(target: Target) -> None:
    answer = target.get(f"Patient/{Sample(target).patient()['id']}", token="no-such-token")
    assert answer.status == 401, f"{answer} with a made-up token, expected 401"
    challenge = answer.headers.get("WWW-Authenticate", "")
    parameters = parameters_of(challenge, "Bearer")
    assert parameters is not None, f"{answer}: WWW-Authenticate is {challenge!r}, expected Bearer"
    assert parameters.get("error") == "invalid_token", (
        f"{answer}: WWW-Authenticate is {challenge!r}, expected invalid_token"
    )


@check("SMA-082", "BKS-039", "MIS-F1")
@cases("type", [case("Observation"), case("Condition"), case("MedicationRequest"), case("Encounter")])
def a_type_outside_of_the_scope_is_forbidden(target: Target, type: str) -> None:
    params = {"patient": str(Sample(target).patient()["id"]), **({"intent": "order"} if "Request" in type else {})}
    answer = seen_with(target, NARROW, type, **params)
    assert answer.status in (401, 403), f"{answer} with {NARROW!r} alone, expected 403"
    should(answer.status == 403, f"{answer}: a missing scope is 403, 401 is for tokens that are not good")


@check("SMA-084")
def a_missing_scope_is_named_as_the_reason(target: Target) -> None:
    answer = seen_with(target, NARROW, "Observation", patient=str(Sample(target).patient()["id"]))
    challenge = answer.headers.get("WWW-Authenticate", "")
    if not challenge:
        omit("no WWW-Authenticate is sent with 403")
    error = (parameters_of(challenge, "Bearer") or {}).get("error")
    assert error == "insufficient_scope", f"{answer}: WWW-Authenticate is {challenge!r}, expected insufficient_scope"


@check("SMA-071", "SMA-074", "ATH-020")
def reading_is_not_searching(target: Target) -> None:
    id = str(Sample(target).one("Observation")["id"])
    read = seen_with(target, "system/Observation.r", f"Observation/{id}")
    assert read.status == 200, f"{read} with system/Observation.r, expected 200"
    search = seen_with(target, "system/Observation.r", "Observation", patient=str(Sample(target).patient()["id"]))
    assert search.status in (401, 403), f"{search} with system/Observation.r, expected 403"


@check("SMA-074")
def searching_is_not_reading(target: Target) -> None:
    id = str(Sample(target).one("Observation")["id"])
    search = seen_with(target, "system/Observation.s", "Observation", patient=str(Sample(target).patient()["id"]))
    assert search.status == 200, f"{search} with system/Observation.s, expected 200"
    read = seen_with(target, "system/Observation.s", f"Observation/{id}")
    assert read.status in (401, 403, 404), f"{read} with system/Observation.s, expected 403"


@check("SMA-072", "BKS-044")
@cases("scope", [case("system/Patient.read", id="v1"), case("system/Patient.rs", id="v2")])
def both_versions_of_scopes_work(target: Target, scope: str) -> None:
    id = str(Sample(target).patient()["id"])
    answer = granted(target, scope)
    assert answer.status == 200, f"{answer} for {scope!r}: {answer.text[:200]}"
    assert scope in str(answer.json.get("scope", "")).split(), (
        f"{answer}: asked {scope!r}, told {answer.json.get('scope')!r}"
    )
    read = seen_with(target, scope, f"Patient/{id}")
    assert read.status == 200, f"{read} with {scope!r}, expected 200"
    search = seen_with(target, scope, "Patient", _id=id)
    assert search.status == 200, f"{search} with {scope!r}, expected 200"


@check("SMA-073")
@cases("scope", [case("system/Observation.sr", id="order"), case("system/Observation.dus", id="gaps")])
def a_malformed_scope_grants_nothing_more(target: Target, scope: str) -> None:
    answer = granted(target, f"{NARROW} {scope}")
    if answer.status != 200:
        return refused(answer)
    wide = beyond(str(answer.json.get("scope", "")), NARROW)
    useless = [each for each in wide if each != scope]
    assert not useless, f"{answer}: {scope!r} was widened to {' '.join(useless)}"
    search = target.send(
        "GET", "Observation", token=str(answer.json["access_token"]), params={"patient": Sample(target).patient()["id"]}
    )
    if scope.endswith(".sr"):
        assert search.status in (401, 403), f"{search}: {scope!r} breaks the grammar and lets search all the same"
    return None


@check("SMA-079")
def a_wildcard_covers_every_type(target: Target) -> None:
    if not target.profile.wildcard_scopes:
        omit("wildcards are not granted in this profile")
    id = str(Sample(target).patient()["id"])
    offered = [
        type for type in target.types if target.offers(type, "search-type") and "patient" in target.parameters(type)
    ]
    answers = [seen_with(target, "system/*.rs", type, patient=id, _count="1") for type in offered]
    closed = [str(answer) for answer in answers if answer.status in (401, 403)]
    assert not closed, f"with system/*.rs: {'; '.join(closed[:3])}"


def found(target: Target, scope: str, type: str, **params: str) -> list[Mapping[str, Any]]:
    answer = seen_with(target, scope, type, patient=str(Sample(target).patient()["id"]), _count="200", **params)
    assert answer.status == 200, f"{answer} with {scope!r}, expected 200: {answer.text[:200]}"
    return list(resources(answer))


def in_category(resource: Mapping[str, Any], code: str) -> bool:
    return any(c.get("code") == code for each in resource.get("category", []) for c in each.get("coding", []))


@check("SMA-076")
def a_granular_scope_shows_its_part_alone(target: Target) -> None:
    everything = found(target, "system/Observation.rs", "Observation", category="laboratory,vital-signs")
    labs = found(target, LABORATORY, "Observation")
    foreign = [each["id"] for each in labs if not in_category(each, "laboratory")]
    assert not foreign, f"with {LABORATORY!r} a search shows Observation/{foreign[0]}, which is no laboratory result"
    assert labs or not any(in_category(each, "laboratory") for each in everything), (
        "with the granular scope nothing is seen"
    )
    others = [str(each["id"]) for each in everything if not in_category(each, "laboratory")]
    if others:
        read = seen_with(target, LABORATORY, f"Observation/{others[0]}")
        assert read.status in (401, 403, 404), f"{read} with {LABORATORY!r}: it is no laboratory result"


@check("SMA-077")
def granular_scopes_add_up(target: Target) -> None:
    both = found(target, f"{LABORATORY} {VITALS}", "Observation")
    for code in ("laboratory", "vital-signs"):
        wanted = found(target, "system/Observation.rs", "Observation", category=code)
        missing = {each["id"] for each in wanted} - {each["id"] for each in both} if len(both) < 200 else set()
        assert not missing, f"with both categories granted, Observation/{min(missing)} of {code} is not seen"


@check("SMA-078")
@cases("scope", [case(scope, id=scope.rpartition("|")[2]) for scope in GRANULAR])
def us_cores_granular_scopes_are_granted_and_kept(target: Target, scope: str) -> None:
    answer = granted(target, scope)
    assert answer.status == 200, f"{answer} for {scope!r}: {answer.text[:200]}"
    assert str(answer.json.get("scope", "")) == scope, f"{answer}: asked {scope!r}, told {answer.json.get('scope')!r}"
    type, code = scope.removeprefix("system/").partition(".")[0], scope.rpartition("|")[2]
    foreign = [each["id"] for each in found(target, scope, type) if not in_category(each, code)]
    assert not foreign, f"with {scope!r} a search shows {type}/{foreign[0]}, which is of another category"


# -- grants that are not for this client ---------------------------------------------------------------------------


@check("SMA-038")
def an_unknown_code_is_refused(target: Target) -> None:
    client = app(target) if "private_key_jwt" not in target.credentials.client_id else signer(target)
    form = {"grant_type": "authorization_code", "code": "no-such-code", "redirect_uri": client.redirect}
    refused(token_request(target, form, client, code_verifier="v" * 43), "invalid_grant", statuses=(400,))


@check("SMA-068")
def an_unknown_refresh_token_is_refused(target: Target) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "no-such-token", "scope": "patient/Patient.rs"}
    answer = token_request(target, form, app(target))
    refused(answer, "invalid_grant")
    if answer.status == 401:
        warn(f"{answer}: {oauth_error(answer)} is 400 in RFC 6749 §5.2")


@check("SMA-049", "BKS-042", "MIS-F1", slow=True)
def an_expired_token_is_refused(target: Target) -> None:
    answer = token_request(target, {"grant_type": "client_credentials", "scope": NARROW}, service(target))
    token, lifetime = str(answer.json["access_token"]), float(answer.json["expires_in"])
    path = f"Patient/{Sample(target).patient()['id']}"
    before = target.send("GET", path, token=token)
    assert before.status == 200, f"{before} with a fresh token"
    target.clock.sleep(lifetime + 1)
    after = target.send("GET", path, token=token)
    assert after.status == 401, f"{after} with a token that expired a second ago, expected 401"
