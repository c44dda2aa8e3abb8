"""Client assertions that are accepted where they must not be."""

from collections.abc import Callable
from typing import Any

from mock_athena.auth.assertions import _unverified
from tests.mutants.changes import both, edited, of_status, token_answer
from tests.mutants.instead import forgetful, forgiving, nothing
from tests.mutants.mutant import Mutant, Part
from tests.mutants.probe import Prober
from tests.mutants.signing import assertion, signed

_ASSERTIONS = "mock_athena.auth.assertions:"


def _by_assertion(*changes: dict[str, Any], **header: Any) -> Callable[[Prober], object]:
    """What the token endpoint says to assertions that were made with these changes."""

    def ask(tester: Prober) -> object:
        answers = [tester.token(signed(assertion(tester, change, **header))) for change in changes]
        return [(answer.status, (answer.json or {}).get("error")) for answer in answers]

    return ask


def _tampered(tester: Prober) -> object:
    """A good assertion whose signature was changed."""
    good = assertion(tester, {})
    answer = tester.token(signed(good[:-8] + "AAAAAAAA"))
    return answer.status, (answer.json or {}).get("error")


def _unsigned_accepted(*algorithms: str) -> Any:
    """Assertions of these algorithms are believed without a look at their signature."""

    def make(healthy: Any) -> Any:
        def examined(assertions: Any, text: str, client: Any, token_url: str) -> Any:
            from mock_athena.auth.assertions import _unverified

            head, claims = _unverified(text)
            if head.get("alg") in algorithms:
                return str(claims.get("jti")), float(claims["exp"])
            return healthy(assertions, text, client, token_url)

        return examined

    return make


def _first_key(healthy: Any) -> Any:
    def key(assertions: Any, head: Any, kty: str, client: Any) -> Any:
        keys = [one for one in assertions._key_sets.keys(client, None) if one["kty"] == kty]
        return keys[0] if len(keys) == 1 else healthy(assertions, head, kty, client)

    return key


MUTANTS = (
    Mutant(
        "assertion-audience-unchecked",
        ("BKS-007",),
        "an assertion made for another server is accepted",
        "servers that check the signature alone",
        Part(_ASSERTIONS + "_check_audience", nothing),
        _by_assertion({"aud": "https://elsewhere.example/token"}),
    ),
    Mutant(
        "assertion-replayed",
        ("BKS-014",),
        "an assertion can be used twice",
        "bulk-data-server 2.1.1",
        Part(_ASSERTIONS + "Assertions.verify", forgetful("_used")),
        _by_assertion({}, {}),
    ),
    Mutant(
        "assertion-without-jti",
        ("BKS-013",),
        "an assertion needs no jti",
        "servers that treat jti as optional",
        Part(_ASSERTIONS + "Assertions._examined", forgiving("jti is missing", lambda *_: ("none", 2e9))),
        _by_assertion({"jti": None}),
    ),
    Mutant(
        "assertion-lives-for-ever",
        ("BKS-010",),
        "an assertion may be good for a day",
        "bulk-data-server 2.1.1: exp is not bounded",
        Part(_ASSERTIONS + "LONGEST_LIFE_S", lambda _: 1_000_000),
        _by_assertion({"exp": 86_400}),
    ),
    Mutant(
        "assertion-expired",
        ("BKS-009",),
        "an assertion is accepted after it expired",
        "JWT libraries that check times only when asked to",
        Part(_ASSERTIONS + "_check_times", lambda _: lambda claims, now: now + 60),
        _by_assertion({"exp": -3600}),
    ),
    Mutant(
        "assertion-not-yet-valid",
        ("BKS-012",),
        "an assertion is accepted before its nbf",
        "JWT libraries that know exp alone",
        Part(_ASSERTIONS + "_check_times", lambda _: lambda claims, now: float(claims["exp"])),
        _by_assertion({"nbf": 4_000_000_000}),
    ),
    Mutant(
        "assertion-subject-unchecked",
        ("BKS-006",),
        "iss and sub of an assertion may differ",
        "servers that look at sub alone",
        Part(
            "mock_athena.auth.client_authentication:claimed_issuer",
            forgiving("must both be", lambda text: str(_unverified(text)[1].get("sub"))),
        ),
        _by_assertion({"iss": "somebody-else"}),
    ),
    Mutant(
        "assertion-signature-unchecked",
        ("BKS-017", "BKS-020", "BKS-029"),
        "the signature of an assertion is not looked at",
        "JWT libraries used to decode and not to verify",
        Part(_ASSERTIONS + "_check_signature", nothing),
        _tampered,
    ),
    Mutant(
        "assertion-unsigned",
        ("BKS-018",),
        "an assertion with alg none is accepted",
        "JWT libraries that took alg none (RFC 8725 §2.1)",
        Part(_ASSERTIONS + "Assertions._examined", _unsigned_accepted("none")),
        _by_assertion({}, alg="none"),
    ),
    Mutant(
        "assertion-by-hmac",
        ("BKS-019",),
        "an assertion that is signed with the public key as a secret is accepted",
        "key confusion (RFC 8725 §2.1)",
        Part(_ASSERTIONS + "Assertions._examined", _unsigned_accepted("HS256", "HS384", "HS512")),
        _by_assertion({}, alg="HS256"),
    ),
    Mutant(
        "assertion-key-unnamed",
        ("BKS-020", "BKS-021"),
        "an assertion that names no key, or one that is not registered, is tried with the first",
        "servers that try the keys of the set in turn",
        Part(_ASSERTIONS + "Assertions._key", _first_key),
        _by_assertion({}, kid="no-such-key"),
    ),
    Mutant(
        "assertion-refused-as-invalid-request",
        ("BKS-029",),
        "a bad assertion is refused as invalid_request",
        "bulk-data-server 2.1.1",
        edited(
            lambda body: body.update(error="invalid_request") if body.get("error") == "invalid_client" else None,
            both(token_answer, of_status(401, 400)),
        ),
        _by_assertion({"aud": "https://elsewhere.example/token"}),
    ),
)
