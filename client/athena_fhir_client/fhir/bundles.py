"""What a Bundle holds (https://hl7.org/fhir/R4/bundle.html), and batches of our own."""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from athena_fhir_client.errors import JsonObject, ProtocolError, SearchRefused
from athena_fhir_client.outcomes import failed, objects_in, outcome_words

_STATUS = re.compile(r"[1-5][0-9]{2}(?![0-9])")


class SearchWarning(UserWarning):
    """A search was answered, and an OperationOutcome within says what to think of it."""


def entries(bundle: JsonObject, kind: str = "searchset") -> list[JsonObject]:
    """The entries of a Bundle.

    Raises:
        ProtocolError: it is no Bundle, or of another type.
    """
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") != kind:
        came = f"{bundle.get('resourceType')} of type {bundle.get('type')!r}"
        raise ProtocolError(f"expected a Bundle of type {kind!r}, and there came a {came}")
    return objects_in(bundle.get("entry"))


def next_link(bundle: JsonObject) -> str | None:
    """Where the next page is; None if this is the last."""
    links = objects_in(bundle.get("link"))
    return next((str(link["url"]) for link in links if link.get("relation") == "next" and link.get("url")), None)


def hits(bundle: JsonObject, asked: str, with_includes: bool = False) -> Iterator[JsonObject]:
    """The resources of a page of a search: matches, and on wish what was included.

    What the server has to say about the search (``search.mode`` is ``outcome``) is never mixed with them: an error is
    raised, anything less is a warning.

    Raises:
        SearchRefused: the search failed, though the status was 200.
    """
    for entry in entries(bundle):
        resource, search = entry.get("resource"), entry.get("search")
        mode = search.get("mode", "match") if isinstance(search, dict) else "match"
        if not isinstance(resource, dict):
            continue
        if mode == "outcome" or resource.get("resourceType") == "OperationOutcome":
            _heed(resource, asked)
        elif mode == "match" or with_includes:
            yield resource


def _heed(outcome: JsonObject, asked: str) -> None:
    message = f"{asked}: {outcome_words(outcome)}"
    if failed(outcome):
        raise SearchRefused(message, outcome)
    warnings.warn(message, SearchWarning, stacklevel=4)


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of a batch or transaction.

    Attributes:
        url: relative to the base URL, such as ``Patient/a-500001.E-1`` or ``Observation?patient=…``.
        conditions: ``ifMatch``, ``ifNoneMatch``, ``ifNoneExist``, ``ifModifiedSince``.
        full_url: by which other entries refer to it, such as ``urn:uuid:…``.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    url: str
    resource: JsonObject | None = None
    conditions: Mapping[str, str] = field(default_factory=dict)
    full_url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request of a batch.

    Attributes:
        status: such as 200. resource: what it brought; None if nothing. location, etag: as told; else empty.
        outcome: of an error, in words; else empty.
    """

    status: int
    resource: JsonObject | None = None
    location: str = ""
    etag: str = ""
    outcome: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300


def bundle_of(requests: Iterable[Entry], kind: Literal["batch", "transaction"]) -> JsonObject:
    """The Bundle that asks for these."""
    return {"resourceType": "Bundle", "type": kind, "entry": [_entry(each) for each in requests]}


def _entry(asked: Entry) -> JsonObject:
    made: dict[str, Any] = {"request": {"method": asked.method, "url": asked.url, **asked.conditions}}
    if asked.resource is not None:
        made["resource"] = asked.resource
    if asked.full_url:
        made["fullUrl"] = asked.full_url
    return made


def answers(bundle: JsonObject, kind: Literal["batch", "transaction"], expected: int) -> list[Answer]:
    """What became of each, in the order of the requests.

    Raises:
        ProtocolError: there are more or fewer than were asked for.
    """
    found = [_answer(entry) for entry in entries(bundle, f"{kind}-response")]
    if len(found) != expected:
        raise ProtocolError(f"a {kind} of {expected} entries was answered with {len(found)}")
    return found


def _answer(entry: JsonObject) -> Answer:
    told = entry.get("response")
    if not isinstance(told, dict) or not (status := _STATUS.match(str(told.get("status")))):
        raise ProtocolError("an entry of a batch was answered without the status of its response")
    outcome = told.get("outcome")
    return Answer(
        status=int(status[0]),
        resource=entry.get("resource"),
        location=str(told.get("location", "")),
        etag=str(told.get("etag", "")),
        outcome=outcome_words(outcome) if isinstance(outcome, dict) else "",
    )
