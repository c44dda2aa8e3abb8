"""``/_mock/clients``: the OAuth clients, in the words of RFC 7591."""

from flask import Blueprint, Response

from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object
from mock_athena.web.world import World


def add_clients(views: Blueprint, world: World) -> None:
    """List and register clients."""

    @views.get("/clients")
    def clients() -> Response:
        listed = [client.metadata() for client in world.authorization.clients.all()]
        return json_answer({"clients": listed}, pretty=True)

    @views.post("/clients")
    def register() -> Response:
        registered = world.authorization.clients.register(json_object())
        return json_answer(registered.metadata(), 201, pretty=True)
