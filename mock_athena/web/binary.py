"""A Binary as what it contains: https://hl7.org/fhir/R4/binary.html#rest."""

import json
import re
from base64 import b64decode
from typing import Any

from flask import Response

from mock_athena.fhir.resource import as_text

# https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1: whatever else a resource says never becomes a header.
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER = rf'[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|"[ !#-\[\]-~]*")'
_MEDIA_TYPE = re.compile(rf"{_WORD}/{_WORD}(?:{_PARAMETER})*")
_UNKNOWN = "application/octet-stream"


def raw_binary(body: bytes, headers: dict[str, str]) -> Response:
    """The decoded content of a Binary resource, under its own media type.

    Content that is not base64 is empty, and what is no media type ``application/octet-stream``.
    """
    resource = json.loads(body)
    answer = Response(_content(resource.get("data")), 200, content_type=_media_type(resource.get("contentType")))
    # Somebody's note, shown by a browser that opened it here, must not act in our name.
    answer.headers.update({**headers, "Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"})
    return answer


def _content(data: Any) -> bytes:
    try:
        return b64decode("".join(as_text(data).split()), validate=True)
    except ValueError:
        return b""


def _media_type(value: Any) -> str:
    text = as_text(value)
    return text if _MEDIA_TYPE.fullmatch(text) else _UNKNOWN
