"""``/_mock/clients``: the OAuth clients, in the words of RFC 7591."""

from flask import Blueprint, Response

from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object
from mock_athena.web.world import World


def add_clients(views: Blueprint, world: World) -> None:
    """List, register, read, change and delete clients."""

    @views.get("/clients")
    def clients() -> Response:
        """The registered clients, as RFC 7591 metadata: ``{"clients": […]}``."""
        listed = [client.metadata() for client in world.authorization.clients.all()]
        return json_answer({"clients": listed}, pretty=True)

    @views.post("/clients")
    def register() -> Response:
        """Register a client; 201.

        Body: RFC 7591 metadata. Unlike the registration endpoint it takes ``client_id`` and ``client_secret`` of your
        own, and ``auto_approve``. Answers the metadata, with the secret.
        """
        registered = world.authorization.clients.register(json_object())
        return json_answer(registered.metadata(), 201, pretty=True)

    @views.get("/clients/<path:client_id>")
    def client(client_id: str) -> Response:
        """The metadata of one client."""
        return json_answer(world.authorization.clients.demand(client_id).metadata(), pretty=True)

    @views.put("/clients/<path:client_id>")
    def change(client_id: str) -> Response:
        """Change a client.

        Body: its whole metadata; what is left out is gone.
        """
        changed = world.authorization.clients.update(client_id, json_object())
        return json_answer(changed.metadata(), pretty=True)

    @views.delete("/clients/<path:client_id>")
    def delete(client_id: str) -> Response:
        """Delete a client, and end its tokens. Answers ``{"deleted": client_id}``."""
        world.authorization.delete_client(client_id)
        return json_answer({"deleted": client_id})
