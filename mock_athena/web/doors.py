"""The doors of portal and console: which paths lead to which page.

What is behind them is imported when somebody knocks.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from mock_athena.auth.authorize import ReturnAddress
from mock_athena.auth.form import Parameters
from mock_athena.errors import OAuthError, Refusal
from mock_athena.web.world import World

if TYPE_CHECKING:
    from mock_athena.web.console.console import Console
    from mock_athena.web.portal.portal import Portal

# (path, methods, name of the page in mock_athena.web.portal.pages)
PAGES = (
    ("/portal", ("GET",), "home"),
    ("/portal/sign-in", ("GET", "POST"), "sign_in"),
    ("/portal/sign-out", ("POST",), "sign_out"),
    ("/portal/revoke", ("POST",), "revoke"),
    ("/portal/launch", ("GET", "POST"), "launch"),
    ("/portal/developer", ("GET", "POST"), "applications"),
    ("/portal/developer/new", ("GET",), "new_application"),
    ("/portal/developer/app", ("GET", "POST"), "application"),
    ("/portal/portal.css", ("GET",), "style"),
    ("/portal/icon.svg", ("GET",), "icon"),
    ("/portal/<path:rest>", ("GET", "POST"), "nothing"),
)


class Doors:
    """Opens portal and console of a world, at the first knock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._portal: Portal | None = None
        self._console: Console | None = None

    @property
    def portal(self) -> "Portal":
        """The portal; one, whoever knocks at the same time."""
        from mock_athena.web.portal.portal import Portal

        with self._lock:
            self._portal = self._portal or Portal(self._world)
            return self._portal

    @property
    def console(self) -> "Console":
        """The console, whose visitors are the portal's."""
        from mock_athena.web.console.console import Console

        portal = self.portal
        with self._lock:
            self._console = self._console or Console(portal)
            return self._console

    def authorize(self, sent: Parameters, address: ReturnAddress) -> Response:
        """See :func:`mock_athena.web.portal.authorizing.authorize`; what is for the person becomes a page."""
        from mock_athena.web.portal.authorizing import authorize

        try:
            return authorize(self.portal, sent, address)
        except OAuthError:
            raise
        except Refusal as refusal:
            return self.portal.refuse(refusal)

    def refuse(self, error: OAuthError) -> Response:
        """See :meth:`mock_athena.web.portal.portal.Portal.refuse`."""
        return self.portal.refuse(error)

    def page(self, name: str) -> Callable[..., Response]:
        """The view of a page."""

        def view(**_: str) -> Response:
            from mock_athena.web.portal.pages import PAGES

            try:
                return PAGES[name](self.portal)
            except Refusal as refusal:
                return self.portal.refuse(refusal)

        return view


def portal_views(doors: Doors) -> Blueprint:
    """The views of all pages but the authorization endpoint's."""
    views = Blueprint("portal", __name__, template_folder="portal/templates")
    for path, methods, name in PAGES:
        views.add_url_rule(path, name, doors.page(name), methods=methods)
    return views


def console_views(doors: Doors) -> Blueprint:
    """The console: which page a path below ``/console`` is, it knows itself."""
    views = Blueprint("console", __name__, template_folder="console/templates")

    @views.get("/")
    @views.route("/console/", methods=("GET", "POST"))
    @views.route("/console/<path:rest>", methods=("GET", "POST"))
    def page(rest: str = "") -> Response:
        from mock_athena.web.console.pages import shown

        return shown(doors.console, rest)

    return views
