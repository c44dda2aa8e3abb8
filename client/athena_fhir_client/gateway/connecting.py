"""The browser's way to a connection: start → sign-in and consent at the authorization server → callback."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, request
from markupsafe import escape

from athena_fhir_client.errors import AthenaError
from athena_fhir_client.gateway import bodies
from athena_fhir_client.gateway.answers import success
from athena_fhir_client.gateway.refusals import refusal
from athena_fhir_client.gateway.requests import json_body
from athena_fhir_client.gateway.schemas import check_request
from athena_fhir_client.gateway.settings import LOOPBACK, GatewaySettings
from athena_fhir_client.service.errors import InvalidRequest
from athena_fhir_client.service.instants import instant_of
from athena_fhir_client.service.records import SignIn
from athena_fhir_client.service.service import AthenaHealthEnhancedService
from athena_fhir_client.service.signing_in import LIFETIME

COOKIE = "athena_sign_in"
CONNECT, CALLBACK = "/api/ehr/athenahealth/connect", "/api/ehr/callback"

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0
1rem}}</style> <h1>{title}</h1><p>{text}</p></html>
"""


@dataclass(frozen=True, slots=True)
class _Connecting:
    service: AthenaHealthEnhancedService
    settings: GatewaySettings

    def begin(self) -> Response:
        """For an application: a link for its user's browser, good for one use."""
        sign_in = self._begun(check_request("connect.request", json_body(optional=True)))
        url = f"{_origin(sign_in)}{CONNECT}?{urlencode({'ticket': sign_in.ticket})}"
        return success("connect.begun", {"connectUrl": url, "expiresAt": instant_of(sign_in.created + LIFETIME)})

    def go(self) -> Response:
        """For a browser: on to the authorization server, with a cookie to know it by when it comes back."""
        ticket = request.args.get("ticket", "")
        if not ticket:
            elsewhere = self._elsewhere()
            if elsewhere:
                return _sent(elsewhere)
            ticket = self._begun(check_request("connect.request", request.args.to_dict())).ticket
        sign_in = self.service.signing_in.bind(ticket)
        answer = _sent(sign_in.begun.url)
        secure = _origin(sign_in).startswith("https:")
        answer.set_cookie(
            COOKIE, sign_in.state, max_age=int(LIFETIME), path=CALLBACK, secure=secure, httponly=True, samesite="Lax"
        )
        return answer

    def callback(self) -> Response:
        """Back from the authorization server: the connection is made."""
        try:
            id, sign_in = self.service.signing_in.finish(request.args.to_dict(), request.cookies.get(COOKIE, ""))
        except AthenaError as error:
            return _shown(refusal(error), "Not connected", str(error))
        answer = self._connected(id, sign_in)
        answer.delete_cookie(COOKIE, path=CALLBACK)
        return answer

    def _begun(self, asked: dict[str, str]) -> SignIn:
        return_to = asked.get("returnTo", "")
        if return_to and not _allowed(return_to, self.settings):
            expected = ", ".join(("a path", *self.settings.return_origins))
            message = f"returnTo {return_to!r}: expected {expected}"
            raise InvalidRequest(message)
        redirect_uri = f"{request.host_url.rstrip('/')}{CALLBACK}"
        return self.service.signing_in.begin(
            scope=asked.get("scope", ""), return_to=return_to, redirect_uri=redirect_uri
        )

    def _connected(self, id: str, sign_in: SignIn) -> Response:
        if sign_in.return_to:
            mark = "&" if "?" in sign_in.return_to else "?"
            return _sent(f"{sign_in.return_to}{mark}{urlencode({'connectionId': id})}")
        made = success("connection", bodies.connection(self.service.store.connection(id)))
        return _shown(made, "Connected", f"Connection {id} is ready. You can close this window.")

    def _elsewhere(self) -> str:
        """The same at the address that the callback will come to, or the cookie would not come along."""
        home, here = urlsplit(self.service.configuration.redirect_uri), urlsplit(request.host_url)
        both_local = home.hostname in LOOPBACK and here.hostname in LOOPBACK
        if not both_local or home.netloc == here.netloc:
            return ""
        return f"{home.scheme}://{home.netloc}{request.full_path.rstrip('?')}"


def add_connecting(views: Blueprint, service: AthenaHealthEnhancedService, settings: GatewaySettings) -> None:
    """Add the three routes."""
    connecting = _Connecting(service, settings)
    views.add_url_rule(CONNECT, "begin", connecting.begin, methods=["POST"])
    views.add_url_rule(CONNECT, "go", connecting.go, methods=["GET"])
    views.add_url_rule(CALLBACK, "callback", connecting.callback, methods=["GET"])


def _origin(sign_in: SignIn) -> str:
    parts = urlsplit(sign_in.begun.redirect_uri)
    return f"{parts.scheme}://{parts.netloc}"


def _allowed(return_to: str, settings: GatewaySettings) -> bool:
    if any(mark in return_to for mark in "\\\r\n\t"):
        return False
    parts = urlsplit(return_to)
    if not parts.scheme and not parts.netloc:
        return return_to.startswith("/") and not return_to.startswith("//")
    return f"{parts.scheme}://{parts.netloc}" in settings.return_origins


def _sent(url: str) -> Response:
    answer = redirect(url)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    assert isinstance(answer, Response)  # noqa: S101 - Flask's own, by its default
    return answer


def _shown(answer: Response, title: str, text: str) -> Response:
    """The same as a page, for a caller that would rather have one."""
    if request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json") != "text/html":
        return answer
    answer.set_data(_PAGE.format(title=escape(title), text=escape(text)))
    answer.content_type = "text/html; charset=utf-8"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return answer
