"""Documents over HTTP: ``/documents/{id}.pdf``, ``.png`` or ``.html``, rendered when it is asked for.

The id is that of a DiagnosticReport, a DocumentReference or a CarePlan; the addresses are what
``DiagnosticReport.presentedForm.url`` says. Whoever may read the resource may read its document. What it refers to is
left out for a caller who is confined to a patient and may not see that.
"""

from hashlib import sha256
from typing import NamedTuple

from flask import Blueprint, Response, request

from mock_athena.auth.caller import Caller, may, require
from mock_athena.errors import Gone, NotFound, Refusal, shortened
from mock_athena.fhir.registry import RESOURCE_TYPES, ResourceType
from mock_athena.store import Snapshot
from mock_athena.store.confinement import Reach
from mock_athena.store.snapshot import StoredVersion
from mock_athena.web.exchange import current_exchange
from mock_athena.web.routes import DOCUMENTS_BASE
from mock_athena.web.sources import DOCUMENTED, sources_for
from mock_athena.web.visibility import visible
from mock_athena.web.world import World

_TYPES = tuple(RESOURCE_TYPES[name] for name in DOCUMENTED)
_FORMATS = ("pdf", "png", "html")


class _Found(NamedTuple):
    """The resource that a document is of."""

    kind: ResourceType
    stored: StoredVersion


def documents_views(world: World) -> Blueprint:
    """The views of documents, at the paths of production; the exchange says which environment is meant."""
    views = Blueprint("documents", __name__)

    @views.get(DOCUMENTS_BASE + "/<name>")
    def document(name: str) -> Response:
        exchange = current_exchange()
        here, caller = world.environments[exchange.environment], exchange.bearer
        id, _, format = name.rpartition(".")
        types = _readable(caller)
        if format not in _FORMATS or not id:
            raise _no_document(name)
        snapshot = here.store.snapshot()
        found = _find(snapshot, types, world.profile.known_id(id), f"document {name}", caller)
        return _answer(found, format, snapshot, caller.reach.compartments, f"Practice {here.facts.practice}")

    return views


def _readable(caller: Caller) -> tuple[ResourceType, ...]:
    """The types with documents that the caller's token covers.

    Raises:
        Forbidden: it covers none of them.
    """
    types = tuple(kind for kind in _TYPES if may(caller, kind.name, "r"))
    if not types:
        require(caller, _TYPES[0].name, "r")
    return types


def _find(snapshot: Snapshot, types: tuple[ResourceType, ...], id: str, asked: str, caller: Caller) -> _Found:
    """The resource of an id, of the first type that has one which the caller may see.

    Raises:
        NotFound: there is none, or none that the caller may know of. Gone: it was deleted.
    """
    refusals: list[Refusal] = []
    for kind in types:
        try:
            return _Found(kind, visible(snapshot, kind, id, asked, caller))
        except (NotFound, Gone) as refusal:
            refusals.append(refusal)
    gone = next((refusal for refusal in refusals if isinstance(refusal, Gone)), None)
    if gone:
        raise gone
    others = ", ".join(kind.name for kind in _TYPES if kind not in types)
    advice = f". The token covers no {others}, whose documents are looked for too" if others else ""
    raise NotFound(refusals[0].message + advice, reason="; ".join(refusal.reason for refusal in refusals))


def _answer(found: _Found, format: str, snapshot: Snapshot, reach: Reach, practice: str) -> Response:
    # Imported here: the renderer takes longer to load than all of the rest, and most runs never need it.
    from mock_athena.documents.rendering import MEDIA_TYPES, formats_of, rendered
    from mock_athena.documents.words import loaded

    resource, sources = loaded(found.stored.body), sources_for(snapshot, reach, practice)
    content = rendered(resource, format, sources)
    name = f"{resource['id']}.{format}"
    if content is None:
        has = " and ".join(f"{resource['id']}.{other}" for other in formats_of(resource, sources))
        message = f"{found.kind.name}/{resource['id']} has no document {name}; it has {has}"
        raise NotFound(message)
    answer = Response(content, mimetype=MEDIA_TYPES[format])
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if format == "html":
        # What somebody wrote into a note, shown by a browser that opened it here, must not act in our name.
        answer.headers["Content-Security-Policy"] = "sandbox"
    answer.set_etag(sha256(content).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


def _no_document(name: str) -> NotFound:
    message = (
        f"document {shortened(name)!r} is not known here; expected {{id}}.pdf, {{id}}.png or {{id}}.html, where id is "
        f"that of a {', a '.join(kind.name for kind in _TYPES[:-1])} or a {_TYPES[-1].name}"
    )
    return NotFound(message)
