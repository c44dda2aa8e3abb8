"""What anybody may ask without a token: what we can do, and where the OAuth endpoints are."""

import json
from functools import lru_cache
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request

from mock_athena._version import __version__
from mock_athena.auth.discovery import AUTHORIZE_PATH, TOKEN_PATH
from mock_athena.fhir.capability import capability_statement
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.web.answers import fhir_answer, json_answer
from mock_athena.web.exchange import current_exchange
from mock_athena.web.negotiate import format_of, require_json
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.world import World


def public_views(world: World) -> Blueprint:
    """Discovery, for both environments."""
    views = Blueprint("public", __name__)

    @lru_cache(maxsize=16)
    def statement(origin: str, environment: str) -> bytes:
        here = world.environments[environment]
        description = f"Emulated athenahealth {environment}: practice {here.facts.practice}, synthetic patients only"
        urls = (here.fhir_base(origin), origin + AUTHORIZE_PATH, origin + TOKEN_PATH)
        told = capability_statement(
            *urls,
            __version__,
            description,
            writable=world.writable,
            update_creates=world.settings.update_as_create,
        )
        return json.dumps(told).encode()

    @views.get(FHIR_BASE + "/metadata")
    def metadata() -> Response:
        require_json(request.headers.get("Accept", ""), format_of(parse_qsl(current_exchange().query)))
        exchange = current_exchange()
        return fhir_answer(statement(exchange.origin, exchange.environment))

    @views.get(FHIR_BASE + "/.well-known/smart-configuration")
    def smart_configuration() -> Response:
        types = tuple(RESOURCE_TYPES)
        return json_answer(world.authorization.smart_configuration(current_exchange().origin, types))

    return views
