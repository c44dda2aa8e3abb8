"""One request by each HTTP library, as whoever uses the library would write it."""

import asyncio
import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
import httpx
import requests
import urllib3


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@cache
def _context() -> ssl.SSLContext:
    """Made once: to read the machine's certificates takes longer than all the rest of a request."""
    return ssl.create_default_context()


def _headers(found: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in found}


def by_requests(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Reply:
    answer = requests.request(method, url, headers=headers, data=body, timeout=timeout)
    return Reply(answer.status_code, _headers(answer.headers.items()), answer.content)


def by_urllib3(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Reply:
    with urllib3.PoolManager() as pool:
        answer = pool.request(method, url, headers=headers, body=body, timeout=timeout, retries=False)
        return Reply(answer.status, _headers(answer.headers.items()), answer.data)


def by_urllib(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Reply:
    asked = urllib.request.Request(url, data=body, headers=headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=timeout, context=_context()) as answer:  # noqa: S310
            return Reply(answer.status, _headers(answer.headers.items()), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, _headers(error.headers.items()), error.read())


def by_httpx(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Reply:
    with httpx.Client(timeout=timeout, verify=_context()) as client:
        answer = client.request(method, url, headers=headers, content=body)
        return Reply(answer.status_code, _headers(answer.headers.items()), answer.content)


def by_httpx_async(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Reply:
    async def ask() -> Reply:
        async with httpx.AsyncClient(timeout=timeout, verify=_context()) as client:
            answer = await client.request(method, url, headers=headers, content=body)
            return Reply(answer.status_code, _headers(answer.headers.items()), answer.content)

    return asyncio.run(ask())


def by_aiohttp(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Reply:
    async def ask() -> Reply:
        within = aiohttp.ClientTimeout(total=timeout)
        async with (
            aiohttp.ClientSession(timeout=within) as client,
            client.request(method, url, headers=headers, data=body) as answer,
        ):
            return Reply(answer.status, _headers(answer.headers.items()), await answer.read())

    return asyncio.run(ask())


Ask = Callable[[str, str, dict[str, str], bytes | None, float], Reply]

WAYS: dict[str, Ask] = {
    "requests": by_requests,
    "urllib3": by_urllib3,
    "urllib": by_urllib,
    "httpx": by_httpx,
    "httpx-async": by_httpx_async,
    "aiohttp": by_aiohttp,
}
BROKEN = (
    OSError,
    http.client.HTTPException,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    httpx.TransportError,
    aiohttp.ClientError,
)
"""What the libraries raise when a connection fails."""
