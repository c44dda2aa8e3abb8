"""``/_mock/journal``: what came in, what was decided, and why."""

from flask import Blueprint, Response, request

from mock_athena.errors import ControlError
from mock_athena.web.answers import json_answer
from mock_athena.web.world import World


def add_journal(views: Blueprint, world: World) -> None:
    """Read the journal, filtered."""

    @views.get("/journal")
    def journal() -> Response:
        try:
            entries = world.journal.entries(**request.args.to_dict())
        except ValueError as error:
            raise ControlError(str(error)) from None
        return json_answer({"entries": [entry._asdict() for entry in entries], "counters": world.journal.counters()})
