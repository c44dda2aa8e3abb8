"""The entries of a batch or transaction: https://hl7.org/fhir/R4/http.html#transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mock_athena.errors import BadRequest, ContentTooLarge, shortened
from mock_athena.fhir.instants import http_date, parse
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import Resource, as_object, as_text

MOST_ENTRIES = 500
_METHODS = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")
_UPDATES = 2
_PHASES = {"DELETE": 0, "POST": 1, "PUT": _UPDATES, "PATCH": _UPDATES, "GET": 3, "HEAD": 3}
_NEEDS_RESOURCE = ("POST", "PUT", "PATCH")
# In a Bundle this is an instant, in a request a date of HTTP's.
_SINCE = "If-Modified-Since"
# In a request, by the names that they have in an entry.
_HEADERS = {
    "ifNoneMatch": "If-None-Match",
    "ifModifiedSince": _SINCE,
    "ifMatch": "If-Match",
    "ifNoneExist": "If-None-Exist",
}


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """One entry.

    Attributes:
        index: its place in the Bundle, from 0.
        headers: its conditions, as a request has them. problem: why it cannot be carried out; else empty.
    """

    index: int
    full_url: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    resource: Resource | None
    problem: str = ""

    @property
    def name(self) -> str:
        """For messages: where it stands, and what it asks."""
        return f"Bundle.entry[{self.index}] ({shortened(f'{self.method} {self.url}', 100)})"

    @property
    def order(self) -> tuple[int, int, int]:
        """When a transaction carries it out: deletes, creates, updates, reads.

        What looks at other resources when it is written comes after those: an appointment after its slots, and what is
        in the compartments of its targets after these.
        """
        type = (self.resource or {}).get("resourceType") if self.method in _NEEDS_RESOURCE else None
        kind = RESOURCE_TYPES.get(type) if isinstance(type, str) else None
        looks = 2 if kind and kind.follows_targets else 1 if type == "Appointment" else 0
        phase = _UPDATES if looks else _PHASES[self.method]
        return (phase, looks, self.index)


def kind_of(bundle: Resource) -> str:
    """``batch`` or ``transaction``.

    Raises:
        BadRequest: it is no such Bundle.
    """
    if bundle["resourceType"] != "Bundle" or bundle.get("type") not in ("batch", "transaction"):
        came = f"a {bundle['resourceType']}" + (
            f" of type {bundle.get('type')!r}" if bundle["resourceType"] == "Bundle" else ""
        )
        message = f"the body is {came}; the base URL takes a Bundle of type batch or transaction"
        raise BadRequest(message, expression=["Bundle.type"])
    kind: str = bundle["type"]
    return kind


def entries_of(bundle: Resource) -> list[BundleEntry]:
    """Its entries; one that cannot be understood says why.

    Raises:
        BadRequest: ``entry`` is no list. ContentTooLarge: there are too many.
    """
    entries: Any = bundle.get("entry", [])
    if not isinstance(entries, list):
        message = "Bundle.entry must be a list"
        raise BadRequest(message, expression=["Bundle.entry"])
    if len(entries) > MOST_ENTRIES:
        message = f"the Bundle has {len(entries):,} entries, and {MOST_ENTRIES} are the limit; send several"
        raise ContentTooLarge(message, expression=["Bundle.entry"])
    return [_entry(index, value) for index, value in enumerate(entries)]


def _entry(index: int, value: Any) -> BundleEntry:
    given = as_object(value)
    asked, resource = as_object(given.get("request")), given.get("resource")
    method, url = as_text(asked.get("method")), as_text(asked.get("url"))
    headers = {header: as_text(asked[name]) for name, header in _HEADERS.items() if name in asked}
    problem = _problem(method, url, resource)
    if _SINCE in headers:
        try:
            headers[_SINCE] = http_date(parse(headers[_SINCE]).low)
        except ValueError as error:
            problem = problem or f"request.ifModifiedSince: {error}"
    return BundleEntry(
        index=index,
        full_url=as_text(given.get("fullUrl")),
        method=method,
        url=url,
        headers=tuple(headers.items()),
        resource=resource if isinstance(resource, dict) else None,
        problem=problem,
    )


def _problem(method: str, url: str, resource: Any) -> str:
    if method not in _METHODS:
        return f"request.method {shortened(method, 40)!r}: expected one of {', '.join(_METHODS)}"
    if not url.strip("/ "):
        return "request.url is missing; a Bundle within a Bundle is not carried out"
    if method in _NEEDS_RESOURCE and not _is_resource(resource) and not _is_search(method, url):
        return f"{method} needs a resource in the entry"
    if method == "PATCH":
        return "PATCH is carried out as a request of its own only"
    return ""


def _is_resource(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("resourceType"), str)


def _is_search(method: str, url: str) -> bool:
    """A search by POST has its parameters in the URL here."""
    return method == "POST" and url.partition("?")[0].endswith("/_search")


def require_distinct(entries: Sequence[BundleEntry]) -> None:
    """Refuse a transaction that uses one ``fullUrl`` for two resources.

    Raises:
        BadRequest: names the second.
    """
    require_once((entry, entry.full_url if entry.method in _NEEDS_RESOURCE else "") for entry in entries)


def require_once(named: Iterable[tuple[BundleEntry, str]]) -> None:
    """Refuse entries of which two have one name; an empty one is none.

    Raises:
        BadRequest: names the second.
    """
    seen: set[str] = set()
    for entry, name in named:
        if name and name in seen:
            message = f"{entry.name}: {shortened(name, 100)} comes twice in this transaction"
            raise BadRequest(message, expression=[f"Bundle.entry[{entry.index}]"])
        seen.add(name)
