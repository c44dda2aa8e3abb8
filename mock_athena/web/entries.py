"""One entry of a Bundle, carried out by the views of this very application, and its answer.

It goes to Flask below the edge: who calls is known, and the request that brought the Bundle was charged and is
journaled.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import unquote

from flask import current_app, request

from mock_athena.auth.addresses import environment_of
from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import BadRequest, FhirError, Issue, shortened
from mock_athena.fhir.instants import instant
from mock_athena.web.exchange import ENVIRON_KEY, Exchange
from mock_athena.web.refuse import render
from mock_athena.web.routes import FHIR, FHIR_BASE, PUBLIC, route_of

_SAME = ("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR", "HTTP_HOST", "wsgi.url_scheme", "wsgi.errors")


class Answered(NamedTuple):
    """What a view answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def relative(url: str, exchange: Exchange) -> str:
    """The part of an entry's URL below our base, such as ``Patient/1?_format=json``.

    Raises:
        BadRequest: it is a URL of somebody else, or of our other environment.
    """
    path = ENVIRONMENTS[exchange.environment].fhir_path
    if "://" not in url.partition("?")[0]:
        return url.strip("/").removeprefix(f"{path.strip('/')}/")
    head, found, rest = url.partition(f"{path}/")
    if not found or environment_of(head + path, exchange.origin) != exchange.environment:
        message = (
            f"request.url {shortened(url, 100)} is not below {exchange.origin}{path}, which this Bundle was sent to"
        )
        raise BadRequest(message)
    return rest.rstrip("/")


def carry_out(
    method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes, exchange: Exchange, **within: Any
) -> Answered:
    """The answer of our own view.

    Args:
        url: relative to the base. exchange: of the request that brought the Bundle.
        within: what the exchange of an entry of a transaction knows else.
    """
    path, _, query = url.partition("?")
    path = f"{FHIR_BASE}/{unquote(path)}"
    if route_of(path).kind not in (FHIR, PUBLIC):
        return refused(BadRequest(f"{method} {url}: this cannot be asked for within a Bundle; send it on its own"))
    asked = replace(
        exchange,
        method=method,
        path=path,
        query=_as_wsgi(query),
        is_entry=True,
        entries=0,
        reason="",
        wish=None,
        **within,
    )
    return answered_by_view(asked, headers, body)


def answered_by_view(asked: Exchange, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> Answered:
    """The answer of the view of an exchange's own method, path and query, below the edge."""
    return _called(_environ(asked, headers, body))


def refused(refusal: FhirError) -> Answered:
    """The answer that a refusal is."""
    rendered = render(refusal)
    return Answered(rendered.status, dict(rendered.headers), rendered.body)


def failure(answered: Answered, name: str, index: int) -> FhirError:
    """The refusal of a whole transaction, since one of its entries was answered so."""
    told = json.loads(answered.body or b"{}").get("issue", [])
    place = f"Bundle.entry[{index}]"
    issues = [
        Issue(
            each["severity"],
            each["code"],
            f"{name}: {_text(each['details'])}; nothing of the transaction was written",
            (place, *each.get("expression", ())),
        )
        for each in told
    ]
    message = f"{name} was answered {answered.status}, so nothing of the transaction was written"
    refusal = FhirError(message, issues=issues)
    refusal.status = answered.status
    return refusal


def _text(details: Any) -> str:
    """The text of an issue, whose details some profile has as a mere string."""
    return details if isinstance(details, str) else str(details["text"])


def entry_bytes(answered: Answered) -> bytes:
    """The entry of the answering Bundle."""
    headers = answered.headers
    response: dict[str, str] = {"status": f"{answered.status} {HTTPStatus(answered.status).phrase}"}
    for name, header in (("location", "Location"), ("etag", "ETag")):
        if header in headers:
            response[name] = headers[header]
    if "Last-Modified" in headers:
        updated = parsedate_to_datetime(headers["Last-Modified"])
        response["lastModified"] = instant(int(updated.timestamp()) * 1_000_000)
    told = json.dumps(response, ensure_ascii=False, separators=(",", ":")).encode()
    is_outcome = answered.status >= 400 or answered.body.startswith(b'{"resourceType": "OperationOutcome"')
    if not answered.body or "json" not in headers.get("Content-Type", ""):
        return b'{"response":%s}' % told
    if is_outcome:
        return b'{"response":%s,"outcome":%s}}' % (told[:-1], answered.body)
    full_url = headers.get("Location", "").partition("/_history/")[0]
    named = b'"fullUrl":%s,' % json.dumps(full_url).encode() if full_url else b""
    return b'{%s"resource":%s,"response":%s}' % (named, answered.body, told)


def _environ(exchange: Exchange, headers: Iterable[tuple[str, str]], body: bytes) -> dict[str, Any]:
    outer = request.environ
    environ = {name: outer[name] for name in _SAME if name in outer}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": _as_wsgi(value) for name, value in headers}
    if "HTTP_PREFER" in outer:
        environ["HTTP_PREFER"] = outer["HTTP_PREFER"]
    return environ | {
        "REQUEST_METHOD": exchange.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _as_wsgi(exchange.path),
        "QUERY_STRING": exchange.query,
        "HTTP_ACCEPT": "application/fhir+json",
        "CONTENT_TYPE": "application/fhir+json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        ENVIRON_KEY: exchange,
    }


def _as_wsgi(text: str) -> str:
    """Text as WSGI hands it over: a byte of its UTF-8 in each character (PEP 3333)."""
    return text.encode().decode("latin-1")


def _called(environ: dict[str, Any]) -> Answered:
    seen: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        seen.append((status, headers))

    chunks = current_app.wsgi_app(environ, start)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()
    status, headers = seen[-1]
    return Answered(int(status[:3]), dict(headers), body)
