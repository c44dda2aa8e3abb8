"""The authorization endpoint in front of a person: sign in, choose, consent.

What the application asked for travels along in the address and in hidden fields, and is checked again with each step;
who signed in is in the cookie. So a page can be reloaded and left at any time, and nothing is kept here.
https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest says what ``prompt`` and ``max_age`` mean.
"""

from flask import Response, request

from mock_athena.auth.approvals import Approval
from mock_athena.auth.authorize import CARRIED, AuthorizationRequest, ReturnAddress
from mock_athena.auth.consent import Consent
from mock_athena.auth.discovery import AUTHORIZE_PATH
from mock_athena.auth.form import Parameters
from mock_athena.auth.launch import LaunchContext
from mock_athena.errors import OAuthError, shortened
from mock_athena.web.exchange import current_exchange
from mock_athena.web.portal.charts import encounters_of
from mock_athena.web.portal.choices import Choice, chosen
from mock_athena.web.portal.choosing import choice_page
from mock_athena.web.portal.consenting import consent_page
from mock_athena.web.portal.people import Person
from mock_athena.web.portal.portal import Portal
from mock_athena.web.portal.rendering import link, redirected
from mock_athena.web.portal.signing import sign_in_page, signed_in_by

ALLOW_PREFIX = "allow "
# What is done once the person signed in again.
_DONE = ("login", "select_account")
# A sign-in that must be younger than this is asked for anew, and not once more for the page that comes after it.
_A_MOMENT_S = 60


def authorize(portal: Portal, sent: Parameters, address: ReturnAddress) -> Response:
    """The next page, or the way back to the application.

    Raises:
        OAuthError: for the application, to be sent to ``address``.
        ControlError: for the person: a form that is not of this visit.
    """
    asked = portal.authorization.authorization_request(sent, address, current_exchange().origin)
    if portal.auto_approves(address.client):
        return _approved(portal, asked, _automatic(portal, sent, asked))
    posted = request.method == "POST"
    if posted and sent.get("decision") == "deny":
        raise OAuthError("access_denied", "the user did not allow the access")
    if posted and (sent.get("username") or sent.get("as")):
        return _signed_in(portal, sent, asked)
    person = _present(portal, sent, asked)
    if person is None:
        return _sign_in_page(portal, sent, asked)
    choice = chosen(portal, sent, asked, person)
    if choice.missing:
        return choice_page(portal, sent, asked, person, choice, _carried(sent))
    if posted and sent.get("decision") == "allow":
        portal.check_form(sent)
        return _approved(portal, asked, _consent(portal, sent, asked, person, choice))
    if "none" in asked.prompt:
        return _approved_before(portal, asked, person, choice)
    return consent_page(portal, sent, asked, person, choice, _carried(sent))


def _present(portal: Portal, sent: Parameters, asked: AuthorizationRequest) -> Person | None:
    """Who is in front of the browser, if that need not be proven again."""
    if asked.launch and asked.launch.user:
        return portal.people.named(asked.environment, asked.launch.user.username)
    person = portal.person(asked.environment)
    if person and request.method == "POST" and sent.get("decision"):
        return person  # who answers a page that was shown to them need not sign in once more for it
    signed_in = portal.visit().began if person else None
    again = asked.must_sign_in(signed_in, portal.world.clock.now()) or "select_account" in asked.prompt
    return None if again else person


def _sign_in_page(portal: Portal, sent: Parameters, asked: AuthorizationRequest, fault: str = "") -> Response:
    return sign_in_page(
        portal,
        sent,
        asked.environment,
        action=AUTHORIZE_PATH,
        carried=_carried(sent),
        application=asked.address.client.client_name,
        expected=portal.people.named(asked.environment, asked.login_hint) if asked.login_hint else None,
        fault=fault,
    )


def _signed_in(portal: Portal, sent: Parameters, asked: AuthorizationRequest) -> Response:
    """Somebody signs in, and may decide in the same breath, as programs do that keep no cookies."""
    at_once = sent.get("decision") == "allow" and not sent.get("as")
    if at_once:
        # Name and password in the same form prove who sends it; a browser adds them to nothing by itself.
        portal.check_site()
    else:
        portal.check_form(sent)
    person = signed_in_by(portal, sent, asked.environment)
    if person is None:
        return _sign_in_page(portal, sent, asked, fault="No user of this name has this password.")
    if at_once:
        choice = chosen(portal, sent, asked, person)
        if choice.missing:
            message = f"{person.user.username} has to choose: send {choice.missing} with the decision"
            raise OAuthError("access_denied", message)
        return _approved(portal, asked, _consent(portal, sent, asked, person, choice))
    portal.sign_in(person)
    return portal.remembered(redirected(link(AUTHORIZE_PATH, _after_sign_in(sent, asked))))


def _automatic(portal: Portal, sent: Parameters, asked: AuthorizationRequest) -> Consent:
    """Sign in and consent without asking: as ``login_hint`` says, else as the first patient."""
    hint = asked.launch.user.username if asked.launch and asked.launch.user else asked.login_hint
    if hint:
        person = portal.people.named(asked.environment, hint)
    else:
        person = next(iter(portal.people.listed(asked.environment, "patient").people), None)
    if person is None:
        who = f"login_hint {shortened(hint, 64)!r} is nobody who" if hint else "there is nobody who"
        raise OAuthError("access_denied", f"{who} can sign in at {asked.environment}")
    if person.user.patients is None and not sent.get("patient"):
        first = next(iter(portal.people.listed(asked.environment, "patient").people), None)
        sent = Parameters({**sent.values, **({"patient": first.id} if first else {})})
    choice = chosen(portal, sent, asked, person)
    if choice.missing == "encounter" and choice.patient and not choice.wrong:
        here = portal.world.environments[asked.environment]
        choice = Choice(choice.patient, encounters_of(here, choice.patient.id)[0])
    elif choice.missing:
        message = f"{person.user.username} cannot choose {choice.missing} {shortened(choice.wrong, 64)!r}"
        raise OAuthError("access_denied", message)
    return _decided(portal, asked, person, choice, None)


def _consent(portal: Portal, sent: Parameters, asked: AuthorizationRequest, person: Person, choice: Choice) -> Consent:
    allowed = frozenset(name.removeprefix(ALLOW_PREFIX) for name in sent.values if name.startswith(ALLOW_PREFIX))
    return _decided(portal, asked, person, choice, allowed)


def _decided(
    portal: Portal, asked: AuthorizationRequest, person: Person, choice: Choice, allowed: frozenset[str] | None
) -> Consent:
    visit = portal.visit()
    own = visit.username == person.user.username and visit.environment == asked.environment
    return Consent(
        user=asked.launch.user if asked.launch and asked.launch.user else person.user,
        scopes=allowed,
        patient=choice.patient.id if choice.patient else None,
        encounter=choice.encounter.id if choice.encounter else None,
        launch=asked.launch.context if asked.launch else LaunchContext(),
        signed_in=visit.began if own else None,
        sign_in=visit.id if own else "",
    )


def _approved_before(portal: Portal, asked: AuthorizationRequest, person: Person, choice: Choice) -> Response:
    """``prompt=none``: what was consented to earlier is consented to still."""
    consent = _decided(portal, asked, person, choice, None)
    mine = portal.authorization.approvals.of(person.user)
    earlier = [each for each in mine if _is_of(each, asked, consent)]
    if not set(asked.scopes) <= {text for approval in earlier for text in approval.scopes}:
        message = "prompt=none, and not all of this was allowed to the application before: leave prompt out"
        raise OAuthError("consent_required", message)
    return _approved(portal, asked, consent)


def _is_of(approval: Approval, asked: AuthorizationRequest, consent: Consent) -> bool:
    return (approval.client_id, approval.patient) == (asked.address.client.client_id, consent.patient)


def _approved(portal: Portal, asked: AuthorizationRequest, consent: Consent) -> Response:
    return portal.remembered(redirected(portal.authorization.approve(asked, consent), 302))


def _carried(sent: Parameters) -> list[tuple[str, str]]:
    """The request as every link and form of these pages repeats it."""
    found = ((name, sent.get(name)) for name in (*CARRIED, "patient", "encounter"))
    return [(name, value) for name, value in found if value]


def _after_sign_in(sent: Parameters, asked: AuthorizationRequest) -> list[tuple[str, str]]:
    """The same, without what is done when somebody signed in just now."""
    done = {"prompt": " ".join(wish for wish in sorted(asked.prompt) if wish not in _DONE)}
    if asked.max_age is not None and asked.max_age < _A_MOMENT_S:
        done["max_age"] = ""
    carried = ((name, done.get(name, value)) for name, value in _carried(sent))
    return [(name, value) for name, value in carried if value]
