"""The manifest of a finished export: which files there are, and what they should hold.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---output-manifest. Read strictly where a mistake could lose
data (no ``output``, an item without ``url``), leniently where it cannot: ``error`` is asked for and often missing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from athena_fhir_client.bulk.asked import INSTANT
from athena_fhir_client.bulk.errors import BadManifest

Kind = Literal["output", "deleted", "error"]
KINDS: tuple[Kind, ...] = ("output", "deleted", "error")

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file of a manifest.

    Attributes:
        type: of the resources in it; empty if the files are organised by patient.
        count: lines, if told. size: bytes, if told. sha256: in hex, if told.
    """

    kind: Kind
    type: str
    url: str
    count: int | None = None
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the server says that it exported.

    Attributes:
        transaction_time: the data are as of then, and ``_since`` of the next export.
        next: URL of the next page of the manifest; empty if there is none.
    """

    transaction_time: str
    request: str
    requires_access_token: bool
    files: tuple[ListedFile, ...]
    next: str = ""

    @property
    def urls(self) -> list[str]:
        """Of the resources themselves."""
        return [file.url for file in self.files if file.kind == "output"]


def parse_manifest(body: Any) -> Manifest:
    """The manifest in an answer of status 200.

    Raises:
        BadManifest: what could lose data, and where it is.
    """
    if not isinstance(body, dict) or "output" not in body:
        raise BadManifest(f"the manifest has no 'output'; it begins {str(body)[:200]!r}")
    time = body.get("transactionTime")
    if not isinstance(time, str) or not INSTANT.fullmatch(time):  # the next export begins there, in a folder so named
        raise BadManifest(f"transactionTime is {time!r}; expected an instant")
    requires = body.get("requiresAccessToken", True)
    if not isinstance(requires, bool):
        raise BadManifest(f"requiresAccessToken is {requires!r}; expected true or false")
    return Manifest(time, str(body.get("request", "")), requires, tuple(_files(body)), _next(body))


def _files(body: Mapping[str, Any]) -> Iterator[ListedFile]:
    for kind in KINDS:
        listed = body.get(kind) or []
        if not isinstance(listed, list):
            raise BadManifest(f"{kind} is not a list")
        for place, item in enumerate(listed):
            yield _file(kind, f"{kind}[{place}]", item)


def _file(kind: Kind, place: str, item: Any) -> ListedFile:
    if not isinstance(item, dict) or not isinstance(item.get("url"), str):
        raise BadManifest(f"{place} has no url")
    type = item.get("type", "")
    if not isinstance(type, str) or (type and not _TYPE.fullmatch(type)):
        raise BadManifest(f"{place}.type is {type!r}; expected a resource type")
    extra = _extra(item)
    return ListedFile(kind, type, item["url"], _number(place, item, "count"), _size(extra), _hash(extra))


def _number(place: str, item: Mapping[str, Any], name: str) -> int | None:
    value = item.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadManifest(f"{place}.{name} is {value!r}; expected a whole number")
    return value


def _extra(item: Mapping[str, Any]) -> dict[str, Any]:
    """What is told beyond the standard, in ``extension`` (an object) or beside it."""
    extension = item.get("extension")
    return {**item, **(extension if isinstance(extension, dict) else {})}


def _size(extra: Mapping[str, Any]) -> int | None:
    for name, value in extra.items():
        if name.rpartition("/")[2] in ("size", "fileSize", "bytes", "length") and isinstance(value, int):
            return value
    return None


def _hash(extra: Mapping[str, Any]) -> str:
    for name, value in extra.items():
        if name.rpartition("/")[2].lower() in ("sha256", "sha-256", "hash") and isinstance(value, str):
            text = value.lower().removeprefix("sha256:").removeprefix("sha-256:")
            return text if _SHA256.fullmatch(text) else ""
    return ""


def _next(body: Mapping[str, Any]) -> str:
    for link in body.get("link") or []:
        if isinstance(link, dict) and link.get("relation") == "next":
            return str(link.get("url", ""))
    return ""
