"""The pages that are one function each, and the table of all."""

from collections.abc import Callable, Mapping

from flask import Response, request

from mock_athena.auth.approvals import Approval
from mock_athena.auth.form import Parameters
from mock_athena.auth.wording import in_words
from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import ControlError
from mock_athena.web.exchange import current_exchange
from mock_athena.web.portal import developer, launching
from mock_athena.web.portal.moments import moment
from mock_athena.web.portal.portal import Portal, sent_form, sent_query
from mock_athena.web.portal.rendering import PACKAGE, redirected, static
from mock_athena.web.portal.signing import sign_in_page, signed_in_by

Page = Callable[[Portal], Response]

# Where a sign-in may lead: never to an address that a link brought along.
_NEXT = {"home": "/portal", "launch": "/portal/launch"}


def welcome(portal: Portal, why: str) -> Response:
    """What there is, for whoever opens the emulator in a browser and may not see its console: ``why`` not."""
    origin = current_exchange().origin
    places = [(facts.name, portal.world.environments[facts.name].fhir_base(origin)) for facts in ENVIRONMENTS.values()]
    return portal.show("welcome.html", places=places, origin=origin, profile=portal.world.profile.name, why=why)


def home(portal: Portal) -> Response:
    """What a user finds: which applications have access, and a way to take it back."""
    person = portal.person()
    if person is None:
        return redirected("/portal/sign-in")
    given = portal.authorization.approvals.of(person.user)
    charges = [portal.people.patient(person.user.environment, id) for id in person.user.patients or ()]
    return portal.show(
        "home.html",
        approvals=[_told(portal, approval) for approval in given],
        charges=[each for each in charges if each and person.user.kind == "proxy"],
        revoked=sent_query().get("revoked") is not None,
    )


def _told(portal: Portal, approval: Approval) -> Mapping[str, object]:
    client = portal.authorization.clients.get(approval.client_id)
    patient = portal.people.patient(approval.environment, approval.patient)
    own = patient is None or patient.user.fhir_user == approval.user
    whose = "your" if own or patient is None else f"{patient.user.name}’s"
    return {
        "session": approval.session,
        "application": client.client_name if client else approval.client_id,
        "patient": None if own or patient is None else patient.user.name,
        "since": moment(approval.at),
        "words": [in_words(text, whose) for text in approval.scopes],
    }


def sign_in(portal: Portal) -> Response:
    """Sign in at the portal itself."""
    sent = sent_form() if request.method == "POST" else sent_query()
    environment = sent.get("environment") or "production"
    if environment not in portal.world.environments:
        message = f"There is no environment of that name: expected one of {', '.join(ENVIRONMENTS)}"
        raise ControlError(message, status=404)
    fault = ""
    if request.method == "POST":
        portal.check_form(sent)
        person = signed_in_by(portal, sent, environment)
        if person:
            portal.sign_in(person)
            return portal.remembered(redirected(_NEXT.get(sent.get("next") or "", "/portal")))
        fault = "No user of this name has this password."
    return _sign_in_page(portal, sent, environment, fault)


def _sign_in_page(portal: Portal, sent: Parameters, environment: str, fault: str) -> Response:
    to = sent.get("next") if sent.get("next") in _NEXT else "home"
    return sign_in_page(
        portal,
        sent,
        environment,
        action="/portal/sign-in",
        carried=[("environment", environment), ("next", to or "home")],
        kind="provider" if to == "launch" else "patient",
        fault=fault,
    )


def sign_out(portal: Portal) -> Response:
    """The end of a visit."""
    portal.check_form(sent_form())
    portal.sign_out()
    return portal.remembered(redirected("/portal/sign-in"))


def revoke(portal: Portal) -> Response:
    """Take an application's access back: all its tokens of that consent are good no more."""
    sent = sent_form()
    portal.check_form(sent)
    person = portal.person()
    mine = portal.authorization.approvals.of(person.user) if person else ()
    for approval in mine:
        if approval.session == sent.get("session"):
            portal.authorization.revoke_session(approval.session)
    return redirected("/portal?revoked=1")


def style(_: Portal) -> Response:
    """The one style sheet."""
    return static(PACKAGE, "portal.css", "text/css")


def icon(_: Portal) -> Response:
    """The portal's mark."""
    return static(PACKAGE, "icon.svg", "image/svg+xml")


def nothing(_: Portal) -> Response:
    """Below the portal, where no page is."""
    raise ControlError(f"There is no page at {current_exchange().path[:100]}.", status=404)


PAGES: Mapping[str, Page] = {
    "home": home,
    "sign_in": sign_in,
    "sign_out": sign_out,
    "revoke": revoke,
    "launch": launching.launch,
    "applications": developer.applications,
    "new_application": developer.new_application,
    "application": developer.application,
    "style": style,
    "icon": icon,
    "nothing": nothing,
}
