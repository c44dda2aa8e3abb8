"""The files of a bulk export over HTTP: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#file-request.

They are sent while they are read, compressed if the caller takes gzip.
"""

from flask import Blueprint, Response, request

from mock_athena.web.exchange import Exchange, current_exchange
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.world import Environment, World

NDJSON = "application/fhir+ndjson"


def bulk_file_views(world: World) -> Blueprint:
    """The view of export files, at the paths of production; the exchange says which environment is meant."""
    views = Blueprint("bulk_files", __name__)

    @views.get(FHIR_BASE + "/bulkdata/<job>/<name>")
    def file(job: str, name: str) -> Response:
        exchange = current_exchange()
        return _file(job, name, exchange, world.environments[exchange.environment])

    return views


def _file(job: str, name: str, exchange: Exchange, environment: Environment) -> Response:
    exports = environment.exports
    found = exports.file(job, name, exchange.bearer)
    gzip = request.accept_encodings.quality("gzip") > 0
    headers = {"Content-Type": NDJSON, "Vary": "Accept-Encoding"}
    if gzip:
        headers["Content-Encoding"] = "gzip"
    if request.method == "HEAD":
        # An iterator has no length, so none is claimed: a file's is not known before it is read.
        return Response(iter(()), headers=headers, direct_passthrough=True)
    documents = environment.documents_base(exchange.origin)
    # Werkzeug closes the stream in the end, also when the reader went away.
    stream = exports.stream(found, fhir_base=environment.fhir_base(exchange.origin), documents=documents, gzip=gzip)
    return Response(stream, headers=headers, direct_passthrough=True)
