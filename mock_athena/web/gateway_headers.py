"""The header fields that the real API's gateway was seen to set on every answer of FHIR, and those of its services.

Those that the real API has and we know no value of (``Accept-CH``) are left out. The fields that tell of limits follow
the rate limit policy.
"""

from collections.abc import Callable

from mock_athena.web.exchange import Exchange
from mock_athena.web.routes import BULK, FHIR
from mock_athena.web.world import World

Fields = list[tuple[str, str]]

CONSTANT = (
    ("Cache-Control", "no-cache, no-store, must-revalidate"),
    ("Pragma", "no-cache"),
    ("Expires", "0"),
    ("Vary", "Accept-Encoding, Origin"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Server", "Apache"),
)
_CONSTANT_NAMES = frozenset(name for name, _ in CONSTANT)


def dresser(world: World) -> Callable[[Exchange, Fields], Fields]:
    """What makes the header fields of an answer those of the gateway."""
    practices = {name: str(environment.facts.practice) for name, environment in world.environments.items()}

    def dressed(exchange: Exchange, fields: Fields) -> Fields:
        if exchange.route.speaks != "fhir":
            return fields
        # When an export's files expire is told in Expires: https://hl7.org/fhir/uv/bulkdata/STU2/export.html
        kept = "Expires" if exchange.route is BULK and any(name == "Expires" for name, _ in fields) else ""
        replaced = _CONSTANT_NAMES - {kept}
        made = [field for field in fields if field[0] not in replaced]
        made += [field for field in CONSTANT if field[0] != kept]
        if _is_of_a_service(exchange):
            practice = practices[exchange.environment]
            made += [("X-Athena-Request-Id", exchange.request_id), ("X-Athenanet-Practice-Id", practice)]
        return made

    return dressed


def _is_of_a_service(exchange: Exchange) -> bool:
    """Whether the answer comes from behind gateway and router, which a throttled request does not reach."""
    admitted = exchange.decision is not None and exchange.decision.allowed
    return exchange.route is FHIR and exchange.layer == "service" and admitted
