"""OAuth over HTTP: sign-in and consent, the token endpoint, and our public key.

No session: the consent page carries the request along in hidden fields, and its answer is checked as if it were new.
Errors that may be redirected to the client are; others of the authorization endpoint are a page for the person at the
browser. The token endpoint just raises.
"""

import json
from collections.abc import Callable, Sequence

from flask import Blueprint, Response, render_template, request

from mock_athena.auth.authorize import CARRIED, AuthorizationRequest, ReturnAddress
from mock_athena.auth.consent import Consent
from mock_athena.auth.discovery import AUTHORIZE_PATH, KEYS_PATH, TOKEN_PATH
from mock_athena.auth.form import Parameters, parse_form, parse_query
from mock_athena.auth.portal import PORTAL, PortalPatient
from mock_athena.auth.server import AuthorizationServer
from mock_athena.auth.users import User
from mock_athena.auth.wording import in_words
from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import OAuthError
from mock_athena.web.exchange import current_exchange

Directory = Callable[[str], Sequence[PortalPatient]]

LARGEST_FORM = 65_536
ALLOW_PREFIX = "allow "

# A page that asks for consent must not be framed, and has nothing to load.
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def oauth_views(authorization: AuthorizationServer, directory: Directory, auto_approve: bool) -> Blueprint:
    """The views of the authorization server.

    Args:
        directory: ``production`` or ``sandbox`` → the patients who can sign in there.
        auto_approve: sign in and consent without asking: as the patient of ``login_hint``, or the first.
    """
    views = Blueprint("oauth", __name__, template_folder="templates")

    @views.route(AUTHORIZE_PATH, methods=["GET", "POST"])
    def authorize() -> Response:
        try:
            sent = _sent()
            current_exchange().client_id = authorization.claimed_client(sent)
            address = authorization.return_address(sent, current_exchange().origin)
        except OAuthError as error:
            return _error_page(error)
        try:
            return _consent(authorization, directory, sent, address, auto_approve)
        except OAuthError as error:
            current_exchange().end(error)
            return _redirected(address.with_error(error))

    @views.post(TOKEN_PATH)
    def token() -> Response:
        exchange, form, credentials = current_exchange(), read_form(), request.headers.get("Authorization")
        exchange.client_id = authorization.claimed_client(form, credentials)
        return _json(authorization.token(form, credentials, exchange.origin + TOKEN_PATH))

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


def _consent(
    authorization: AuthorizationServer,
    directory: Directory,
    sent: Parameters,
    address: ReturnAddress,
    auto_approve: bool,
) -> Response:
    """Ask the patient, or do as the patient decided."""
    asked = authorization.authorization_request(sent, address, current_exchange().origin)
    patients = directory(asked.environment)
    if not patients:
        raise OAuthError("access_denied", f"nobody can sign in: there is no patient at {asked.environment}")
    if auto_approve:
        consent = _consent_of(patients, asked.login_hint or patients[0].id, asked)
        return _redirected(authorization.approve(asked, consent))
    decision = sent.get("decision")
    if decision is None:
        return _consent_page(sent, asked, patients)
    if decision != "allow":
        raise OAuthError("access_denied", "the patient did not allow the access")
    return _redirected(authorization.approve(asked, _consent_of(patients, sent.get("patient"), asked, _allowed(sent))))


def _consent_of(
    patients: Sequence[PortalPatient],
    id: str | None,
    asked: AuthorizationRequest,
    allowed: frozenset[str] | None = None,
) -> Consent:
    found = next((patient for patient in patients if patient.id == id), None)
    if found is None:
        raise OAuthError("access_denied", f"nobody signed in: no patient {(id or '')[:64]!r} can sign in here")
    practice = f"a-1.Practice-{ENVIRONMENTS[asked.environment].practice}"
    user = User(found.id, "patient", found.name, f"Patient/{found.id}", (found.id,), practice, asked.environment)
    return Consent(user, allowed, found.id)


def _allowed(sent: Parameters) -> frozenset[str]:
    return frozenset(name.removeprefix(ALLOW_PREFIX) for name in sent.values if name.startswith(ALLOW_PREFIX))


def _consent_page(sent: Parameters, asked: AuthorizationRequest, patients: Sequence[PortalPatient]) -> Response:
    return _page(
        "oauth_consent.html",
        200,
        portal=PORTAL,
        application=asked.address.client.client_name,
        destination=asked.address.redirect_uri,
        environment=asked.environment,
        scopes=[(ALLOW_PREFIX + text, text, in_words(text)) for text in asked.scopes],
        patients=patients,
        expected=asked.login_hint,
        carried=[(name, sent.get(name)) for name in CARRIED if sent.get(name) is not None],
        action=AUTHORIZE_PATH,
    )


def _error_page(error: OAuthError) -> Response:
    current_exchange().end(error)
    return _page("oauth_error.html", 400, portal=PORTAL, error=error.error, message=error.message)


def _page(template: str, status: int, **values: object) -> Response:
    html = render_template(template, **values)
    return Response(html, status, _PAGE_HEADERS, mimetype="text/html")


def _redirected(location: str) -> Response:
    return Response(status=302, headers={"Location": location, "Referrer-Policy": "no-referrer"})


def _json(body: object) -> Response:
    return Response(json.dumps(body), mimetype="application/json")


def _sent() -> Parameters:
    return read_form() if request.method == "POST" else parse_query(request.query_string.decode("latin-1"))


def read_form() -> Parameters:
    """The body of a request of OAuth.

    Raises:
        OAuthError: it is no form, or cannot be read.
    """
    request.max_content_length = LARGEST_FORM
    return parse_form(request.content_type, request.get_data(cache=False))
