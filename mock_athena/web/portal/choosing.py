"""The pages on which a patient and a visit are chosen."""

from collections.abc import Sequence

from flask import Response

from mock_athena.auth.authorize import AuthorizationRequest
from mock_athena.auth.discovery import AUTHORIZE_PATH
from mock_athena.auth.form import Parameters
from mock_athena.errors import OAuthError, shortened
from mock_athena.web.portal.charts import encounters_of
from mock_athena.web.portal.choices import NO_ENCOUNTER, Choice
from mock_athena.web.portal.people import Listed, Person
from mock_athena.web.portal.portal import Portal


def choice_page(
    portal: Portal,
    sent: Parameters,
    asked: AuthorizationRequest,
    person: Person,
    choice: Choice,
    carried: Sequence[tuple[str, str]],
) -> Response:
    """The page for what is missing in ``choice``.

    Raises:
        OAuthError: ``interaction_required``, where the client wants nobody to be asked.
    """
    if "none" in asked.prompt:
        raise OAuthError("interaction_required", f"prompt=none, but a {choice.missing} has to be chosen")
    if choice.missing == "encounter" and choice.patient:
        listed = Listed((), "")
        visits = encounters_of(portal.world.environments[asked.environment], choice.patient.id)
    else:
        listed, visits = _patients(portal, sent, asked, person), ()
    return portal.show(
        f"{choice.missing}.html",
        leaves=True,
        user=person,
        patient=choice.patient,
        people=listed.people,
        after=listed.after,
        search=sent.get("search") or "",
        visits=visits,
        no_visit=NO_ENCOUNTER,
        wrong=shortened(choice.wrong, 60),
        application=asked.address.client.client_name,
        carried=carried,
        action=AUTHORIZE_PATH,
    )


def _patients(portal: Portal, sent: Parameters, asked: AuthorizationRequest, person: Person) -> Listed:
    if person.user.patients is None:
        search, after = sent.get("search") or "", sent.get("after") or ""
        return portal.people.listed(asked.environment, "patient", search, after)
    found = (portal.people.patient(asked.environment, id) for id in person.user.patients)
    return Listed(tuple(each for each in found if each), "")
