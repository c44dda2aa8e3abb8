"""The page that asks for consent: who wants what from whose records, and what it will not get."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Response

from mock_athena.auth.authorize import AuthorizationRequest
from mock_athena.auth.discovery import AUTHORIZE_PATH
from mock_athena.auth.form import Parameters
from mock_athena.auth.scopes import parse_scope
from mock_athena.auth.wording import group_of, in_words
from mock_athena.web.portal.choices import Choice, only_patient
from mock_athena.web.portal.people import Person
from mock_athena.web.portal.portal import Portal
from mock_athena.web.portal.rendering import link


class Wish(NamedTuple):
    """One scope: as the form sends it, and in words."""

    text: str
    words: str


def consent_page(
    portal: Portal,
    sent: Parameters,
    asked: AuthorizationRequest,
    person: Person,
    choice: Choice,
    carried: Sequence[tuple[str, str]],
) -> Response:
    """The page."""
    whose = _whose(person, choice)
    known = [(name, value) for name, value in carried if name not in ("patient", "encounter")]
    chosen = [("patient", choice.patient.id)] if choice.patient and asked.launch is None else []
    if choice.encounter and asked.launch is None:
        chosen.append(("encounter", choice.encounter.id))
    elif sent.get("encounter"):
        chosen.append(("encounter", sent.get("encounter") or ""))
    return portal.show(
        "consent.html",
        leaves=True,
        application=asked.address.client.client_name,
        papers=_papers(asked.address.client.about),
        destination=asked.address.redirect_uri,
        place=_place(asked.address.redirect_uri),
        environment=asked.environment,
        user=person,
        patient=choice.patient,
        encounter=choice.encounter,
        for_another=choice.patient is not None and choice.patient.user.fhir_user != person.user.fhir_user,
        groups=_groups(asked.scopes, whose),
        withheld=_withheld(sent, asked, whose),
        never=_never(asked),
        launched=asked.launch is not None,
        again="" if asked.launch or only_patient(person) else link(AUTHORIZE_PATH, known),
        another="" if asked.launch else link(AUTHORIZE_PATH, known, (("prompt", "select_account"),)),
        carried=[*known, *chosen],
        action=AUTHORIZE_PATH,
    )


def _whose(person: Person, choice: Choice) -> str:
    if choice.patient is None or choice.patient.user.fhir_user == person.user.fhir_user:
        return "your"
    return f"{choice.patient.user.name}’s"


def _groups(scopes: Sequence[str], whose: str) -> list[tuple[str, list[Wish]]]:
    groups: dict[str, list[Wish]] = {}
    for text in scopes:
        groups.setdefault(group_of(text), []).append(Wish(text, in_words(text, whose)))
    return list(groups.items())


def _withheld(sent: Parameters, asked: AuthorizationRequest, whose: str) -> list[Wish]:
    """What the application asked for and cannot get, whatever is ticked."""
    texts = dict.fromkeys((sent.get("scope") or "").split())
    return [Wish(text, in_words(text, whose)) for text in texts if text not in asked.scopes]


def _never(asked: AuthorizationRequest) -> list[str]:
    """What nobody asked for, in words."""
    scopes = [scope for text in asked.scopes if (scope := parse_scope(text))]
    letters = {letter for scope in scopes for letter in scope.letters}
    contexts = {scope.context for scope in scopes}
    told = (
        ("your password", True),
        ("anybody else’s records", "user" not in contexts),
        ("the right to change anything", not letters & set("cud")),
        ("access after an hour", not {"offline_access", "online_access"} & set(asked.scopes)),
    )
    return [words for words, holds in told if holds]


def _papers(about: Mapping[str, str | tuple[str, ...]]) -> list[tuple[str, str]]:
    """What the application says of itself on the web: words and addresses."""
    told = (("Its privacy policy", about.get("policy_uri")), ("Its terms", about.get("tos_uri")))
    return [(words, str(uri)) for words, uri in told if str(uri).startswith(("https://", "http://"))]


def _place(uri: str) -> str:
    """Where a redirect URI leads, as short as a person can check it."""
    parts = urlsplit(uri)
    return parts.netloc or f"{parts.scheme}:"
