"""What else the authorization server answers over HTTP: introspection, revocation, registration, and documents for all.

The sign-in and the token endpoint are in :mod:`mock_athena.web.oauth`.
"""

import json

from flask import Blueprint, Response, request

from mock_athena.auth import discovery
from mock_athena.auth.form import Parameters
from mock_athena.auth.server import AuthorizationServer
from mock_athena.errors import ControlError, OAuthError
from mock_athena.fhir.registry import offered
from mock_athena.web.control.admission import admit
from mock_athena.web.exchange import current_exchange
from mock_athena.web.oauth import LARGEST_FORM, read_form, read_parameters
from mock_athena.web.world import World

_FOR_ALL = frozenset((discovery.STYLE_PATH, discovery.OPENID_PATH))


def oauth_endpoints(world: World) -> Blueprint:
    """The views."""
    views = Blueprint("oauth_endpoints", __name__)
    _add_tokens(views, world)
    if world.authorization.registration != "off":
        _add_registration(views, world)
    _add_documents(views, world)

    @views.after_request
    def not_stored(response: Response) -> Response:
        """What is told of tokens and clients is for one reader (RFC 6749 §5.1); documents are for all."""
        if request.path not in _FOR_ALL:
            response.headers["Cache-Control"] = "no-store"
            response.headers["Pragma"] = "no-cache"
        return response

    return views


def _add_tokens(views: Blueprint, world: World) -> None:
    authorization = world.authorization

    @views.route(discovery.INTROSPECT_PATH, methods=["POST", *(["GET"] if world.profile.introspect_by_get else [])])
    def introspect() -> Response:
        sent = read_parameters()
        return _json(authorization.introspect(sent, _credentials(authorization, sent), current_exchange().origin))

    @views.post(discovery.REVOKE_PATH)
    def revoke() -> Response:
        sent = read_form()
        authorization.revoke(sent, _credentials(authorization, sent), current_exchange().origin)
        return Response(status=200)


def _add_registration(views: Blueprint, world: World) -> None:
    @views.post(discovery.REGISTER_PATH)
    def register() -> Response:
        if world.authorization.registration == "local":
            _admit_as_control(world)
        return _json(world.authorization.register(_metadata()), 201)


def _add_documents(views: Blueprint, world: World) -> None:
    @views.get(discovery.OPENID_PATH)
    def openid_configuration() -> Response:
        types = tuple(offered(world.profile.surface))
        return _json(world.authorization.openid_configuration(current_exchange().origin, types))

    @views.get(discovery.STYLE_PATH)
    def style() -> Response:
        return _json(discovery.STYLE)


def _credentials(authorization: AuthorizationServer, sent: Parameters) -> str | None:
    credentials = request.headers.get("Authorization")
    current_exchange().client_id = authorization.claimed_client(sent, credentials)
    return credentials


def _admit_as_control(world: World) -> None:
    try:
        admit(world.settings)
    except ControlError as error:
        told = f"registration is for whoever may use the control API, unless --registration is open: {error.message}"
        denied = "invalid_token" if error.status == 401 else "access_denied"
        raise OAuthError(denied, told, status=error.status, headers=error.headers) from error


def _metadata() -> object:
    request.max_content_length = LARGEST_FORM
    try:
        return json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError) as error:
        message = f'the body is not JSON ({error}): send client metadata, such as {{"redirect_uris": ["https://…"]}}'
        raise OAuthError("invalid_client_metadata", message) from None


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")
