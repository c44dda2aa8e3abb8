"""Signs client assertions, good ones and bad ones, with the published key of ``mock-backend``."""

import json
from typing import Any

from joserfc import jws
from joserfc.jwk import OctKey, import_key

from mock_athena.auth.assertions import JWT_BEARER
from mock_athena.settings import fixtures_dir
from tests.mutants.probe import TOKEN_URL, Prober

KEYS = json.loads((fixtures_dir() / "keys" / "mock-backend.private.jwks.json").read_text())["keys"]
_RSA = next(key for key in KEYS if key["kty"] == "RSA")


def assertion(tester: Prober, changes: dict[str, Any], alg: str = "RS384", **header: Any) -> str:
    """A client assertion; claims that ``changes`` gives as None are left out. ``alg`` none has no signature."""
    now = tester.inside.world.clock.wall() // 1_000_000_000
    claims = {"iss": "mock-backend", "sub": "mock-backend", "aud": TOKEN_URL, "exp": now + 200, "jti": "one", **changes}
    if isinstance(changes.get("exp"), int):
        claims["exp"] = now + changes["exp"]
    payload = json.dumps({name: value for name, value in claims.items() if value is not None})
    named = {"alg": alg, "kid": _RSA["kid"], "typ": "JWT", **header}
    head = {name: value for name, value in named.items() if value is not None}
    if alg == "none":
        unsigned = jws.serialize_compact({**head, "alg": "HS256"}, payload, OctKey.import_key("k" * 32), ["HS256"])
        return _with_header(unsigned, head)
    key: Any = (
        OctKey.import_key(_RSA["n"]) if alg.startswith("HS") else import_key({**_RSA, "kid": head.get("kid", "")})
    )
    return jws.serialize_compact(head, payload, key, [alg])


def _with_header(compact: str, head: dict[str, Any]) -> str:
    import base64

    encoded = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()
    return f"{encoded}.{compact.split('.')[1]}."


def signed(text: str) -> dict[str, str]:
    """The token request that an assertion is in."""
    return {
        "grant_type": "client_credentials",
        "scope": "system/*.rs",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": text,
    }
