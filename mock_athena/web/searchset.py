"""A page of results as a searchset Bundle: https://hl7.org/fhir/R4/search.html#return."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from urllib.parse import quote_plus

from mock_athena.fhir import bundle
from mock_athena.fhir.outcome import issue, operation_outcome
from mock_athena.search import Page, SearchQuery
from mock_athena.search.listing import ListedPage
from mock_athena.web.subsets import Part

# A bar is no character of a URI: https://www.rfc-editor.org/rfc/rfc3986#appendix-A
_SAFE = ":/,$"
_PLAIN = re.compile(r"[\w.~:/,$-]*", re.ASCII)


# (base, (type, id, body) of each, search mode) → entries
Entries = Callable[[str, Iterable[tuple[str, str, bytes]], str], list[bytes]]


class Places(NamedTuple):
    """Where things are.

    Attributes:
        base: the FHIR base URL, below which every resource has its ``fullUrl``.
        search: the URL that was searched, without its parameters.
        entries: how entries are written.
    """

    base: str
    search: str
    entries: Entries = bundle.entries


def searchset(
    query: SearchQuery, page: Page, part: Part, places: Places, timestamp: str, told: Sequence[str] = ()
) -> bytes:
    """The Bundle of one page.

    Args:
        part: what is wanted of each resource. timestamp: a FHIR instant.
        told: names of parameters that were ignored, of which the caller wishes to be told.
    """
    base, type = places.base, query.selection.type
    entries = places.entries(base, ((type, row.id, part.of(row.body)) for row in page.rows), "match")
    entries += places.entries(base, ((found.type, found.id, part.of(found.body)) for found in page.along), "include")
    if told:
        text = f"ignored, since this server does not know them: {', '.join(told)}"
        entries.append(bundle.outcome_entry(operation_outcome(issue("warning", "not-supported", text, told))))
    return bundle.searchset(entries, page_links(places.search, query.used, page.next), page.total, timestamp)


def listing_set(page: ListedPage, used: Sequence[tuple[str, str]], part: Part, places: Places, timestamp: str) -> bytes:
    """The Bundle of one page of what an operation lists."""
    entries = bundle.entries(places.base, ((found.type, found.id, part.of(found.body)) for found in page.found))
    return bundle.searchset(entries, page_links(places.search, used, page.next), page.total, timestamp)


def page_links(url: str, used: Sequence[tuple[str, str]], following: str | None) -> list[tuple[str, str]]:
    """The links of a page: ``self``, and ``next`` where a cursor says that more follows.

    Args:
        url: without parameters. used: those that were understood.
    """
    links = [("self", url_of(url, used))]
    if following:
        links.append(("next", url_of(url, (*used, ("cursor", following)))))
    return links


def url_of(url: str, pairs: Sequence[tuple[str, str]]) -> str:
    """A URL with these parameters."""
    return f"{url}?{'&'.join([f'{_quoted(name)}={_quoted(value)}' for name, value in pairs])}" if pairs else url


def _quoted(text: str) -> str:
    # Nearly everything is its own quotation, which is seen ten times as fast as quoted.
    return text if _PLAIN.fullmatch(text) else quote_plus(text, safe=_SAFE)
