"""The absolute URLs inside stored resources, until it is known under which name we were reached.

A body is stored once and served under any host name, so it holds one fixed placeholder for each base, replaced
in its bytes when it is sent.
"""

FHIR_BASE = "http://fhir.mock-athena.invalid"
DOCUMENTS = "http://documents.mock-athena.invalid"

_FHIR_BASE = FHIR_BASE.encode()
_DOCUMENTS = DOCUMENTS.encode()


def filled(body: bytes, fhir_base: str, documents: str) -> bytes:
    """``body`` with the FHIR base URL and the URL under which documents are served in it."""
    if b".mock-athena.invalid" not in body:
        return body
    return body.replace(_FHIR_BASE, fhir_base.encode()).replace(_DOCUMENTS, documents.encode())
