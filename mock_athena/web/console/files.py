"""The files of a resource: its attachments, the documents that are rendered of it, and the content of a Binary.

They are shown by a browser under our own name, so what may run there is shut in, and only what cannot run is shown at
all; the rest is saved.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Response

from mock_athena.documents.attachments import decoded, media_type
from mock_athena.documents.rendering import MEDIA_TYPES, formats_of
from mock_athena.environments import PRODUCTION
from mock_athena.errors import ControlError, shortened
from mock_athena.fhir import placeholders
from mock_athena.fhir.references import own_reference
from mock_athena.fhir.resource import Resource, as_object, as_text
from mock_athena.store.confinement import EVERYTHING
from mock_athena.web.binary import with_content
from mock_athena.web.console import inside
from mock_athena.web.console.data import Place
from mock_athena.web.portal.portal import sent_query
from mock_athena.web.sources import DOCUMENTED, sources_for

SHOWN = ("application/pdf", "image/png", "image/jpeg", "text/plain")
"""Media types that a browser shows without running anything of ours or of others."""

PICTURES = ("image/png", "image/jpeg")
_MOST = 50
_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "text/plain": "txt", "text/html": "html",
            "application/xml": "xml", "text/xml": "xml", "application/json": "json"}  # fmt: skip


class File(NamedTuple):
    """One file.

    Attributes:
        title: what it is called. kind: its media type. href: where it is had.
        shown: a browser may show it. picture: as a picture of the page.
    """

    title: str
    kind: str
    href: str
    shown: bool
    picture: bool


def files_of(place: Place, resource: Resource) -> list[File]:
    """What there is."""
    id = as_text(resource.get("id"))
    files = [
        _file(place, id, str(n), as_text(each.get("title")) or f"Attachment {n + 1}", media_type(each))
        for n, each in enumerate(_attachments(resource))
        if "data" in each or "url" in each or each is resource
    ]
    kinds = {each.kind for each in files}
    rendered = [
        _file(place, id, format, f"Rendered as {format.upper()}", MEDIA_TYPES[format])
        for format in _rendered(place, resource)
        if MEDIA_TYPES[format] not in kinds
    ]
    return files + rendered


def file(place: Place, id: str, name: str) -> Response:
    """One of them, by its number, or by the format that is rendered."""
    stored = place.here.store.snapshot().read(place.kind.name, id)
    if stored is None or stored.deleted:
        raise ControlError(f"There is no {place.kind.name} {shortened(id, 64)!r} that has files.", status=404)
    resource = json.loads(stored.body)
    if name in MEDIA_TYPES:
        return _sent(*_document(place, f"{id}.{name}"), f"{id}.{name}")
    found = dict(enumerate(_attachments(resource)))
    if not name.isdecimal() or len(name) > 3 or int(name) not in found:
        raise ControlError(f"{place.kind.name}/{id} has no file {shortened(name, 20)!r}.", status=404)
    kind, content = _content(place, resource, found[int(name)])
    return _sent(kind, content, f"{id}-{name}.{_ENDINGS.get(kind, 'bin')}")


def _sent(kind: str, content: bytes, name: str) -> Response:
    shown = kind in SHOWN and not sent_query().get("download")
    safe = "".join(letter if letter.isalnum() or letter in "-._" else "_" for letter in name)
    return Response(
        content,
        content_type=f"{kind}; charset=utf-8" if kind == "text/plain" else kind,
        headers={
            "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{safe}"',
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        },
    )


def _file(place: Place, id: str, name: str, title: str, kind: str) -> File:
    href = place.href(place.kind.name, id, "file", name)
    return File(title, kind, href, kind in SHOWN, kind in PICTURES)


def _attachments(resource: Resource) -> Iterator[Resource]:
    """Every Attachment in it; a Binary is one itself."""
    if resource.get("resourceType") == "Binary":
        yield resource
        return
    yield from list(_found(resource))[:_MOST]


def _found(value: Any) -> Iterator[Resource]:
    if isinstance(value, list):
        for each in value:
            yield from _found(each)
    if isinstance(value, dict):
        if "contentType" in value and ("data" in value or "url" in value):
            yield value
        for name, each in value.items():
            if name != "contained":
                yield from _found(each)


def _rendered(place: Place, resource: Resource) -> tuple[str, ...]:
    if place.kind.name not in DOCUMENTED or "id" not in resource:
        return ()
    snapshot = place.here.store.snapshot()
    return formats_of(resource, sources_for(snapshot, EVERYTHING, _practice(place)))


def _content(place: Place, resource: Resource, attachment: Resource) -> tuple[str, bytes]:
    """The media type and the bytes of an attachment, wherever they are."""
    url, kind = as_text(attachment.get("url")), media_type(attachment)
    if attachment is resource:
        return _binary(place, as_text(resource.get("id")))
    if "data" in attachment:
        return _known(kind), decoded(attachment)
    literal = own_reference(url)
    if literal and literal.type == "Binary":
        return _binary(place, literal.id)
    if url.startswith(f"{placeholders.DOCUMENTS}/"):
        return _document(place, url.rpartition("/")[2])
    raise ControlError(f"The file is elsewhere, at {shortened(url, 200)}, and is not fetched from there.", status=404)


def _binary(place: Place, id: str) -> tuple[str, bytes]:
    snapshot = place.here.store.snapshot()
    stored = snapshot.read("Binary", id)
    if stored is None or stored.deleted:
        raise ControlError(f"The file is in Binary/{shortened(id, 64)}, which is not there.", status=404)
    resource = as_object(json.loads(with_content(stored.body, snapshot, EVERYTHING, _practice(place))))
    return _known(media_type(resource)), decoded(resource)


def _document(place: Place, name: str) -> tuple[str, bytes]:
    answered = inside.answered(f"{PRODUCTION.documents_path}/{quote(name)}", "", place.environment)
    if answered.status != 200:
        raise ControlError(f"There is no document {shortened(name, 80)!r}.", status=404)
    return answered.headers["Content-Type"].partition(";")[0], answered.body


def _known(kind: str) -> str:
    """A media type of a resource, where it is one that may be said to a browser."""
    return kind if kind in _ENDINGS else "application/octet-stream"


def _practice(place: Place) -> str:
    return f"Practice {place.here.facts.practice}"
