"""``/_mock/openapi.json``: what is served, for programs that read OpenAPI."""

from flask import Blueprint, Response, request

from mock_athena.environments import ENVIRONMENTS, PRODUCTION
from mock_athena.errors import ControlError, shortened
from mock_athena.web.answers import json_answer
from mock_athena.web.exchange import current_exchange
from mock_athena.web.world import World


def add_openapi(views: Blueprint, world: World) -> None:
    """Tell what an environment serves."""

    @views.get("/openapi.json")
    def openapi() -> Response:
        """What is served, as OpenAPI 3.1: of production, or with ``?environment=sandbox`` of the sandbox.

        Made from the options of this start: with ``--no-writable`` it has no writes, with ``--limits off`` no 429.
        """
        from mock_athena.web.described import described  # hardly ever asked for

        asked = request.args.to_dict(flat=False)
        names = asked.pop("environment", [PRODUCTION.name])
        if asked or len(names) > 1 or names[0] not in ENVIRONMENTS:
            sent = shortened(request.query_string.decode(errors="replace"))
            message = f"?{sent}: expected nothing, or environment={' or environment='.join(ENVIRONMENTS)}"
            raise ControlError(message)
        return json_answer(described(world.settings, ENVIRONMENTS[names[0]], current_exchange().origin), pretty=True)
