"""One request, one whole answer: limited in size and time, no redirect followed, whatever breaks named."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from athena_fhir_conformance.clock import stopwatch
from athena_fhir_conformance.problems import Broken, Endless, Unreachable

MEBIBYTE = 1 << 20
IN_PROCESS = "http://127.0.0.1"


@dataclass(frozen=True)
class Bounds:
    """What an answer may cost.

    Attributes:
        body: bytes of a body, after decoding.
        seconds: for connecting, and for an answer in all.
    """

    body: int = 64 * MEBIBYTE
    seconds: float = 30.0


@dataclass(frozen=True)
class Answer:
    """What came back, before it has a number."""

    status: int
    headers: httpx.Headers
    body: bytes
    seconds: float
    sent_headers: Mapping[str, str]
    sent_body: bytes


def http_client(app: Any = None, verify: bool = True) -> httpx.Client:
    """A client that keeps connections, follows nothing and takes nothing from the environment.

    Args:
        app: a WSGI application that answers instead of a socket.
    """
    transport = httpx.WSGITransport(app=app) if app is not None else httpx.HTTPTransport(verify=verify, retries=1)
    return httpx.Client(transport=transport, follow_redirects=False, trust_env=False)


def send(client: httpx.Client, request: httpx.Request, bounds: Bounds) -> Answer:
    """Send and read to the end.

    Raises:
        Unreachable: no connection, or no answer in time.
        Endless: the body is longer or slower than ``bounds``.
        Broken: the connection broke within the answer.
    """
    begun = stopwatch()
    try:
        answer = client.send(request, stream=True)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
        raise Unreachable(f"no connection to {request.url.host}: {error}") from error
    except Exception as error:  # the WSGI application of a target may raise anything at all
        raise Broken(f"{request.method} {request.url.path}: no answer, but {_named(error)}") from error
    try:
        body = _read(answer, bounds, begun, request)
    finally:
        answer.close()
    return Answer(answer.status_code, answer.headers, body, stopwatch() - begun, dict(request.headers), request.content)


def _read(answer: httpx.Response, bounds: Bounds, begun: float, request: httpx.Request) -> bytes:
    parts, size = [], 0
    try:
        for part in answer.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > bounds.body:
                raise Endless(f"{request.method} {request.url.path}: the body is longer than {bounds.body} bytes")
            if stopwatch() - begun > bounds.seconds:
                raise Endless(f"{request.method} {request.url.path}: the body takes longer than {bounds.seconds:g} s")
    except Endless:
        parts.clear()  # or the traceback keeps them, for as long as the verdict is kept
        raise
    except Exception as error:  # as above, in the middle of a body
        parts.clear()
        raise Broken(f"{request.method} {request.url.path}: the body broke off: {_named(error)}") from error
    return b"".join(parts)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
