"""A Binary as a resource, or as what it contains: https://hl7.org/fhir/R4/binary.html#rest.

A Binary without data whose ``meta.source`` is ``urn:mock-athena:rendered:{type}/{id}`` is the document of that
resource, in the format of its ``contentType``: it is stored without content, and rendered when it is read.
"""

import json
import re
from base64 import b64encode

from flask import Response

from mock_athena.fhir.references import parse_reference
from mock_athena.fhir.resource import Resource, as_object, as_text
from mock_athena.store import Snapshot
from mock_athena.store.confinement import Reach
from mock_athena.web.sources import DOCUMENTED, sources_for

RENDERED = "urn:mock-athena:rendered:"
"""What ``meta.source`` begins with where the content is rendered; ``DocumentReference/{id}`` and its like follow."""

# https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1: whatever else a resource says never becomes a header.
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER = rf'[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|"[ !#-\[\]-~]*")'
_MEDIA_TYPE = re.compile(rf"{_WORD}/{_WORD}(?:{_PARAMETER})*")
_UNKNOWN = "application/octet-stream"


def with_content(body: bytes, snapshot: Snapshot, reach: Reach, practice: str) -> bytes:
    """The Binary with its ``data``, where these are to be rendered; else as it is.

    Args:
        reach: whose records the content may be made of.
        practice: name of who sends documents in which no organization is named.
    """
    if RENDERED.encode() not in body:
        return body
    resource: Resource = json.loads(body)
    content = None if "data" in resource else _rendered(resource, snapshot, reach, practice)
    if content is None:
        return body
    return json.dumps({**resource, "data": b64encode(content).decode()}, ensure_ascii=False).encode(errors="replace")


def _rendered(binary: Resource, snapshot: Snapshot, reach: Reach, practice: str) -> bytes | None:
    """The content; None where there is nothing that it could be rendered from."""
    source = as_text(as_object(binary.get("meta")).get("source"))
    literal = parse_reference(source.removeprefix(RENDERED)) if source.startswith(RENDERED) else None
    if literal is None or literal.base or literal.type not in DOCUMENTED:
        return None
    # Imported here: the renderer takes longer to load than all of the rest, and most runs never need it.
    from mock_athena.documents.attachments import media_type
    from mock_athena.documents.rendering import MEDIA_TYPES, rendered

    sources = sources_for(snapshot, reach, practice)
    resource = sources.read(literal.type, literal.id)
    format = next((name for name, type in MEDIA_TYPES.items() if type == media_type(binary)), None)
    return rendered(resource, format, sources) if resource and format else None


def raw_binary(body: bytes, headers: dict[str, str]) -> Response:
    """The decoded content of a Binary resource, under its own media type.

    Content that is not base64 is empty, and what is no media type ``application/octet-stream``.
    """
    from mock_athena.documents.attachments import decoded

    resource = json.loads(body)
    answer = Response(decoded(resource), 200, content_type=_media_type(resource.get("contentType")))
    # Somebody's note, shown by a browser that opened it here, must not act in our name.
    answer.headers.update({**headers, "Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"})
    return answer


def _media_type(value: object) -> str:
    text = as_text(value)
    return text if _MEDIA_TYPE.fullmatch(text) else _UNKNOWN
