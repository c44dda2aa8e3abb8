"""Bundles joined from stored bytes: https://hl7.org/fhir/R4/bundle.html. No resource is parsed to be sent."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

_OPENING = b'{"resourceType":"Bundle","type":"searchset","timestamp":"'


def entries(base: str, found: Iterable[tuple[str, str, bytes]], mode: str = "match") -> list[bytes]:
    """Searchset entries for resources that were searched for (``match``) or that came along (``include``).

    Args:
        base: the FHIR base URL. found: (type, id, body); types and ids have no character that JSON would escape.
    """
    opening = f'{{"fullUrl":{json.dumps(base)[:-1]}/'
    closing = f',"search":{{"mode":"{mode}"}}}}'.encode()
    return [b"%b%b%b" % (f'{opening}{type}/{id}","resource":'.encode(), body, closing) for type, id, body in found]


def linked_entry(full_url: str, body: bytes, mode: str = "match") -> bytes:
    """One entry with a link to itself."""
    url = json.dumps(full_url).encode()
    return b'{"fullUrl":%s,"link":[{"relation":"self","url":%s}],"search":{"mode":"%s"},"resource":%s}' % (
        url,
        url,
        mode.encode(),
        body,
    )


def outcome_entry(outcome: dict[str, Any], full_url: str = "") -> bytes:
    """A searchset entry that tells about the search itself; ``full_url`` is left out where it is empty."""
    named = b'"fullUrl":%s,' % json.dumps(full_url).encode() if full_url else b""
    return b'{%s"resource":%s,"search":{"mode":"outcome"}}' % (
        named,
        json.dumps(outcome, ensure_ascii=False).encode(),
    )


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


def dated(searchset: bytes, timestamp: str) -> bytes:
    """The same searchset at another time; instants are as long as each other."""
    return b"%b%b%b" % (_OPENING, timestamp.encode(), searchset[len(_OPENING) + len(timestamp) :])


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
