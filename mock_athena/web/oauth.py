"""OAuth over HTTP: the authorization endpoint, the token endpoint, and our public key.

Errors of the authorization endpoint that may be redirected to the client are; others are a page for the person at the
browser. Pages are the portal's matter (:mod:`mock_athena.web.doors`). The token endpoint just raises.
"""

import json
from typing import Protocol

from flask import Blueprint, Response, request

from mock_athena.auth.authorize import ReturnAddress
from mock_athena.auth.discovery import AUTHORIZE_PATH, KEYS_PATH, TOKEN_PATH
from mock_athena.auth.form import Parameters, parse_form, parse_query
from mock_athena.auth.server import AuthorizationServer
from mock_athena.errors import OAuthError, shortened
from mock_athena.web.exchange import current_exchange

LARGEST_FORM = 65_536


class Pages(Protocol):
    """Who asks the person in front of the browser."""

    def authorize(self, sent: Parameters, address: ReturnAddress) -> Response:
        """The next page, or the way back to the application.

        Raises:
            OAuthError: to be sent to ``address``.
        """
        ...

    def refuse(self, error: OAuthError) -> Response:
        """A page that says what is wrong; nobody is sent anywhere."""
        ...


def oauth_views(authorization: AuthorizationServer, pages: Pages) -> Blueprint:
    """The views of the authorization server."""
    views = Blueprint("oauth", __name__)

    @views.route(AUTHORIZE_PATH, methods=["GET", "POST"])
    def authorize() -> Response:
        try:
            sent = read_parameters()
            exchange = current_exchange()
            exchange.client_id = authorization.claimed_client(sent)
            exchange.reason = f"state of {len(sent.get('state') or '')} characters"
            address = authorization.return_address(sent, exchange.origin)
        except OAuthError as error:
            return pages.refuse(error)
        try:
            return pages.authorize(sent, address)
        except OAuthError as error:
            exchange.end(error)
            headers = {"Location": address.with_error(error), "Referrer-Policy": "no-referrer"}
            return Response(status=302, headers=headers)

    @views.post(TOKEN_PATH)
    def token() -> Response:
        exchange, form, credentials = current_exchange(), read_form(), request.headers.get("Authorization")
        exchange.client_id = authorization.claimed_client(form, credentials)
        answered = authorization.token(form, credentials, exchange.origin + TOKEN_PATH)
        exchange.reason = _granted_told(answered["scope"], form)
        return _json(answered)

    @views.get(KEYS_PATH)
    def keys() -> Response:
        return _json(authorization.jwks())

    @views.after_request
    def not_stored(response: Response) -> Response:
        """Codes, tokens and what a person was asked are for one reader (RFC 6749 §5.1); keys are for all."""
        if request.path != KEYS_PATH:
            response.headers["Cache-Control"] = "no-store"
            response.headers["Pragma"] = "no-cache"
        return response

    return views


def _granted_told(granted: str, form: Parameters) -> str:
    """For the journal: by which grant, what a token covers, and what else was asked for."""
    left = [text for text in (form.get("scope") or "").split() if text not in granted.split()]
    told = f"{form.get('grant_type')} granted {shortened(granted, 200)}"
    return told + (f", not {shortened(' '.join(left), 200)}" if left else "")


def _json(body: object) -> Response:
    return Response(json.dumps(body), mimetype="application/json")


def read_parameters() -> Parameters:
    """The parameters of a request of OAuth: of its form, or of its query where it has none.

    Raises:
        OAuthError: they cannot be read.
    """
    return read_form() if request.method == "POST" else parse_query(request.query_string.decode("latin-1"))


def read_form() -> Parameters:
    """The body of a request of OAuth.

    Raises:
        OAuthError: it is no form, or cannot be read.
    """
    request.max_content_length = LARGEST_FORM
    return parse_form(request.content_type, request.get_data(cache=False))
