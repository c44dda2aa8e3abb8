"""Documents over HTTP: ``/documents/{id}.pdf`` is the DiagnosticReport of that id, rendered when it is asked for.

The address is what ``DiagnosticReport.presentedForm.url`` says. Whoever may read the report may read its document;
what the report refers to is left out of it for a caller who may not see that.
"""

from functools import partial

from flask import Blueprint, Response

from mock_athena.auth.caller import require
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import Resource
from mock_athena.store import Snapshot
from mock_athena.store.confinement import is_hidden
from mock_athena.web.exchange import current_exchange
from mock_athena.web.routes import DOCUMENTS_BASE
from mock_athena.web.visibility import visible
from mock_athena.web.world import World

_TYPE = RESOURCE_TYPES["DiagnosticReport"]


def documents_views(world: World) -> Blueprint:
    """The views of documents, at the paths of production; the exchange says which environment is meant."""
    views = Blueprint("documents", __name__)

    @views.get(DOCUMENTS_BASE + "/<name>.pdf")
    def document(name: str) -> Response:
        exchange = current_exchange()
        here, caller = world.environments[exchange.environment], exchange.bearer
        require(caller, _TYPE.name, "r")
        snapshot = here.store.snapshot()
        report = visible(snapshot, _TYPE, world.profile.known_id(name), f"document {name}.pdf", caller)
        return _rendered(report.body, snapshot, caller.patient, f"Practice {here.facts.practice}")

    return views


def _rendered(body: bytes, snapshot: Snapshot, patient: str | None, practice: str) -> Response:
    # Imported here: the renderer takes longer to load than all of the rest, and most runs never need it.
    from mock_athena.documents.report_pdf import report_pdf
    from mock_athena.documents.report_text import loaded, report_text

    text = report_text(loaded(body), partial(_seen, snapshot, patient), practice)
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{text.id}.pdf"'}
    return Response(report_pdf(text), headers=headers)


def _seen(snapshot: Snapshot, patient: str | None, type: str, id: str) -> Resource | None:
    """What a report refers to, by the rule of reads: nothing that is outside the compartment of ``patient``."""
    from mock_athena.documents.report_text import loaded

    kind = RESOURCE_TYPES.get(type)
    stored = snapshot.read(type, id)
    if kind is None or stored is None or stored.deleted or is_hidden(snapshot, kind, stored, patient):
        return None
    return loaded(stored.body)
