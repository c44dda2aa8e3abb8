"""Answers that views give when all went well."""

import json
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Response, request
from werkzeug.datastructures import Headers

from mock_athena.fhir.instants import http_date
from mock_athena.store.snapshot import StoredVersion
from mock_athena.web.conditional import is_unchanged
from mock_athena.web.exchange import ENVIRON_KEY, Exchange
from mock_athena.web.negotiate import agreed, takes_gzip
from mock_athena.web.parameters import pairs_of
from mock_athena.web.pretty import indented
from mock_athena.web.refuse import JSON

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

# Less fits into one TCP segment, packed or not. Level 1 packs a patient in 15 µs and a page of 30 kB in 33 µs; level 6
# takes three times as long for a tenth less.
SMALLEST_PACKED = 1400
_LEVEL = 1
_AS_GZIP = 31  # zlib's number for the window of gzip


class _Whole(Response):
    """An answer whose fields are complete: Werkzeug would copy them, look for more, and strike what 304 may carry."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: object) -> Headers:  # noqa: ARG002 - Werkzeug's signature
        """The fields as they were given."""
        return self.headers

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The bytes as they are: there is nothing to encode and nobody to tell when they were sent."""
        start_response(self.status, self.headers.to_wsgi_list())
        return self.response if environ["REQUEST_METHOD"] != "HEAD" else ()  # type: ignore[return-value]


def fhir_answer(body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> Response:
    """A FHIR resource or Bundle as bytes: in the representation that was asked for, and packed where that pays."""
    environ = request.environ
    exchange: Exchange = environ[ENVIRON_KEY]
    wish = exchange.wish or agreed(environ.get("HTTP_ACCEPT", ""), pairs_of(exchange.query))
    if wish.pretty:
        body = indented(body)
    fields = [("Content-Type", wish.content_type), *(headers or {}).items()]
    if len(body) >= SMALLEST_PACKED and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        body = zlib.compress(body, _LEVEL, _AS_GZIP)
        fields.append(("Content-Encoding", "gzip"))
    # All headers at once: Werkzeug checks them anew with every later change.
    # In a list: for mere bytes Werkzeug would write their length once more.
    return _Whole([body], status, [*fields, ("Content-Length", str(len(body)))])


def validators(stored: StoredVersion) -> dict[str, str]:
    """The header fields that say which version of a resource an answer is."""
    return {"ETag": f'W/"{stored.version_id}"', "Last-Modified": http_date(stored.last_updated)}


def unless_unchanged(headers: dict[str, str]) -> Response | None:
    """304 if the caller has what these ``validators`` name already (https://hl7.org/fhir/R4/http.html#cread)."""
    environ = request.environ
    known, since = environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")
    if known is None and since is None:
        return None
    if not is_unchanged(known, since, headers["ETag"], headers.get("Last-Modified")):
        return None
    return _Whole(status=304, headers=headers)


def json_answer(value: Any, status: int = 200, *, pretty: bool = False) -> Response:
    """Any JSON value."""
    body = json.dumps(value, ensure_ascii=False, indent=2 if pretty else None) + "\n"
    return Response(body.encode(errors="replace"), status, content_type=JSON)
