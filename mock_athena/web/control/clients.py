"""``/_mock/clients``: the OAuth clients, in the words of RFC 7591."""

from flask import Blueprint, Response

from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object
from mock_athena.web.world import World


def add_clients(views: Blueprint, world: World) -> None:
    """List, register, read, change and delete clients."""

    @views.get("/clients")
    def clients() -> Response:
        listed = [client.metadata() for client in world.authorization.clients.all()]
        return json_answer({"clients": listed}, pretty=True)

    @views.post("/clients")
    def register() -> Response:
        registered = world.authorization.clients.register(json_object())
        return json_answer(registered.metadata(), 201, pretty=True)

    @views.get("/clients/<path:client_id>")
    def client(client_id: str) -> Response:
        return json_answer(world.authorization.clients.demand(client_id).metadata(), pretty=True)

    @views.put("/clients/<path:client_id>")
    def change(client_id: str) -> Response:
        changed = world.authorization.clients.update(client_id, json_object())
        return json_answer(changed.metadata(), pretty=True)

    @views.delete("/clients/<path:client_id>")
    def delete(client_id: str) -> Response:
        world.authorization.delete_client(client_id)
        return json_answer({"deleted": client_id})
