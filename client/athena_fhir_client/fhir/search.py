"""All pages of a search, as an iterator of resources.

The next page is asked for while the present one is worked on, within the pace. Links are followed as they are, on the
same server only; one that was there before, or a page that is the same as one before, ends the search with an error
instead of never. A query that is too long for a URL is posted (https://hl7.org/fhir/R4/search.html).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, cast
from urllib.parse import urlencode

from athena_fhir_client.errors import ForeignHost, JsonObject, ProtocolError
from athena_fhir_client.fhir.bundles import hits, next_link
from athena_fhir_client.redaction import safe_url
from athena_fhir_client.transport import origin_of

LONGEST_URL = 2000  # characters of a query; what every server and proxy takes
MOST_EMPTY = 100  # pages in a row; a server that filters after paging may have some
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Fetch = Callable[..., JsonObject]
"""``fetch(method, url, params=…, data=…, headers=…)`` → the JSON of an answer."""


@dataclass
class Pages:
    """The pages of one search.

    Attributes:
        fetch: asks in its turn, and answers JSON.
        url: of the type, such as ``https://…/fhir/r4/Observation``.
        parameters: name and value, in their order.
        prefetch: whether the next page is fetched while this one is worked on.
        fetched: how many pages came.
        total: how many resources match, as the server says; None if it does not.
    """

    fetch: Fetch
    url: str
    parameters: list[tuple[str, str]]
    prefetch: bool = True
    fetched: int = 0
    total: int | None = None
    _links: set[str] = field(default_factory=set)
    _seen: set[bytes] = field(default_factory=set)
    _empty: int = 0

    def __iter__(self) -> Iterator[JsonObject]:
        """One Bundle after the other."""
        coming: Callable[[], JsonObject] | None = self._first
        while coming:
            bundle = self._noted(coming())
            link = self._checked(next_link(bundle))
            coming = self._later(link) if link else None
            yield bundle

    def _first(self) -> JsonObject:
        query = urlencode(self.parameters)
        if len(query) <= LONGEST_URL:
            return self.fetch("GET", self.url, params=self.parameters)
        # A search changes nothing: it may be repeated, though it is posted.
        return self.fetch("POST", f"{self.url}/_search", data=query.encode(), headers=FORM, repeatable=True)

    def _later(self, link: str) -> Callable[[], JsonObject]:
        if not self.prefetch:
            return lambda: self.fetch("GET", link)
        future: Future[JsonObject] = Future()
        Thread(target=_fulfil, args=(future, self.fetch, link), daemon=True, name="athena-next-page").start()
        return future.result

    def _noted(self, bundle: JsonObject) -> JsonObject:
        self.fetched += 1
        total = bundle.get("total")
        self.total = total if isinstance(total, int) else self.total
        entries = bundle.get("entry")
        self._empty = 0 if entries else self._empty + 1
        if self._empty > MOST_EMPTY:
            raise ProtocolError(f"{safe_url(self.url)}: {self._empty} pages in a row are empty: it seems never to end")
        if entries:
            page = hashlib.blake2b(json.dumps(entries).encode(), digest_size=16).digest()
            if page in self._seen:
                raise ProtocolError(
                    f"{safe_url(self.url)}: page {self.fetched} is the same as one before: it never ends"
                )
            self._seen.add(page)
        return bundle

    def _checked(self, link: str | None) -> str | None:
        if link is None:
            return None
        if origin_of(link) != origin_of(self.url):
            message = (
                f"{safe_url(self.url)}: the next page would be at {safe_url(link)}, another host, and is not fetched"
            )
            raise ForeignHost(message, link)
        if link in self._links:
            raise ProtocolError(f"{safe_url(self.url)}: the link to the next page leads back to a page before")
        self._links.add(link)
        return link


def _fulfil(future: "Future[JsonObject]", fetch: Fetch, link: str) -> None:
    try:
        future.set_result(fetch("GET", link))
    except BaseException as error:
        future.set_exception(error)


def resources(pages: Pages, with_includes: bool = False) -> Iterator[JsonObject]:
    """The matches of all pages, each once; ``with_includes`` what came along with them too.

    Raises:
        SearchRefused: the search failed, though the status was 200.
    """
    asked, known = safe_url(pages.url), set[tuple[str, str]]()
    for bundle in pages:
        for resource in hits(bundle, asked, with_includes):
            key = (str(resource.get("resourceType")), str(resource.get("id")))
            if key not in known:
                known.add(key)
                yield resource


def parameters_of(asked: Mapping[str, Any] | Iterable[tuple[str, Any]] | None, **more: Any) -> list[tuple[str, str]]:
    """Name and value of search parameters.

    A list is *or* (``status=final,amended``), a parameter that is to hold twice (*and*) is given as two pairs, None
    is left out. Of keywords, ``_`` within a name is ``-``, and ``__`` is ``:``: ``birth_date``, ``code__not``.
    """
    given = cast("Iterable[tuple[str, Any]]", asked.items() if isinstance(asked, Mapping) else asked or ())
    keywords = [(_name(name), value) for name, value in more.items()]
    return [(name, _text(value)) for name, value in [*given, *keywords] if value is not None]


def _name(keyword: str) -> str:
    first, rest = keyword[:1], keyword[1:]
    return first + rest.replace("__", ":").replace("_", "-")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(map(_text, value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
