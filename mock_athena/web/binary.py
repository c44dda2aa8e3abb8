"""A Binary as what it contains: https://hl7.org/fhir/R4/binary.html#rest."""

import json
from base64 import b64decode

from mock_athena.web.answers import Answer


def raw_binary(body: bytes, headers: dict[str, str]) -> Answer:
    """The decoded content of a Binary resource, under its own media type."""
    resource = json.loads(body)
    answer = Answer(b64decode(resource.get("data", "")), 200, content_type=resource["contentType"])
    # Somebody's note, shown by a browser that opened it here, must not act in our name.
    answer.headers.update({**headers, "Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"})
    return answer
