"""Tokens, sessions, clients and launches: what there is, what a token says and may do, and buttons to try and to end.

A token that is pasted comes with the body of a form and goes into the page that answers it: never into an address, and
neither the journal nor the log is told of a console's forms.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from mock_athena.auth.form import Parameters
from mock_athena.auth.revocations import How
from mock_athena.auth.tokens import ListedToken
from mock_athena.auth.wording import in_words
from mock_athena.clock import NANOSECONDS
from mock_athena.errors import ControlError, shortened
from mock_athena.web.console import trying
from mock_athena.web.console.console import Console
from mock_athena.web.console.inspected import inspected
from mock_athena.web.console.words import from_now
from mock_athena.web.launches import launch_url
from mock_athena.web.portal.charts import encounters_of
from mock_athena.web.portal.moments import moment
from mock_athena.web.portal.portal import sent_query

PATH = "/console/oauth"
_MOST_TOKENS = 100
_MOST_SESSIONS = 50
_MOST_CLIENTS = 200
_MOST_PEOPLE = 25

# What is told of access tokens, by their ids.
Listed = dict[str, ListedToken]


def oauth(console: Console, _: str) -> Response:
    """The screen, and what its buttons do."""
    return console.act(_ACTIONS) if request.method == "POST" else shown(console)


def shown(console: Console, **more: object) -> Response:
    """The screen, with what a button had made."""
    sent = sent_query()
    environment = console.environment().facts.name
    only = sent.get("client") or ""
    listed = _listed(console)
    found = _latest(listed, only)
    patient = console.portal.people.patient(environment, sent.get("patient"))
    here = console.world.environments[environment]
    clients = console.world.authorization.clients.all()
    values: dict[str, Any] = {
        "environment": environment,
        "only": only,
        "tokens": [_told(console, id, told) for id, told in found[:_MOST_TOKENS]],
        "more_tokens": max(0, len(found) - _MOST_TOKENS),
        "holders": sorted({each["client_id"] for each in listed.values()}),
        "sessions": _sessions(console, listed),
        "clients": clients[:_MOST_CLIENTS],
        "more_clients": max(0, len(clients) - _MOST_CLIENTS),
        "launchable": [each for each in clients if launch_url(each)],
        "returning": [(each, uri) for each in clients if each.has_three_legs for uri in each.redirect_uris],
        "providers": console.portal.people.listed(environment, "provider", size=_MOST_PEOPLE).people,
        "patients": console.portal.people.listed(environment, "patient", size=_MOST_PEOPLE).people,
        "patient": patient,
        "unknown_patient": "" if patient else (sent.get("patient") or ""),
        "visits": encounters_of(here, patient.id) if patient else (),
        "methods": inspected_methods(),
        "typed": {},
        "inspection": None,
    }
    return console.show("oauth.html", **{**values, **more})


def inspected_methods() -> tuple[str, ...]:
    """Those that can be explained."""
    from mock_athena.web.explanation import METHODS

    return METHODS


def _listed(console: Console) -> Listed:
    return console.world.authorization.tokens.listed()


def _latest(listed: Listed, only: str) -> list[tuple[str, ListedToken]]:
    """The access tokens by their ids, newest first, of one client or of all."""
    found = [(id, told) for id, told in listed.items() if only in ("", told["client_id"])]
    return sorted(found, key=lambda each: -each[1]["issued"])


def _told(console: Console, id: str, told: ListedToken) -> dict[str, Any]:
    session = told["sid"] or ""
    return {
        "id": id,
        "client_id": told["client_id"],
        "user": told["fhirUser"] or "",
        "patient": told["patient"] or "",
        "scopes": told["scope"].split(),
        "expires": from_now(told["expires"] * NANOSECONDS, console.world.clock.now()),
        "ended": console.world.authorization.tokens.ended(id, session),
    }


def _sessions(console: Console, listed: Listed) -> list[dict[str, Any]]:
    """What people allowed, the latest first: each with how many access tokens of it are good still."""
    ended = console.world.authorization.tokens.ended
    approved = console.world.authorization.approvals.all()[:_MOST_SESSIONS]
    wanted = {each.session for each in approved}
    live = [told["sid"] for id, told in listed.items() if told["sid"] in wanted and not ended(id, told["sid"])]
    return [
        {
            "session": each.session,
            "client_id": each.client_id,
            "environment": each.environment,
            "user": each.user,
            "patient": each.patient or "",
            "scopes": each.scopes,
            "words": [in_words(text, "the patient’s") for text in each.scopes],
            "since": moment(each.at),
            "tokens": live.count(each.session),
            "refreshes": next((text for text in each.scopes if text in ("offline_access", "online_access")), ""),
        }
        for each in approved
    ]


def _inspect(console: Console, sent: Parameters) -> Response:
    token = "".join((sent.get("token") or "").strip().removeprefix("Bearer ").split())
    if not token:
        raise ControlError("There is no token to be looked at: paste one first.")
    method, path = sent.get("method") or "GET", (sent.get("path") or "").strip()
    typed = {"token": token, "method": method, "path": path}
    return shown(console, inspection=inspected(console, token, method, path), typed=typed)


def _end(how: How) -> Callable[[Console, Parameters], Response]:
    def end(console: Console, sent: Parameters) -> Response:
        return console.done(PATH, _ended(console, how, sent))

    return end


def _ended(console: Console, how: How, sent: Parameters) -> str:
    """End one token, those of a client, or those of a session; what was done, in words."""
    authorization = console.world.authorization
    token_id, client, session = (sent.get(name) for name in ("token_id", "client_id", "session"))
    if token_id:
        if token_id not in _listed(console):
            raise ControlError(f"There is no token {shortened(token_id, 60)!r} that could end.", status=404)
        authorization.end_token(token_id, how)
        return f"Token {token_id} is {how}."
    if not (client or session):
        raise ControlError("Which tokens are to end was not said.")
    ended = authorization.end_tokens(how, client_id=client, session=session)
    if session and how == "revoked":
        authorization.revoke_session(session)
    count = "1 access token is" if ended == 1 else f"{ended} access tokens are"
    return f"{count} {how}, of {client or f'session {session}'}."


def _issue(console: Console, sent: Parameters) -> Response:
    return shown(console, issued=trying.issued(console, sent))


def _launch(console: Console, sent: Parameters) -> Response:
    return shown(console, launched=trying.launched(console, sent))


def _sign_in(console: Console, sent: Parameters) -> Response:
    return shown(console, standing=trying.sign_in(console, sent))


_ACTIONS: Mapping[str, Callable[[Console, Parameters], Response]] = {
    "inspect": _inspect,
    "expire": _end("expired"),
    "revoke": _end("revoked"),
    "issue": _issue,
    "launch": _launch,
    "sign-in": _sign_in,
}
