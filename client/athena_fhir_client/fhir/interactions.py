"""Read, create, update, patch, delete, batch (https://hl7.org/fhir/R4/http.html), as part of the client."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote, urlencode

from athena_fhir_client.connection import Connection, json_of
from athena_fhir_client.errors import ConfigurationError, JsonObject, NotFound, ProtocolError
from athena_fhir_client.fhir.bundles import Answer, Entry, answers, bundle_of
from athena_fhir_client.fhir.search import Pages, parameters_of, resources
from athena_fhir_client.sending import SUCCESS

JSON_PATCH = "application/json-patch+json"
_TYPE = re.compile(r"[A-Za-z]{1,64}")
_PRACTICE = "ah-practice"


class Interactions(Connection):
    """What FHIR offers, on top of :meth:`.Connection.request`."""

    def read(self, type: str, id: str, version: str = "", **params: Any) -> JsonObject:
        """One resource; of a ``version``, if one is named.

        Raises:
            NotFound: it is not there, or not for this caller; :class:`.Gone` if it was deleted.
        """
        history = f"/_history/{quote(version, safe='')}" if version else ""
        asked = self._with_practice(parameters_of(params))
        found = self.json("GET", f"{_path(type, id)}{history}", params=asked)
        if found.get("resourceType") != type:
            raise ProtocolError(f"a read of {type} was answered with a {found.get('resourceType')}")
        return found

    def vread(self, type: str, id: str, version: str) -> JsonObject:
        """One version of a resource."""
        return self.read(type, id, version)

    def exists(self, type: str, id: str) -> bool:
        """Whether a resource is there for this caller."""
        try:
            self.read(type, id)
        except NotFound:
            return False
        return True

    def pages(
        self, type: str, params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None, *, prefetch: bool = True
    ) -> Pages:
        """The pages of a search, one Bundle after the other."""
        # Whoever takes turns on an emulator's clock has nobody work for it meanwhile: time would wait for both.
        if not _TYPE.fullmatch(type):
            raise ConfigurationError(f"{type!r}: expected a resource type, such as Observation")
        ahead = prefetch and not self.clock.headers()
        return Pages(self.json, f"{self.base_url}/{type}", self._with_practice(parameters_of(params)), ahead)

    def search(
        self,
        type: str,
        params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        *,
        with_includes: bool = False,
        prefetch: bool = True,
        **more: Any,
    ) -> Iterator[JsonObject]:
        """The resources that match, over all pages::

            client.search("DiagnosticReport", {"patient": id, "category": "LAB", "date": "ge2024-01-01"})

        Args:
            params: of the search; a list of values is *or*, a list of pairs may repeat a name, which is *and*.
            with_includes: also what ``_include`` and ``_revinclude`` brought.
            prefetch: fetch the next page while this one is worked on.
            more: parameters, as keywords.

        Raises:
            SearchRefused: the server answered 200 and said that it failed.
            ForeignHost: the next page would be at another host.
        """
        asked = parameters_of(params, **more)
        return resources(self.pages(type, asked, prefetch=prefetch), with_includes)

    def create(self, resource: JsonObject, if_none_exist: str | Mapping[str, Any] = "") -> JsonObject:
        """A new resource, as the server keeps it; ``if_none_exist``: unless one that matches this search is there."""
        condition = if_none_exist if isinstance(if_none_exist, str) else urlencode(parameters_of(if_none_exist))
        headers = {"If-None-Exist": condition} if condition else {}
        return self._written("POST", str(resource["resourceType"]), resource, headers)

    def update(self, resource: JsonObject, version: str = "", where: Mapping[str, Any] | None = None) -> JsonObject:
        """A resource in place of the one of its id, or of the one that a search finds (``where``).

        Args:
            version: only if it still is this one.

        Raises:
            Conflict: it is another, or the search finds several.
        """
        type, id = str(resource["resourceType"]), str(resource.get("id", ""))
        path = type if where is not None else _path(type, id)
        headers = {"If-Match": f'W/"{version}"'} if version else {}
        return self._written("PUT", path, resource, headers, parameters_of(where))

    def patch(self, type: str, id: str, operations: Sequence[JsonObject], version: str = "") -> JsonObject:
        """A resource changed by a JSON Patch (RFC 6902)."""
        headers = {"Content-Type": JSON_PATCH} | ({"If-Match": f'W/"{version}"'} if version else {})
        return self._written("PATCH", _path(type, id), list(operations), headers)

    def delete(self, type: str, id: str = "", where: Mapping[str, Any] | None = None) -> None:
        """Delete a resource, or the one that a search finds. What is not there any more is no error."""
        if not id and not where:
            raise ConfigurationError(f"delete {type}: expected an id, or a search that finds one")
        path = _path(type, id) if id else type
        self.request("DELETE", path, params=self._with_practice(parameters_of(where)), expected=(*SUCCESS, 410))

    def batch(self, requests: Sequence[Entry]) -> list[Answer]:
        """Several requests at once, each for itself; answers in their order. Costs one request of the quota."""
        return self._bundle(requests, "batch")

    def transaction(self, requests: Sequence[Entry]) -> list[Answer]:
        """Several requests at once, all or none."""
        return self._bundle(requests, "transaction")

    def capabilities(self) -> JsonObject:
        """The server's CapabilityStatement. Costs nothing of the quota."""
        return self.json("GET", "metadata", auth=False)

    def _bundle(self, requests: Sequence[Entry], kind: Literal["batch", "transaction"]) -> list[Answer]:
        # Where nothing is written it does no harm if it is done twice.
        harmless = all(each.method == "GET" for each in requests)
        told = self.json("POST", "", json=bundle_of(requests, kind), repeatable=harmless)
        return answers(told, kind, len(requests))

    def _written(
        self,
        method: str,
        path: str,
        body: Any,
        headers: Mapping[str, str],
        params: list[tuple[str, str]] | None = None,
    ) -> JsonObject:
        wanted = {"Prefer": "return=representation", **headers}
        answer = self.request(method, path, json=body, headers=wanted, params=self._with_practice(params or []))
        if answer.content:
            return json_of(answer)
        return dict(body, id=_id_of(answer.headers.get("Location", ""))) if isinstance(body, dict) else {}

    def _with_practice(self, params: list[tuple[str, str]]) -> list[tuple[str, str]]:
        if not self.practice or any(name.partition(":")[0] == _PRACTICE for name, _ in params):
            return params
        return [*params, (_PRACTICE, practice_reference(self.practice))]


def practice_reference(practice: str) -> str:
    """The value of ``ah-practice``: a number becomes ``Organization/a-1.Practice-<number>``."""
    id = f"a-1.Practice-{practice}" if practice.isdigit() else practice.removeprefix("Organization/")
    return f"Organization/{id}"


def _path(type: str, id: str) -> str:
    if not type or not id or {type, id} & {".", ".."}:
        raise ConfigurationError(f"{type or 'a resource'}: expected a type and an id")
    return f"{quote(type, safe='$')}/{quote(id, safe='')}"


def _id_of(location: str) -> str:
    before = location.partition("/_history")[0]
    return before.rpartition("/")[2]
