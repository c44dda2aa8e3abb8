"""``meta`` in a stored body, without reading the rest: https://hl7.org/fhir/R4/resource.html#Meta."""

import re

# As the store writes it: what a resource did not bring stands first (store/arrivals.py).
_VERSION = re.compile(rb'"meta":\{"versionId":"[^"]*",?')
_UPDATED = re.compile(rb'"meta":\{"lastUpdated":"[^"]*",?')
_NOTHING = b'"meta":{},'


def unversioned(body: bytes, *, dated: bool) -> bytes:
    """A stored body without the version that the store gave it.

    Args:
        dated: False leaves out when it was last updated too.
    """
    body = _VERSION.sub(b'"meta":{', body, count=1)
    if not dated:
        body = _UPDATED.sub(b'"meta":{', body, count=1)
    return body.replace(_NOTHING, b"", 1)
