"""Which documents a resource has, and each of them as a file.

A file is rendered whenever it is asked for, from the resources as they are then: the same resources are the same bytes.
Where the file is stored, in ``attachment.data`` or in the Binary that ``attachment.url`` names, it is that one.
"""

from collections.abc import Callable
from types import MappingProxyType

from mock_athena.documents.attachments import held
from mock_athena.documents.care_plan import plan_document
from mock_athena.documents.diagnostic_report import report_document
from mock_athena.documents.pages import Document
from mock_athena.documents.pictures import kind_of, picture_of
from mock_athena.documents.sources import Sources, literal_of
from mock_athena.documents.visit_note import note_document
from mock_athena.fhir.resource import Resource, as_object, objects

MEDIA_TYPES = MappingProxyType({"pdf": "application/pdf", "png": "image/png", "html": "text/html"})
"""The formats of documents, as their addresses name them."""

_WRITERS: dict[str, Callable[[Resource, Sources], Document]] = {
    "DiagnosticReport": report_document,
    "DocumentReference": note_document,
    "CarePlan": plan_document,
}


def formats_of(resource: Resource, sources: Sources) -> tuple[str, ...]:
    """The formats, of :data:`MEDIA_TYPES`, in which a resource has a document."""
    shown = _shown(resource, sources)
    pictured = shown.get("resourceType") == "DiagnosticReport" and kind_of(shown)
    return tuple(
        format
        for format, media_type in MEDIA_TYPES.items()
        if format != "png" or pictured or held(resource, media_type, sources)
    )


def rendered(resource: Resource, format: str, sources: Sources) -> bytes | None:
    """A document as a file of a format; None where the resource has none of that format."""
    if found := held(resource, MEDIA_TYPES[format], sources):
        return found
    shown = _shown(resource, sources)
    if format == "png":
        return _image(shown, sources)
    return _WRITTEN[format](_WRITERS[shown["resourceType"]](shown, sources))


def _shown(resource: Resource, sources: Sources) -> Resource:
    """What a document is about: a DocumentReference that is the filed copy of a report or a plan shows that."""
    if resource["resourceType"] != "DocumentReference":
        return resource
    for reference in objects(as_object(resource.get("context")).get("related")):
        literal = literal_of(reference)
        if literal and literal.type in ("DiagnosticReport", "CarePlan") and (found := sources.target(reference)):
            return found
    return resource


def _image(resource: Resource, sources: Sources) -> bytes | None:
    picture = picture_of(resource, sources) if resource["resourceType"] == "DiagnosticReport" else None
    if picture is None:
        return None
    from mock_athena.documents.images import image_of
    from mock_athena.documents.png import png

    return png(image_of(picture))


def _pdf(document: Document) -> bytes:
    from mock_athena.documents.pdf import pdf

    return pdf(document)


def _html(document: Document) -> bytes:
    from mock_athena.documents.html import html

    return html(document)


_WRITTEN: dict[str, Callable[[Document], bytes]] = {"pdf": _pdf, "html": _html}
