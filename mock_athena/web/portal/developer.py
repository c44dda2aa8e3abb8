"""The developer portal: register an application, see it, change it, give it another secret, take it away.

Whoever may use the control API may use it: see :mod:`mock_athena.web.portal.gate`.
"""

import secrets

from flask import Response, request

from mock_athena.auth.form import Parameters
from mock_athena.auth.registration import ClientRegistration
from mock_athena.auth.wording import in_words
from mock_athena.errors import ControlError, shortened
from mock_athena.web.exchange import current_exchange
from mock_athena.web.portal.application_form import ApplicationForm, choices, filled_from, has_box
from mock_athena.web.portal.gate import gate
from mock_athena.web.portal.portal import Portal, sent_form, sent_query
from mock_athena.web.portal.rendering import redirected

PATH = "/portal/developer"


def applications(portal: Portal) -> Response:
    """All applications; a POST registers one, or tells the control token."""
    sent = sent_form() if request.method == "POST" else None
    closed = gate(portal, PATH, sent)
    if closed:
        return closed
    if sent is None:
        return portal.show("applications.html", clients=portal.authorization.clients.all())
    portal.check_form(sent)
    form = ApplicationForm.read(sent)
    client = form.registered(portal.authorization.clients.register)
    if client is None:
        return _form_page(portal, form, status=422)
    return portal.show("registered.html", 201, client=client, origin=current_exchange().origin, rotated=False)


def new_application(portal: Portal) -> Response:
    """The empty form: as the integration guide's set-up has it."""
    return gate(portal, PATH) or _form_page(portal, filled_from(None))


def application(portal: Portal) -> Response:
    """One application; a POST changes it, gives it another secret or takes it away."""
    sent = sent_form() if request.method == "POST" else sent_query()
    closed = gate(portal, PATH)
    if closed:
        return closed
    client = portal.authorization.clients.get(sent.get("id") or "")
    if client is None:
        raise ControlError(f"There is no application {shortened(sent.get('id') or '', 60)!r}.", status=404)
    if request.method == "GET":
        return _form_page(portal, filled_from(client), client)
    portal.check_form(sent)
    match sent.get("do"):
        case "rotate":
            return _rotated(portal, client)
        case "delete":
            portal.authorization.delete_client(client.client_id)
            return redirected(PATH)
        case _:
            return _changed(portal, sent, client)


def _changed(portal: Portal, sent: Parameters, client: ClientRegistration) -> Response:
    form = ApplicationForm.read(sent, client)
    changed = form.registered(lambda metadata: portal.authorization.clients.update(client.client_id, metadata))
    if changed is None:
        return _form_page(portal, form, client, status=422)
    if changed.client_secret and not client.client_secret:
        return portal.show("registered.html", client=changed, origin=current_exchange().origin, rotated=True)
    return redirected(PATH)


def _rotated(portal: Portal, client: ClientRegistration) -> Response:
    if client.client_secret is None:
        raise ControlError(f"{client.client_id} has no secret: it proves who it is in another way.")
    known = {name: value for name, value in client.metadata().items() if name != "client_secret_expires_at"}
    changed = portal.authorization.clients.update(
        client.client_id, known | {"client_secret": secrets.token_urlsafe(32)}
    )
    return portal.show("registered.html", client=changed, origin=current_exchange().origin, rotated=True)


def _form_page(
    portal: Portal, form: ApplicationForm, client: ClientRegistration | None = None, status: int = 200
) -> Response:
    offered = choices(portal.world.profile)
    typed = [scope for scope in form.scopes if not has_box(scope, offered)]
    return portal.show(
        "application.html",
        status,
        form=form,
        client=client,
        choices=offered,
        more=" ".join([*sorted(typed), *form.texts["more_scopes"].split()]),
        words=in_words,
        has_secret=client is not None and client.client_secret is not None,
    )
