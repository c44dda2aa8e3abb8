"""The EHR's launch page: a provider picks an application, a patient and a visit, and starts it.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch: the browser is sent to the
application's launch URL (``initiate_login_uri`` in its registration) with ``iss`` and ``launch``.
"""

from flask import Response, request

from mock_athena.auth.form import Parameters
from mock_athena.errors import ControlError
from mock_athena.web.exchange import current_exchange
from mock_athena.web.launches import launch_url, started
from mock_athena.web.portal.charts import encounters_of
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
    for name, what in (("app", "the application"), ("patient", "the patient whose record is open")):
        if not sent.get(name):
            raise ControlError(f"Nothing was started: choose {what} first")
    encounter = sent.get("encounter") or NO_ENCOUNTER
    wish = {
        "client_id": sent.get("app"),
        "environment": person.user.environment,
        "user": person.user.username,
        "patient": sent.get("patient"),
        "encounter": None if encounter == NO_ENCOUNTER else encounter,
        "need_patient_banner": sent.get("banner") is not None,
    }
    return started(portal.world, wish, current_exchange().origin).address


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
