"""What anybody may ask without a token: what we can do, and where the OAuth endpoints are."""

import json
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from flask import Blueprint, Response, request

from mock_athena._version import __version__
from mock_athena.auth.discovery import AUTHORIZE_PATH, TOKEN_PATH
from mock_athena.errors import BadRequest, shortened
from mock_athena.fhir.capability import capability_statement
from mock_athena.fhir.registry import offered
from mock_athena.web.answers import fhir_answer, json_answer, unless_unchanged
from mock_athena.web.exchange import current_exchange
from mock_athena.web.negotiate import agreed
from mock_athena.web.parameters import pairs_of
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.subsets import part_of
from mock_athena.web.world import World

_MODES = ("full", "normative", "terminology")


def public_views(world: World) -> Blueprint:
    """Discovery, for both environments."""
    views = Blueprint("public", __name__)

    @lru_cache(maxsize=16)
    def statement(origin: str, environment: str, mode: str) -> bytes:
        here = world.environments[environment]
        description = f"Emulated athenahealth {environment}: practice {here.facts.practice}, synthetic patients only"
        urls = (here.fhir_base(origin), origin + AUTHORIZE_PATH, origin + TOKEN_PATH)
        told = capability_statement(
            *urls,
            __version__,
            description,
            writable=world.writable,
            update_creates=world.settings.update_as_create,
            profile=world.profile,
            strict=world.settings.handling == "strict",
        )
        return json.dumps(_in_mode(told, mode)).encode()

    @views.get(FHIR_BASE + "/metadata")
    def metadata() -> Response:
        exchange = current_exchange()
        pairs = pairs_of(exchange.query)
        exchange.wish = agreed(request.environ.get("HTTP_ACCEPT", ""), pairs)
        mode = _mode([value for name, value in pairs if name == "mode"])
        body = statement(exchange.origin, exchange.environment, mode)
        part = part_of(("CapabilityStatement",), pairs).of(body)
        if not world.profile.versions:
            return fhir_answer(part)
        headers = {"ETag": f'W/"{blake2b(body, digest_size=8).hexdigest()}"'}
        return unless_unchanged(headers) or fhir_answer(part, headers)

    @views.get(FHIR_BASE + "/.well-known/smart-configuration")
    def smart_configuration() -> Response:
        types = tuple(offered(world.profile.surface))
        return json_answer(world.authorization.smart_configuration(current_exchange().origin, types))

    return views


def _mode(texts: list[str]) -> str:
    mode = texts[0] if texts else "full"
    if mode not in _MODES or len(texts) > 1:
        message = f"mode={shortened(','.join(texts))}: expected one of {', '.join(_MODES)}"
        raise BadRequest(message, expression=["mode"])
    return mode


def _in_mode(statement: dict[str, Any], mode: str) -> dict[str, Any]:
    if mode == "full":
        return statement
    from mock_athena.fhir.capability_modes import normative, terminology_capabilities  # hardly ever asked for

    return normative(statement) if mode == "normative" else terminology_capabilities(statement)
