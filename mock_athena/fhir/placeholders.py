"""The absolute URLs inside stored resources, until it is known under which name we were reached.

A body is stored once and served under any host name, so it holds one fixed placeholder for each base, replaced
in its bytes when it is sent.
"""

FHIR_BASE = "http://fhir.mock-athena.invalid"
DOCUMENTS = "http://documents.mock-athena.invalid"

_FHIR_BASE = FHIR_BASE.encode()
_DOCUMENTS = DOCUMENTS.encode()
_ANY = b".mock-athena.invalid"


def filled(body: bytes, fhir_base: str, documents: str) -> bytes:
    """``body`` with the FHIR base URL and the URL under which documents are served in it."""
    if _ANY not in body:
        return body
    return body.replace(_FHIR_BASE, fhir_base.encode()).replace(_DOCUMENTS, documents.encode())


def count(body: bytes) -> tuple[int, int]:
    """How many placeholders of the FHIR base and of the documents' base are in ``body``."""
    if _ANY not in body:
        return 0, 0
    return body.count(_FHIR_BASE), body.count(_DOCUMENTS)


def growth(fhir_urls: int, document_urls: int, fhir_base: str, documents: str) -> int:
    """By how many bytes a body with so many placeholders grows when it is :func:`filled`; shrinks, if negative."""
    return fhir_urls * (len(fhir_base.encode()) - len(_FHIR_BASE)) + document_urls * (
        len(documents.encode()) - len(_DOCUMENTS)
    )
