"""What the entries of a transaction are to each other: ids before anything is written, and references by them.

Entries point to each other by ``fullUrl``; that becomes ``Type/id``. So does a condition (``Patient?identifier=…``)
that exactly one resource meets. https://hl7.org/fhir/R4/http.html#trules
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from mock_athena.errors import BadRequest, Issue, PreconditionFailed, shortened
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.commits import Commit
from mock_athena.writes.bundles import BundleEntry, require_once
from mock_athena.writes.matching import the_match
from mock_athena.writes.writing import Writing

_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(.+)", re.DOTALL)
# Elements in which a URL may name another entry.
_POINTING = ("reference", "url", "valueUri", "valueUrl")


class Planned(NamedTuple):
    """An entry whose references are resolved.

    Attributes:
        assigned_id: under which it is created if it is; empty where the client says so, or nothing is created.
        name: ``Type/id`` that others know it by; empty where nobody can.
    """

    entry: BundleEntry
    assigned_id: str = ""
    name: str = ""


def planned(entries: Sequence[BundleEntry], commit: Commit, writing: Writing) -> list[Planned]:
    """The entries, each with its id and with references that can be stored.

    Args:
        entries: their URLs are relative to our base.

    Raises:
        BadRequest: a reference names an entry that is not there, or a resource is written twice.
        PreconditionFailed: a condition does not match one.
        Forbidden: a condition is on a type that the caller may not search.
    """
    named = [_named(entry, commit, writing) for entry in entries]
    require_once((each.entry, _written(each)) for each in named)
    names = {each.entry.full_url: each.name for each in named if each.entry.full_url and each.name}
    return [
        each._replace(
            entry=replace(each.entry, resource=_Resolver(each.entry, names, commit, writing).value(each.entry.resource))
        )
        for each in named
    ]


def _named(entry: BundleEntry, commit: Commit, writing: Writing) -> Planned:
    path, _, query = entry.url.strip("/").partition("?")
    kind = RESOURCE_TYPES.get(path)
    if entry.method == "PUT" and kind is None:
        return Planned(entry, name=path)
    if entry.method not in ("POST", "PUT") or kind is None:
        return Planned(entry)
    condition = query if entry.method == "PUT" else dict(entry.headers).get("If-None-Exist", "")
    pairs = parse_qsl(condition.removeprefix(f"{path}?"), keep_blank_values=True)
    found = the_match(writing, commit.snapshot, kind, pairs) if pairs else None
    own = (entry.resource or {}).get("id") if entry.method == "PUT" else None
    id = found or (own if isinstance(own, str) else commit.new_id(kind.name, f"a-{writing.practice}.new-"))
    return Planned(entry, assigned_id=id, name=f"{kind.name}/{id}")


def _written(each: Planned) -> str:
    """What an entry updates or deletes: ``Type/id``, or the condition of a delete; empty where it creates or reads."""
    if each.entry.method == "DELETE":
        path = each.entry.url.strip("/").partition("?")[0]
        return path if "/" in path else each.entry.url
    return each.name if each.entry.method == "PUT" else ""


@dataclass(frozen=True, slots=True)
class _Resolver:
    """Replaces the names of entries, and conditions, in one entry's resource."""

    entry: BundleEntry
    names: Mapping[str, str]
    commit: Commit
    writing: Writing

    def value(self, value: Any) -> Any:
        """A JSON value with its references resolved."""
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            name: self._text(name, part) if name in _POINTING and isinstance(part, str) else self.value(part)
            for name, part in value.items()
        }

    def _text(self, element: str, text: str) -> str:
        if text in self.names:
            return self.names[text]
        if element != "reference":
            return text
        if text.startswith(("urn:uuid:", "urn:oid:")):
            message = f"{self.entry.name}: {shortened(text, 100)} is the fullUrl of no entry of this transaction"
            raise BadRequest(message, expression=[f"Bundle.entry[{self.entry.index}]"])
        conditional = _CONDITIONAL.fullmatch(text)
        return self._match(text, *conditional.groups()) if conditional else text

    def _match(self, text: str, type: str, query: str) -> str:
        kind = RESOURCE_TYPES.get(type)
        pairs = parse_qsl(query, keep_blank_values=True)
        found = the_match(self.writing, self.commit.snapshot, kind, pairs) if kind else None
        if found is None:
            message = (
                f"{self.entry.name}: the reference {shortened(text, 100)} matches nothing; it must match one resource"
            )
            place = (f"Bundle.entry[{self.entry.index}]",)
            raise PreconditionFailed(message, issues=[Issue("error", "not-found", message, place)])
        return f"{type}/{found}"
