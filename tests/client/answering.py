"""A server in this process that answers what a test says, and a clock that moves as it is waited for."""

import io
import threading
from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from athena_fhir_client import AthenaClient
from athena_fhir_client.pace.pacer import Pacer
from athena_fhir_client.transport import Transport

BASE = "http://127.0.0.1:9/fhir/r4"
Answer = tuple[int, Mapping[str, str], bytes]


class Standing:
    """A clock that moves as it is waited for."""

    def __init__(self) -> None:
        self.at = 1_700_000_000.0

    def now(self) -> float:
        return self.at

    monotonic = now

    def sleep(self, seconds: float) -> None:
        self.at += max(seconds, 0.0)

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:  # noqa: ARG002
        assert seconds is not None, "it waits for an answer that will not come"
        self.sleep(seconds + 1e-6)

    def headers(self) -> dict[str, str]:
        return {}


class Answers(HTTPAdapter):
    """Answers with what a function says: status, header fields, body."""

    def __init__(self, answer: Callable[[requests.PreparedRequest], Answer]) -> None:
        super().__init__()
        self._answer, self.sent = answer, list[requests.PreparedRequest]()

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.sent.append(request)
        assert len(self.sent) < 2000, "it never ends"
        status, headers, body = self._answer(request)
        raw = HTTPResponse(io.BytesIO(body), HTTPHeaderDict(headers), status, preload_content=False)
        return self.build_response(request, raw)


def client_of(status: int = 200, headers: Mapping[str, str] | None = None, body: bytes | str = b"{}") -> AthenaClient:
    sent = body.encode() if isinstance(body, str) else body
    return client_for(lambda _: (status, headers or {}, sent))


def client_for(answer: Callable[[requests.PreparedRequest], Answer]) -> AthenaClient:
    clock = Standing()
    return AthenaClient(BASE, clock=clock, pacer=Pacer(clock), transport=Transport(adapter=Answers(answer)))
