"""One request and its answer, as checks read it and as reports show it."""

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx

from athena_fhir_conformance import redaction
from athena_fhir_conformance.problems import NotJson

SHOWN = 4000  # characters of a body that a report shows
_LOOKED_AT = 4 * SHOWN  # and in which secrets are looked for before it is cut: what is struck out moves the rest


@dataclass(frozen=True)
class Exchange:
    """A request that was sent and what came back.

    Attributes:
        number: counts from 1 in a run; evidence names it.
        headers: of the answer; names in any case.
        body: of the answer, decoded from its Content-Encoding.
        sent_at, received_at: Unix seconds by the target's clock, as well as it is known.
        seconds: real time from sending to the last byte.
    """

    number: int
    method: str
    url: str
    request_headers: Mapping[str, str] = field(repr=False)
    request_body: bytes = field(repr=False)
    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    sent_at: float = 0.0
    received_at: float = 0.0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether it is a success."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters, in lower case."""
        return str(self.headers.get("Content-Type", "")).partition(";")[0].strip().lower()

    @cached_property
    def json(self) -> Any:
        """The parsed body.

        Raises:
            NotJson: with the beginning of what came instead.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NotJson(f"{self} is not JSON but {self.media_type or 'of no type'}: {self.text[:80]!r}") from error

    @property
    def resource_type(self) -> str:
        """Of a FHIR body; empty if it is none."""
        try:
            body = self.json
        except NotJson:
            return ""
        return str(body.get("resourceType", "")) if isinstance(body, dict) else ""

    def __str__(self) -> str:
        """Short, for messages: ``GET …/Patient/1 → 404``."""
        return f"{self.method} {redaction.url(self.url)} → {self.status}"

    def record(self, secrets: Iterable[str] = ()) -> dict[str, Any]:
        """The exchange without secrets, as the JSON report has it."""
        secrets = tuple(secrets)
        binary = b"\0" in self.body[:1000]
        shown = redaction.text(self.text[:_LOOKED_AT], secrets)[:SHOWN]
        return {
            "number": self.number,
            "request": {
                "method": self.method,
                "url": redaction.url(self.url, secrets),
                "headers": _headers(self.request_headers, secrets),
                "body": redaction.text(self.request_body.decode("utf-8", "replace"), secrets)[:SHOWN],
            },
            "response": {
                "status": self.status,
                "headers": _headers(self.headers, secrets),
                "body": f"({len(self.body)} bytes)" if binary else shown,
                "bytes": len(self.body),
            },
            "instant": round(self.sent_at, 6),
            "milliseconds": round(self.seconds * 1000, 3),
            "curl": self.curl(secrets),
        }

    def curl(self, secrets: Iterable[str] = ()) -> str:
        """A command that sends it again; the token is ``$TOKEN``."""
        parts = ["curl", "-i"] if self.method != "HEAD" else ["curl", "-I"]
        if self.method not in ("GET", "HEAD"):
            parts += ["-X", self.method]
        words = [shlex.quote(each) for each in parts]
        for name, value in _headers(self.request_headers, secrets).items():
            if name.lower() == "authorization":
                words.append('-H "Authorization: Bearer $TOKEN"' if value.startswith("Bearer") else '-u "$ID:$SECRET"')
            elif name.lower() not in _OWN:
                words += ["-H", shlex.quote(f"{name}: {value}")]
        if self.request_body:
            words += ["--data", shlex.quote(redaction.text(self.request_body.decode("utf-8", "replace"), secrets))]
        return " ".join([*words, shlex.quote(redaction.url(self.url, secrets))])


_OWN = {"host", "user-agent", "connection", "content-length", "accept-encoding"}


def _headers(headers: Mapping[str, str], secrets: Iterable[str]) -> dict[str, str]:
    return {name: redaction.header(name, value, secrets) for name, value in headers.items()}
