"""What all screens share: who may see them, how one is shown, and how it says what was done."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from flask import Response, request

from mock_athena.auth.form import Parameters
from mock_athena.environments import ENVIRONMENTS, PRODUCTION
from mock_athena.errors import ControlError, Refusal, shortened
from mock_athena.web.exchange import current_exchange
from mock_athena.web.portal.gate import gate
from mock_athena.web.portal.portal import Portal, sent_form, sent_query
from mock_athena.web.portal.rendering import redirected, rendered, versioned
from mock_athena.web.world import Environment, World

PACKAGE = "mock_athena.web.console"
STATIC = {"console.css": "text/css", "console.js": "text/javascript", "search.js": "text/javascript"}
# (path, name, what it is)
SCREENS = (
    ("/", "Overview", "addresses, commands, how it stands"),
    ("/console/traffic", "Traffic", "what came in, what was decided, and why"),
    ("/console/limits", "Limits", "who has used how much, and may come when"),
    ("/console/clock", "Clock", "freeze, step, jump"),
    ("/console/data", "Data", "patients, resources, search"),
    ("/console/oauth", "OAuth", "tokens, clients, launch"),
    ("/console/exports", "Exports", "bulk jobs and what becomes of them"),
    ("/console/faults", "Faults", "scenarios, and what goes wrong"),
    ("/console/snapshots", "Snapshots", "keep, restore, compare, reset"),
    ("/console/reports", "Reports", "conformance and kill matrix"),
)
_SAID = "mock_athena_said"


class Console:
    """The console of one world."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    @property
    def world(self) -> World:
        """What it shows."""
        return self.portal.world

    @property
    def origin(self) -> str:
        """Under which the browser reached us."""
        return current_exchange().origin

    def closed(self) -> Response | None:
        """What somebody gets who may not see a screen yet; None for who may.

        Raises:
            ControlError: 403, for whoever cannot.
        """
        sent = sent_form() if request.method == "POST" and request.path.rstrip("/") == "/console" else None
        return gate(self.portal, "/console/", sent)

    def sent(self) -> Parameters:
        """What the form of a screen sent.

        Raises:
            ControlError: 403: it is no form of this visit.
        """
        sent = sent_form()
        self.portal.check_form(sent)
        return sent

    def act(self, actions: Mapping[str, "Action"]) -> Response:
        """Carry out what the button of a form of this visit says: its ``do`` is one of the actions.

        Raises:
            ControlError: 403: it is no form of this visit. 400: there is no such action.
        """
        sent = self.sent()
        do = sent.get("do") or ""
        if do not in actions:
            raise ControlError(f"do={shortened(do, 40)!r}: expected one of {', '.join(actions)}.")
        return actions[do](self, sent)

    def environment(self, name: str | None = None) -> Environment:
        """An environment by its name; without one, that which the query names, or production.

        Raises:
            ControlError: 404: there is none of that name.
        """
        name = name or sent_query().get("environment") or PRODUCTION.name
        if name not in ENVIRONMENTS:
            message = f"There is no environment {shortened(name, 40)!r}: expected one of {', '.join(ENVIRONMENTS)}."
            raise ControlError(message, status=404)
        return self.world.environments[name]

    def show(self, template: str, status: int = 200, **values: object) -> Response:
        """A screen, with what the action before it had to say."""
        portal = self.portal
        shown: dict[str, Any] = {
            "form_token": portal.visits.form_token(portal.visit()),
            "path": request.path,
            "screens": SCREENS,
            "profile": self.world.profile.name,
            "said": _said(),
            "console_style": asset("console.css"),
            "console_script": asset("console.js"),
            **values,
        }
        response = portal.remembered(rendered(f"console/{template}", shown, status, scripts=True))
        if _SAID in request.cookies:
            response.delete_cookie(_SAID, path="/", samesite="Strict", httponly=True)
        return response

    def done(self, path: str, said: str, *, good: bool = True) -> Response:
        """On to a screen, which tells what was done (RFC 9110 §15.4.4), and does it only once."""
        self.portal.keep_trust()
        response = self.portal.remembered(redirected(path))
        value = quote(json.dumps([good, shortened(said, 600)]))
        response.set_cookie(_SAID, value, max_age=60, httponly=True, samesite="Strict")
        return response

    def refuse(self, refusal: Refusal) -> Response:
        """A screen that says what is wrong; nothing was done."""
        current_exchange().end(refusal)
        return self.show("error.html", refusal.status, message=refusal.message)


Action = Callable[[Console, Parameters], Response]
"""What a button does, and where it leads then."""


def asset(name: str) -> str:
    """The address of a file of :data:`STATIC`."""
    return versioned(f"/console/static/{name}", PACKAGE, f"static/{name}")


def _said() -> tuple[bool, str] | None:
    """What the cookie of the last action says: whether it went well, and in words."""
    try:
        good, text = json.loads(unquote(request.cookies.get(_SAID, "")))
    except (ValueError, TypeError):
        return None
    return bool(good), str(text)
