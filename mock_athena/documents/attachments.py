"""Attachments that hold their content themselves: https://hl7.org/fhir/R4/datatypes.html#attachment."""

from base64 import b64decode
from collections.abc import Iterator

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


def inline(resource: Resource, type: str) -> bytes:
    """The content of the first attachment of a media type that holds any; empty where none does."""
    found = (decoded(each) for each in attachments(resource) if media_type(each) == type)
    return next(filter(None, found), b"")
