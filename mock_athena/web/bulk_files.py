"""The files of a bulk export over HTTP: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#file-request.

They are read while they are sent. A download that broke off is taken up again by ``Range``
(https://www.rfc-editor.org/rfc/rfc9110#section-14); a part is always of the plain file, since nobody knows where in a
packed one it would begin.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple

from flask import Blueprint, Response, request

from mock_athena.export.contents import Contents, ExportFile
from mock_athena.export.files import Bases, Text
from mock_athena.export.job import ExportJob
from mock_athena.export.packing import gzipped, packer
from mock_athena.fhir.instants import http_date
from mock_athena.web.answers import unless_unchanged
from mock_athena.web.exchange import Exchange, current_exchange
from mock_athena.web.negotiate import prefers_gzip
from mock_athena.web.ranges import part_of
from mock_athena.web.routes import FHIR_BASE, OPEN_FILES
from mock_athena.web.world import Environment, World

NDJSON = "application/fhir+ndjson"


class _Asked(NamedTuple):
    """A file, and what it says of itself whichever way it is sent."""

    contents: Contents
    file: ExportFile
    text: Text
    tag: str


def bulk_file_views(world: World) -> Blueprint:
    """The view of export files, at the paths of production; the exchange says which environment is meant."""
    views = Blueprint("bulk_files", __name__)

    @views.get(FHIR_BASE + "/bulkdata/<job>/<name>")
    def file(job: str, name: str) -> Response:
        exchange = current_exchange()
        here = world.environments[exchange.environment]
        return _answer(here.exports.file(job, name, exchange.bearer), exchange, here)

    @views.get(OPEN_FILES + "/<job>/<key>/<name>")
    def open_file(job: str, key: str, name: str) -> Response:
        exchange = current_exchange()
        here = world.environments[exchange.environment]
        return _answer(here.exports.open_file(job, key, name), exchange, here)

    return views


def files_url(base: str, job: ExportJob) -> str:
    """The URL below which the files of a job are."""
    return f"{base}/bulkdata/open/{job.id}/{job.key}" if job.key else f"{base}/bulkdata/{job.id}"


def _answer(file: ExportFile, exchange: Exchange, here: Environment) -> Response:
    bases = Bases(here.fhir_base(exchange.origin), here.documents_base(exchange.origin))
    contents = here.exports.contents
    asked = _Asked(contents, file, contents.text(file, bases), _tag(file, bases))
    headers = request.headers
    whole = asked.text.size is None or "Range" not in headers
    if whole and prefers_gzip(headers.get("Accept-Encoding", "")):
        return _packed(asked)
    return _plain(asked)


def _packed(asked: _Asked) -> Response:
    fields = _fields(asked, f"{asked.tag}-{packer()}") | {"Content-Encoding": "gzip", "Accept-Ranges": "none"}
    return unless_unchanged(fields) or _sent(asked, gzipped(asked.text.chunks()), fields)


def _plain(asked: _Asked) -> Response:
    text, headers, fields = asked.text, request.headers, _fields(asked, asked.tag)
    size = text.size
    unchanged = unless_unchanged(fields)
    if unchanged:
        return unchanged
    if size is None:
        return _sent(asked, text.chunks(), fields)
    fields |= {"Accept-Ranges": "bytes", "Content-Length": str(size)}
    # A range is of GET alone (RFC 9110 §14.2).
    part = part_of(headers, fields["ETag"], fields["Last-Modified"], size) if request.method == "GET" else None
    if part is None:
        return _sent(asked, text.chunks(), fields)
    fields |= {"Content-Range": f"bytes {part.start}-{part.stop - 1}/{size}", "Content-Length": str(len(part))}
    return _sent(asked, text.chunks(part.start, part.stop), fields, 206)


def _sent(asked: _Asked, chunks: Iterator[bytes], fields: dict[str, str], status: int = 200) -> Response:
    body: Iterator[bytes] = iter(()) if request.method == "HEAD" else asked.contents.stream(chunks)
    # Werkzeug closes the stream in the end, also when the reader went away.
    return Response(body, status, fields, direct_passthrough=True)


def _fields(asked: _Asked, tag: str) -> dict[str, str]:
    return {
        "Content-Type": NDJSON,
        "Content-Disposition": f'attachment; filename="{asked.file.planned.name}"',
        "Vary": "Accept-Encoding",
        "ETag": f'"{tag}"',
        "Last-Modified": http_date(asked.file.job.transaction_time),
    }


def _tag(file: ExportFile, bases: Bases) -> str:
    """Names the bytes: a job and a file of it have the same for ever, but for the name under which we are reached."""
    named = "\n".join((file.job.id, file.planned.name, *bases))
    return blake2b(named.encode(), digest_size=12).hexdigest()
