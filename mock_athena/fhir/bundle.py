"""Bundles joined from stored bytes: https://hl7.org/fhir/R4/bundle.html. No resource is parsed to be sent."""

import json
from collections.abc import Sequence
from typing import Any


def entry(full_url: str, body: bytes, mode: str = "match") -> bytes:
    """A searchset entry for a resource that was searched for (``match``) or that came along (``include``)."""
    return b'{"fullUrl":%s,"resource":%s,"search":{"mode":"%s"}}' % (
        json.dumps(full_url).encode(),
        body,
        mode.encode(),
    )


def outcome_entry(outcome: dict[str, Any]) -> bytes:
    """A searchset entry that tells about the search itself."""
    return b'{"resource":%s,"search":{"mode":"outcome"}}' % json.dumps(outcome, ensure_ascii=False).encode()


def history_entry(full_url: str, body: bytes | None, told: dict[str, Any]) -> bytes:
    """An entry of a history.

    Args:
        body: the version; None for a deletion. told: ``request`` and ``response``, how the version came about.
    """
    resource = b"" if body is None else b'"resource":%s,' % body
    return b'{"fullUrl":%s,%s%s' % (json.dumps(full_url).encode(), resource, json.dumps(told).encode()[1:])


def searchset(entries: Sequence[bytes], links: Sequence[tuple[str, str]], total: int | None, timestamp: str) -> bytes:
    """A searchset Bundle.

    Args:
        links: (relation, url) pairs.
        total: how many resources match over all pages; left out where None.
        timestamp: a FHIR instant.
    """
    return _bundle("searchset", entries, links, total, timestamp)


def history(entries: Sequence[bytes], links: Sequence[tuple[str, str]], total: int, timestamp: str) -> bytes:
    """A Bundle with versions, the newest first; ``total`` counts them over all pages."""
    return _bundle("history", entries, links, total, timestamp)


def _bundle(
    type: str, entries: Sequence[bytes], links: Sequence[tuple[str, str]], total: int | None, timestamp: str
) -> bytes:
    head: dict[str, Any] = {"resourceType": "Bundle", "type": type, "timestamp": timestamp}
    if total is not None:
        head["total"] = total
    head["link"] = [{"relation": relation, "url": url} for relation, url in links]
    opening = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    # R4 has no empty lists: without entries the element is left out.
    return opening[:-1] + b',"entry":[' + b",".join(entries) + b"]}" if entries else opening
