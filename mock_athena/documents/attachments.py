"""Attachments that hold their content themselves: https://hl7.org/fhir/R4/datatypes.html#attachment."""

from base64 import b64decode
from collections.abc import Iterator

from mock_athena.documents.sources import Sources
from mock_athena.fhir.references import own_reference
from mock_athena.fhir.resource import Resource, as_object, as_text, objects


def attachments(resource: Resource) -> Iterator[Resource]:
    """The Attachments of a DocumentReference or a DiagnosticReport."""
    yield from objects(resource.get("presentedForm"))
    for content in objects(resource.get("content")):
        yield as_object(content.get("attachment"))


def media_type(attachment: Resource) -> str:
    """``contentType`` in small letters, without parameters."""
    return as_text(attachment.get("contentType")).partition(";")[0].strip().lower()


def decoded(attachment: Resource) -> bytes:
    """The content of an Attachment or a Binary; empty where there is none, or none that is base64."""
    try:
        return b64decode("".join(as_text(attachment.get("data")).split()), validate=True)
    except ValueError:
        return b""


def held(resource: Resource, type: str, sources: Sources) -> bytes:
    """The file of a media type that is stored: in an attachment, or in the Binary that its URL names; else empty."""
    of_type = (attachment for attachment in attachments(resource) if media_type(attachment) == type)
    found = (decoded(attachment) or decoded(binary_of(attachment, sources)) for attachment in of_type)
    return next(filter(None, found), b"")


def binary_of(attachment: Resource, sources: Sources) -> Resource:
    """The Binary that the URL of an Attachment names; empty where that is not to be had."""
    literal = own_reference(as_text(attachment.get("url")))
    return (literal and literal.type == "Binary" and sources.read("Binary", literal.id)) or {}


def inline(resource: Resource, type: str) -> bytes:
    """The content of the first attachment of a media type that holds any; empty where none does."""
    found = (decoded(each) for each in attachments(resource) if media_type(each) == type)
    return next(filter(None, found), b"")
