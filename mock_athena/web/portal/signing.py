"""Signing in: the list of those who can, with their passwords, and the check of one."""

import hmac
from collections.abc import Sequence

from flask import Response

from mock_athena.auth.form import Parameters
from mock_athena.auth.users import Kind
from mock_athena.web.portal.people import Person
from mock_athena.web.portal.portal import Portal

KINDS: dict[Kind, str] = {"patient": "Patients", "proxy": "Parents and proxies", "provider": "Providers"}


def sign_in_page(
    portal: Portal,
    sent: Parameters,
    environment: str,
    *,
    action: str,
    carried: Sequence[tuple[str, str]],
    application: str = "",
    expected: Person | None = None,
    kind: Kind = "patient",
    fault: str = "",
) -> Response:
    """The page on which somebody signs in at an environment.

    Args:
        action: where search and sign-in are sent to. carried: what is sent along with both.
        application: for which one signs in; empty for the portal itself.
        expected: who is to be offered first.
        kind: whose list is shown first.
        fault: why an attempt failed.
    """
    asked = sent.get("who")
    kinds = [(name, KINDS[name]) for name in KINDS if name in portal.people.kinds]
    known: tuple[Kind, ...] = portal.people.kinds
    shown = known[known.index(asked)] if asked in known else kind
    search = sent.get("search") or ""
    listed = portal.people.listed(environment, shown, search, sent.get("after") or "")
    return portal.show(
        "sign_in.html",
        403 if fault else 200,
        leaves=bool(application),
        environment=environment,
        action=action,
        carried=carried,
        application=application,
        expected=expected,
        kinds=kinds,
        kind=shown,
        search=search,
        people=listed.people,
        after=listed.after,
        typed=sent.get("username") or "",
        fault=fault,
    )


def signed_in_by(portal: Portal, sent: Parameters, environment: str) -> Person | None:
    """Who proved to be somebody: by a button of the list, or by name and password; None for nobody."""
    if sent.get("as"):
        return portal.people.named(environment, sent.get("as") or "")
    person = portal.people.named(environment, sent.get("username") or "")
    expected = person.password if person else ""
    right = hmac.compare_digest(expected.encode(), (sent.get("password") or "").encode())
    return person if person and right else None
