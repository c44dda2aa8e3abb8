"""The EHR's launch page: a provider picks an application, a patient and a visit, and starts it.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch: the browser is sent to the
application's launch URL (``initiate_login_uri`` in its registration) with ``iss`` and ``launch``.
"""

from flask import Response, request

from mock_athena.auth.form import Parameters
from mock_athena.auth.launch import Launch, LaunchContext
from mock_athena.errors import ControlError, shortened
from mock_athena.web.exchange import current_exchange
from mock_athena.web.launches import launch_address, launch_url
from mock_athena.web.portal.charts import encounter_of, encounters_of
from mock_athena.web.portal.choices import NO_ENCOUNTER
from mock_athena.web.portal.people import Person
from mock_athena.web.portal.portal import Portal, sent_form, sent_query
from mock_athena.web.portal.rendering import redirected


def launch(portal: Portal) -> Response:
    """Choose, and start."""
    person = portal.person()
    if person is None or person.user.kind != "provider":
        return redirected("/portal/sign-in?next=launch")
    if request.method == "POST":
        sent = sent_form()
        portal.check_form(sent)
        return redirected(_started(portal, sent, person))
    return _page(portal, sent_query(), person)


def _started(portal: Portal, sent: Parameters, person: Person) -> str:
    """The URL that starts the application."""
    environment = person.user.environment
    here = portal.world.environments[environment]
    client = portal.authorization.clients.get(sent.get("app") or "")
    patient = portal.people.patient(environment, sent.get("patient"))
    if client is None or not launch_url(client):
        message = f"{shortened(sent.get('app') or 'No application', 60)} cannot be started: it has no launch URL"
        raise ControlError(message)
    if patient is None:
        raise ControlError("Nothing was started: choose the patient whose record is open first")
    wanted = sent.get("encounter") or NO_ENCOUNTER
    encounter = None if wanted == NO_ENCOUNTER else encounter_of(here, patient.id, wanted)
    if encounter is None and wanted != NO_ENCOUNTER:
        raise ControlError(f"Nothing was started: {shortened(wanted, 60)} is no visit of {patient.user.name}")
    context = LaunchContext(
        patient=patient.id,
        encounter=encounter.id if encounter else None,
        need_patient_banner=sent.get("banner") is not None,
    )
    id = portal.authorization.launches.start(Launch(client.client_id, person.user, environment, context))
    return launch_address(client, here.fhir_base(current_exchange().origin), id)


def _page(portal: Portal, sent: Parameters, person: Person) -> Response:
    environment = person.user.environment
    here = portal.world.environments[environment]
    clients = [client for client in portal.authorization.clients.all() if launch_url(client)]
    wanted = sent.get("app") or (clients[0].client_id if len(clients) == 1 else "")
    client = next((each for each in clients if each.client_id == wanted), None)
    patient = portal.people.patient(environment, sent.get("patient"))
    search = sent.get("search") or ""
    listed = portal.people.listed(environment, "patient", search, sent.get("after") or "")
    return portal.show(
        "launch.html",
        leaves=True,
        clients=[(each, launch_url(each)) for each in clients],
        client=client,
        patient=patient,
        visits=encounters_of(here, patient.id) if patient else (),
        no_visit=NO_ENCOUNTER,
        people=listed.people,
        search=search,
        after=listed.after,
        iss=here.fhir_base(current_exchange().origin),
        environment=environment,
    )
