"""Signed assertions, right and wrong ones, and reading what others signed. No library would sign what must be refused.

Keys are JWKs as mappings; https://www.rfc-editor.org/rfc/rfc7515, RFC 7518.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

Jwk = Mapping[str, Any]
_HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
_CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def encoded(value: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of base64url, with or without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a JWT, whoever signed it.

    Raises:
        ValueError: it is none.
    """
    pieces = token.split(".")
    if len(pieces) != 3:
        message = f"a JWT has three parts between dots, and this has {len(pieces)}"
        raise ValueError(message)
    header, claims = (json.loads(decoded(piece)) for piece in pieces[:2])
    if not isinstance(header, dict) or not isinstance(claims, dict):
        message = "header and claims of a JWT are JSON objects"
        raise ValueError(message)
    return header, claims


def unsigned(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """The two parts of a JWT that are signed."""
    return ".".join(encoded(json.dumps(dict(each)).encode()) for each in (header, claims))


def signed_by_nobody(claims: Mapping[str, Any], kid: str) -> str:
    """A JWT of ``alg`` ``none`` (RFC 7518 §3.6)."""
    return unsigned({"alg": "none", "kid": kid, "typ": "JWT"}, claims) + "."


def signed_with_public_key(claims: Mapping[str, Any], jwk: Jwk) -> str:
    """A JWT of HS256 whose secret is the public key's PEM, which everybody has: RFC 8725 §2.1's confusion."""
    pem = _public(jwk).public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = unsigned({"alg": "HS256", "kid": jwk["kid"], "typ": "JWT"}, claims)
    return f"{text}.{encoded(hmac.digest(pem, text.encode(), 'sha256'))}"


def signed(claims: Mapping[str, Any], jwk: Jwk, **header: Any) -> str:
    """A JWT signed by the private ``jwk``; a header field of value None is left out, others replace ours."""
    algorithm = algorithm_of(jwk)
    fields = {"alg": algorithm, "kid": jwk.get("kid"), "typ": "JWT", **header}
    text = unsigned({name: value for name, value in fields.items() if value is not None}, claims)
    return f"{text}.{encoded(_signature(text.encode(), jwk, algorithm))}"


def algorithm_of(jwk: Jwk) -> str:
    """What a key signs with: its ``alg``, else RS384 or ES384, which SMART asks for."""
    return str(jwk.get("alg") or ("RS384" if jwk["kty"] == "RSA" else "ES384"))


def new_key(kid: str, kind: str = "EC") -> dict[str, Any]:
    """A private key for ES384 (``EC``) or RS384 (``RSA``), as a JWK."""
    if kind == "EC":
        key = ec.generate_private_key(ec.SECP384R1()).private_numbers()
        public = key.public_numbers
        numbers = {
            "crv": "P-384",
            "x": _number(public.x, 48),
            "y": _number(public.y, 48),
            "d": _number(key.private_value, 48),
        }
        return {"kty": "EC", "kid": kid, "alg": "ES384", **numbers}
    secret = rsa.generate_private_key(65537, 2048).private_numbers()
    names = {"n": secret.public_numbers.n, "e": secret.public_numbers.e, "d": secret.d, "p": secret.p, "q": secret.q}
    crt = {"dp": secret.dmp1, "dq": secret.dmq1, "qi": secret.iqmp}
    return {
        "kty": "RSA",
        "kid": kid,
        "alg": "RS384",
        **{name: _number(value) for name, value in {**names, **crt}.items()},
    }


def public_part(jwk: Jwk) -> dict[str, Any]:
    """What of a key may be told."""
    return {name: value for name, value in jwk.items() if name not in ("d", "p", "q", "dp", "dq", "qi", "k", "oth")}


def is_signed_by(token: str, jwk: Jwk) -> bool:
    """Whether the key whose public part ``jwk`` has signed ``token``, with the algorithm that its header names."""
    text, _, signature = token.rpartition(".")
    algorithm = str(parts_of(token)[0].get("alg"))
    digest = _HASHES.get(algorithm[2:])
    key = _public(jwk)
    try:
        if digest is None:
            return False
        if isinstance(key, rsa.RSAPublicKey) and algorithm.startswith("RS"):
            key.verify(decoded(signature), text.encode(), padding.PKCS1v15(), digest)
            return True
    except InvalidSignature:
        return False
    return False


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    return encoded(hashlib.sha256(verifier.encode()).digest())


def _public(jwk: Jwk) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    if jwk["kty"] == "RSA":
        return rsa.RSAPublicNumbers(_integer(jwk["e"]), _integer(jwk["n"])).public_key()
    return ec.EllipticCurvePublicNumbers(_integer(jwk["x"]), _integer(jwk["y"]), _CURVES[jwk["crv"]]).public_key()


def _signature(text: bytes, jwk: Jwk, algorithm: str) -> bytes:
    digest = _HASHES[algorithm[2:]]
    if jwk["kty"] == "RSA":
        return _rsa(jwk).sign(text, padding.PKCS1v15(), digest)
    curve = _CURVES[jwk["crv"]]
    key = ec.derive_private_key(_integer(jwk["d"]), curve)
    size = (curve.key_size + 7) // 8
    return b"".join(part.to_bytes(size, "big") for part in decode_dss_signature(key.sign(text, ec.ECDSA(digest))))


def _rsa(jwk: Jwk) -> rsa.RSAPrivateKey:
    public = rsa.RSAPublicNumbers(_integer(jwk["e"]), _integer(jwk["n"]))
    d = _integer(jwk["d"])
    if "p" in jwk and "q" in jwk:
        p, q = _integer(jwk["p"]), _integer(jwk["q"])
    else:
        p, q = rsa.rsa_recover_prime_factors(public.n, public.e, d)
    crt = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    return rsa.RSAPrivateNumbers(p, q, d, *crt, public).private_key()


def _integer(text: str) -> int:
    return int.from_bytes(decoded(text), "big")


def _number(value: int, size: int = 0) -> str:
    return encoded(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))
