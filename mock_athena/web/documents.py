"""Documents over HTTP: ``/documents/{id}.pdf`` is the DiagnosticReport of that id, rendered when it is asked for.

The address is what ``DiagnosticReport.presentedForm.url`` says. Whoever may read the report may read its document.
"""

from flask import Blueprint

from mock_athena.auth.caller import Caller
from mock_athena.auth.scopes import require
from mock_athena.errors import NotFound
from mock_athena.store import Resource, Snapshot
from mock_athena.web.answers import Answer
from mock_athena.web.exchange import current_exchange
from mock_athena.web.report_text import loaded, report_text
from mock_athena.web.world import World

_TYPE = "DiagnosticReport"


def documents_views(world: World) -> Blueprint:
    """The views of documents, at the paths of production; the exchange says which environment is meant."""
    views = Blueprint("documents", __name__)

    @views.get("/documents/<name>.pdf")
    def document(name: str) -> Answer:
        exchange = current_exchange()
        environment, caller = world.environments[exchange.environment], exchange.caller
        assert caller is not None  # noqa: S101 - the edge lets nobody in without a token
        require(caller, _TYPE, "r")
        snapshot = environment.store.snapshot()
        id = name.replace("_", "-") if world.profile.underscore_ids else name
        return _rendered(_report(snapshot, id, name, caller), snapshot, f"Practice {environment.practice}")

    return views


def _report(snapshot: Snapshot, id: str, name: str, caller: Caller) -> Resource:
    """The report, if there is one that the caller may see.

    Raises:
        NotFound: there is none, or it is another patient's; the same text for both.
    """
    version = snapshot.read(_TYPE, id)
    if version is None or version.deleted:
        raise _no_document(name, f"there is no {_TYPE}/{id}")
    if caller.patient is not None and not snapshot.in_compartment(_TYPE, version.vk, caller.patient):
        raise _no_document(name, f"{_TYPE}/{id} is not in the compartment of Patient/{caller.patient}")
    return loaded(version.body)


def _no_document(name: str, reason: str) -> NotFound:
    message = f"there is no document {name}.pdf; DiagnosticReport.presentedForm.url says where a report's document is"
    return NotFound(message, reason=reason)


def _rendered(report: Resource, snapshot: Snapshot, practice: str) -> Answer:
    # Imported here: the renderer takes longer to load than all of the rest, and most runs never need it.
    from mock_athena.web.report_pdf import report_pdf

    text = report_text(report, snapshot, practice)
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{text.id}.pdf"'}
    return Answer(report_pdf(text), headers=headers)
