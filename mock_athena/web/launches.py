"""Applications that are started from within the EHR: what is checked, and where the browser is sent.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch: to the application's launch URL
(``initiate_login_uri`` in its registration) with ``iss`` and ``launch``.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

from mock_athena.auth.launch import Launch, LaunchContext
from mock_athena.auth.registration import ClientRegistration
from mock_athena.environments import ENVIRONMENTS, PRODUCTION
from mock_athena.errors import ControlError, shortened
from mock_athena.web.portal.charts import encounter_of
from mock_athena.web.portal.people import People, Person
from mock_athena.web.world import World


def launch_url(client: ClientRegistration) -> str:
    """Where an application is started from within the EHR; empty if it cannot be."""
    url = client.about.get("initiate_login_uri", "")
    return url if isinstance(url, str) else ""


def launch_address(client: ClientRegistration, iss: str, launch: str) -> str:
    """The URL that starts an application with a launch; empty if it cannot be started."""
    url = launch_url(client)
    if not url:
        return ""
    parts = urlsplit(url)
    asked = urlencode({"iss": iss, "launch": launch})
    return urlunsplit(parts._replace(query=f"{parts.query}&{asked}" if parts.query else asked))


class Started(NamedTuple):
    """A launch that waits for its application.

    Attributes:
        iss, id: what the application is told. address: where a browser starts it; empty if it has no launch URL.
    """

    launch: Launch
    client: ClientRegistration
    iss: str
    id: str
    address: str


def started(world: World, sent: Mapping[str, Any], origin: str, *, by_browser: bool = True) -> Started:
    """Starts the launch that is asked for.

    Args:
        by_browser: a browser goes to the application next, so it must have a launch URL.

    Raises:
        ControlError: as :func:`launch_of`; or there is no launch URL. Nothing was started.
    """
    launch = launch_of(world, sent)
    client = world.authorization.clients.demand(launch.client_id)
    if by_browser and not launch_url(client):
        raise ControlError(f"{client.client_id} cannot be started: it registered no launch URL (initiate_login_uri).")
    iss, id = world.environments[launch.environment].fhir_base(origin), world.authorization.launches.start(launch)
    return Started(launch, client, iss, id, launch_address(client, iss, id))


def launch_of(world: World, sent: Mapping[str, Any]) -> Launch:
    """The launch that is asked for, in the words of ``POST /_mock/launches``, each of its own type.

    Raises:
        ControlError: no such application, user, patient or encounter; or the user may not see the patient.
    """
    environment = sent.get("environment", PRODUCTION.name)
    if environment not in ENVIRONMENTS:
        message = f"environment {shortened(environment, 40)!r}: expected one of {', '.join(ENVIRONMENTS)}"
        raise ControlError(message)
    client = world.authorization.clients.demand(sent.get("client_id", ""))
    people = People(world)
    user = _user(people, environment, sent.get("user")).user
    patient = sent.get("patient")
    if patient is not None and (people.patient(environment, patient) is None or not user.may_act_for(patient)):
        message = (
            f"patient {shortened(patient, 64)!r}: expected the id of a Patient of {environment} whom the user may see"
        )
        raise ControlError(message)
    encounter = sent.get("encounter")
    if encounter is not None and not (patient and encounter_of(world.environments[environment], patient, encounter)):
        message = f"encounter {shortened(encounter, 64)!r}: expected the id of an Encounter of the patient that is sent"
        raise ControlError(message)
    context = LaunchContext(
        patient=patient,
        encounter=encounter,
        practice=sent.get("practice"),
        need_patient_banner=sent.get("need_patient_banner"),
        smart_style_url=sent.get("smart_style_url"),
        fhir_context=tuple(sent.get("fhirContext", ())),
        tenant=sent.get("tenant"),
        intent=sent.get("intent"),
    )
    return Launch(client.client_id, user, environment, context)


def _user(people: People, environment: str, username: str | None) -> Person:
    """Who is signed in at the EHR: a provider, unless somebody else is named."""
    if username is None:
        found = next(iter(people.listed(environment, "provider").people), None)
    else:
        found = people.named(environment, username)
    if found is None:
        message = f"user {shortened(username or '', 64)!r}: nobody of that name can sign in at {environment}"
        raise ControlError(message)
    return found
