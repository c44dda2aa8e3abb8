"""Exports that are wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_athena.errors import BadRequest
from tests.mutants.changes import (
    answered,
    both,
    edited,
    file,
    header,
    header_made,
    kick_off,
    manifest,
    of_status,
    polled,
    removed,
    replaced,
    rewritten,
    status,
)
from tests.mutants.instead import forgiving
from tests.mutants.mutant import Answers, Asked, Mutant, Part, Requests, Told
from tests.mutants.probe import BASE, KICK_OFF, PATIENT, Prober, export, exported

_TWO = exported("/Patient/$export?_type=Patient,Condition")
_accepted = both(kick_off, of_status(202))
_running = both(polled, of_status(202), lambda asked, _: asked.method == "GET")
_downloaded = both(file, of_status(200))


def _items(change: Callable[[Any], None]) -> Callable[[Any], None]:
    """An edit of each item of a manifest's output."""

    def edit(told: Any) -> None:
        for item in told["output"]:
            change(item)

    return edit


def _kicked(query: str, level: str = "Patient", **headers: str) -> Callable[[Prober], object]:
    def ask(tester: Prober) -> object:
        return tester.send("GET", f"/{level}/$export?{query}", {**tester.bearer(), **KICK_OFF, **headers}).whole

    return ask


def _after_a_deletion(tester: Prober) -> object:
    """What an export since a deletion tells."""
    bearer = tester.bearer("system/*.cruds")
    found = tester.send("GET", f"/Observation?patient={PATIENT}&_count=3", bearer).json["entry"]
    tester.advance(60)
    since = "2026-11-24T12:00:30Z"
    for entry in found:
        tester.send("DELETE", f"/Observation/{entry['resource']['id']}", bearer)
    return export(tester, f"/Patient/$export?_type=Observation&_since={since}", "system/*.cruds")


def _since_a_change(tester: Prober) -> object:
    """What an export tells since exactly the instant at which something was changed, and since just before."""
    bearer = tester.bearer("system/*.cruds")
    patient = tester.send("GET", f"/Patient/{PATIENT}", bearer).json
    tester.advance(60)
    changed = tester.send(
        "PUT", f"/Patient/{PATIENT}", {**bearer, "Content-Type": "application/fhir+json"}, json.dumps(patient).encode()
    )
    at = changed.json["meta"]["lastUpdated"]
    before = at.replace("Z", "").partition(".")[0] + "Z"
    return [
        export(tester, f"/Patient/$export?_type=Patient&_since={since}", "system/*.cruds") for since in (at, before)
    ]


def _group_of_one(tester: Prober) -> object:
    """What an export of a Group with one member contains."""
    member = [{"entity": {"reference": f"Patient/{PATIENT}"}}]
    group = {"resourceType": "Group", "id": "of-one", "type": "person", "actual": True, "member": member}
    headers = {**tester.bearer("system/*.cruds"), "Content-Type": "application/fhir+json"}
    tester.send("PUT", "/Group/of-one", headers, json.dumps(group).encode())
    return export(tester, "/Group/of-one/$export?_type=Patient", "system/*.cruds")


def _other_client(tester: Prober) -> object:
    """What another client is told of a job, and whether it can end it."""
    kicked = tester.send("GET", "/Patient/$export?_type=Patient", {**tester.bearer(), **KICK_OFF})
    url = kicked.headers["content-location"]
    other = tester.bearer("system/Patient.rs", "mock-readonly:mock-readonly-secret")
    return [tester.send(method, url, other).status for method in ("GET", "DELETE", "GET")]


def _packed_file(tester: Prober) -> object:
    bearer = tester.bearer()
    kicked = tester.send("GET", "/Patient/$export?_type=Patient", {**bearer, **KICK_OFF})
    tester.advance(30)
    told = tester.send("GET", kicked.headers["content-location"], bearer).json
    got = tester.send("GET", told["output"][0]["url"], {**bearer, "Accept-Encoding": "gzip"})
    return got.status, got.headers.get("content-encoding"), got.body[:2]


def _posted_kick_off(tester: Prober) -> object:
    body = {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueString": "Patient"}]}
    headers = {**tester.bearer(), **KICK_OFF, "Content-Type": "application/fhir+json"}
    kicked = tester.send("POST", "/Patient/$export", headers, json.dumps(body).encode())
    tester.advance(30)
    told = tester.send("GET", kicked.headers["content-location"], headers).json
    return sorted(item["type"] for item in told["output"])


def _gone(tester: Prober) -> object:
    return tester.get("/bulkstatus/no-such-job").whole


def _shifted_since(microseconds: int) -> Callable[[Any], Any]:
    def make(healthy: Any) -> Any:
        return lambda job: healthy(job if job.since is None else replace(job, since=job.since + microseconds))

    return make


def _duplicated(body: bytes) -> bytes:
    first = body.partition(b"\n")[0]
    return body + first + b"\n"


def _without_encoding(asked: Asked, told: Told) -> None:
    if file(asked, told):
        told.set("Content-Encoding", None)


def _level_of_everybody(healthy: Any) -> Any:
    from mock_athena.store.criteria import InSomeCompartment

    return lambda job, snapshot: (InSomeCompartment(),) if job.level == "Group" else healthy(job, snapshot)


def _without_extra_filters(healthy: Any) -> Any:
    return lambda filters, *more: healthy(tuple(filters)[:1], *more)


def _one_type_more(healthy: Any) -> Any:
    def content(request: Any, caller: Any) -> Any:
        found = healthy(request, caller)
        more = ("Encounter",) if request.types and "Encounter" not in found.types else ()
        return found._replace(types=(*found.types, *more))

    return content


def _first_type(values: Any) -> Any:
    return values[:1]


def _kept_for_ever(healthy: Any) -> Any:
    """DELETE says that it deletes, and does not."""
    return lambda service, id, caller: service.find(id, caller) and None


def _job_of_anybody(_: Any) -> Any:
    return lambda job, caller: None


_SERVICE = "mock_athena.export.service:"
_KICK_OFF = "mock_athena.export.kick_off:"

MUTANTS = (
    Mutant(
        "kick-off-as-200",
        ("BKO-004", "BKO-001"),
        "a kick-off is answered 200",
        "REST frameworks",
        status(200, _accepted),
        _TWO,
    ),
    Mutant(
        "kick-off-without-location",
        ("BKO-004",),
        "a kick-off does not say where to poll",
        "proxies that drop Content-Location",
        header("Content-Location", None, _accepted),
        _TWO,
    ),
    Mutant(
        "kick-off-with-relative-location",
        ("BKO-004", "HDR-015"),
        "Content-Location is a path",
        "servers behind a proxy that do not know their own name",
        header_made("Content-Location", lambda url: "/" + url.split("/", 3)[3], _accepted),
        _TWO,
    ),
    Mutant(
        "unknown-type-accepted",
        ("BKO-029",),
        "a _type that does not exist is accepted",
        "sekmet-fhir 0.1.1",
        Part(_KICK_OFF + "_types", lambda _: lambda values, leniency: ()),
        _kicked("_type=Spaceship"),
    ),
    Mutant(
        "bad-since-accepted",
        ("BKO-022",),
        "a _since that is no instant is ignored",
        "sekmet-fhir 0.1.1",
        Part(_KICK_OFF + "_instant", forgiving("expected one instant", lambda *_: None, BadRequest)),
        _kicked("_since=yesterday"),
    ),
    Mutant(
        "unknown-group-accepted",
        ("BKO-053",),
        "an export of a Group that does not exist is accepted",
        "bulk-data-server 2.1.1",
        answered(202, "application/fhir+json", b"", both(kick_off, of_status(404))),
        _kicked("", "Group/nobody"),
    ),
    Mutant(
        "unknown-parameter-exported",
        ("BKO-032",),
        "an unknown parameter is ignored though nobody asked for leniency",
        "sekmet-fhir 0.1.1",
        Requests(
            lambda environ: (
                environ.update(HTTP_PREFER="respond-async, handling=lenient")
                if environ["PATH_INFO"].endswith("$export")
                else None
            )
        ),
        _kicked("shoe-size=46"),
    ),
    Mutant(
        "output-format-refused",
        ("BKO-015",),
        "_outputFormat=ndjson is refused",
        "servers that know the long name alone",
        Part(_KICK_OFF + "_FORMATS", lambda formats: formats[:1]),
        _kicked("_outputFormat=ndjson"),
    ),
    Mutant(
        "any-output-format",
        ("BKO-017",),
        "any _outputFormat is accepted",
        "servers that accept what they do not know",
        Part(_KICK_OFF + "_check_format", lambda _: lambda value: None),
        _kicked("_outputFormat=text/csv"),
    ),
    Mutant(
        "types-beyond-those-asked-for",
        ("BKO-026",),
        "an export has a type that was not asked for",
        "exporters that do not hand _type on to every step",
        Part(_SERVICE + "content_for", _one_type_more),
        exported("/Patient/$export?_type=Patient"),
    ),
    Mutant(
        "first-of-repeated-types",
        ("BKO-027",),
        "of a repeated _type only the first counts",
        "web frameworks whose query is a dictionary",
        Part(_KICK_OFF + "_types", lambda healthy: lambda values, leniency: healthy(_first_type(values), leniency)),
        exported("/Patient/$export?_type=Patient&_type=Condition"),
    ),
    Mutant(
        "since-ignored",
        ("BKO-020",),
        "_since makes no difference",
        "first implementations",
        Part("mock_athena.export.queries:_when", lambda _: lambda job: ()),
        exported("/Patient/$export?_type=Patient&_since=2100-01-01T00:00:00Z"),
    ),
    Mutant(
        "since-off-by-one",
        ("BKO-020",),
        "_since leaves out what changed in the second after it",
        "servers that keep whole seconds and compare with >",
        Part("mock_athena.export.queries:_when", _shifted_since(1_000_000)),
        _since_a_change,
    ),
    Mutant(
        "type-filter-ignored",
        ("BKO-034",),
        "_typeFilter makes no difference",
        "servers that accept what they do not know",
        Part("mock_athena.export.queries:filtered", lambda _: lambda *_: ()),
        exported("/Patient/$export?_type=Condition&_typeFilter=Condition%3Fclinical-status%3Dresolved"),
    ),
    Mutant(
        "type-filter-first-only",
        ("BKO-035",),
        "of several _typeFilter of a type only the first counts",
        "servers that keep filters by their type",
        Part("mock_athena.export.queries:filtered", _without_extra_filters),
        exported(
            "/Patient/$export?_type=Condition&_typeFilter=Condition%3Fclinical-status%3Dresolved"
            "&_typeFilter=Condition%3Fclinical-status%3Dactive"
        ),
    ),
    Mutant(
        "post-kick-off-without-body",
        ("BKO-008",),
        "a kick-off by POST ignores its Parameters",
        "Medplum before PR #7673 knew GET alone",
        Part("mock_athena.web.bulk:parameter_pairs", lambda _: lambda *_: []),
        _posted_kick_off,
    ),
    Mutant(
        "export-needs-no-token",
        ("BKO-010", "BST-005"),
        "kick-off and status need no token",
        "servers in an open mode",
        Requests(lambda environ: environ.setdefault("HTTP_AUTHORIZATION", "") and None),
        lambda tester: tester.send("GET", f"{BASE}/Patient/$export", KICK_OFF).status,
        {"open_access": True},
    ),
    Mutant(
        "group-exports-everybody",
        ("BFI-010",),
        "an export of a Group contains all patients",
        "bulk-data-server #86",
        Part("mock_athena.export.queries:_level", _level_of_everybody),
        _group_of_one,
    ),
    Mutant(
        "job-never-ends",
        ("BST-017", "BST-004"),
        "an export stays in progress for ever",
        "microsoft/fhir-server #2790, #2802, #2803, #3425",
        answered(202, "text/plain", b"", manifest),
        _TWO,
    ),
    Mutant(
        "progress-without-retry-after",
        ("BST-002",),
        "a job in progress does not say when to ask again",
        "servers that leave it to the client",
        header("Retry-After", None, _running),
        _TWO,
    ),
    Mutant(
        "progress-too-long",
        ("BST-003",),
        "X-Progress has more than a hundred characters",
        "servers that put their log there",
        header("X-Progress", "exporting " * 20, _running),
        _TWO,
    ),
    Mutant(
        "manifest-as-fhir",
        ("BST-004", "BMF-022"),
        "the manifest is sent as application/fhir+json",
        "FHIR servers with one renderer",
        header("Content-Type", "application/fhir+json", manifest),
        _TWO,
    ),
    Mutant(
        "manifest-without-errors",
        ("BMF-010",),
        "the manifest has no error element where there are none",
        "LinuxForHealth/FHIR #2715",
        edited(removed("error"), manifest),
        _TWO,
    ),
    Mutant(
        "manifest-without-instant",
        ("BMF-001",),
        "transactionTime is a date",
        "servers that keep days",
        edited(replaced("transactionTime", "2026-11-24"), manifest),
        _TWO,
    ),
    Mutant(
        "manifest-without-request",
        ("BMF-003",),
        "the manifest does not repeat the request",
        "servers that follow the STU4 ballot",
        edited(removed("request"), manifest),
        _TWO,
    ),
    Mutant(
        "manifest-token-as-text",
        ("BMF-004",),
        "requiresAccessToken is the text 'true'",
        "servers that keep settings as text",
        edited(replaced("requiresAccessToken", "true"), manifest),
        _TWO,
    ),
    Mutant(
        "manifest-promises-open-files",
        ("BFI-004", "BMF-004"),
        "requiresAccessToken is false, and files need a token",
        "servers whose files are behind the same gateway",
        edited(replaced("requiresAccessToken", False), manifest),
        _TWO,
    ),
    Mutant(
        "relative-file-urls",
        ("BMF-007",),
        "the URLs of files are paths",
        "bulk servers behind a proxy",
        edited(_items(lambda item: item.update(url="/" + item["url"].split("/", 3)[3])), manifest),
        _TWO,
    ),
    Mutant(
        "wrong-counts",
        ("BMF-008",),
        "count is that of another file",
        "LinuxForHealth/FHIR #2673",
        edited(_items(lambda item: item.update(count=item["count"] + 1)), manifest),
        _TWO,
    ),
    Mutant(
        "empty-types-listed",
        ("BMF-009",),
        "the manifest lists a file without lines",
        "bulk-data-server #38",
        edited(
            lambda told: told["output"].append(
                {"type": "Procedure", "url": told["output"][0]["url"].replace("Patient", "Procedure"), "count": 0}
            ),
            manifest,
        ),
        exported("/Patient/$export?_type=Patient"),
    ),
    Mutant(
        "manifest-before-its-files",
        ("BFI-001", "BST-004"),
        "files of the manifest are not there yet",
        "servers whose files appear in the object store later",
        status(404, _downloaded),
        _TWO,
    ),
    Mutant(
        "manifest-without-expiry",
        ("BST-013",),
        "nothing says when the files go away",
        "sekmet-fhir 0.1.1: a constant in 2030",
        header("Expires", None, manifest),
        _TWO,
    ),
    Mutant(
        "file-as-text",
        ("BFI-001",),
        "files are sent as text/plain",
        "object stores without metadata",
        header("Content-Type", "text/plain", _downloaded),
        _TWO,
    ),
    Mutant(
        "file-without-token",
        ("BFI-003",),
        "files that need a token are given to whoever asks",
        "public buckets",
        Answers(
            lambda asked, told: answered(
                200, "application/fhir+ndjson", b'{"resourceType":"Patient","id":"a"}\n', both(file, of_status(401))
            ).change(asked, told)
        ),
        _TWO,
    ),
    Mutant(
        "trailing-partial-line",
        ("BFI-002", "BMF-008"),
        "a file ends in the middle of a line",
        "writers whose buffer is not flushed",
        rewritten(lambda body: body[:-20], both(_downloaded, lambda asked, _: "Condition" in asked.path)),
        _TWO,
    ),
    Mutant(
        "blank-lines",
        ("BFI-002",),
        "there is an empty line between two resources",
        "writers that end lines twice",
        rewritten(lambda body: body.replace(b"\n", b"\n\n"), _downloaded),
        _TWO,
    ),
    Mutant(
        "pretty-printed",
        ("BFI-002",),
        "resources of files take several lines",
        "serializers in their readable setting",
        rewritten(lambda body: body.replace(b'","', b'",\n"'), _downloaded),
        _TWO,
    ),
    Mutant(
        "resources-twice",
        ("BFI-006", "BMF-008"),
        "a resource is in a file twice",
        "bulk-data-server 2.1.1: 7,317 lines, 3,995 distinct",
        rewritten(_duplicated, _downloaded),
        _TWO,
    ),
    Mutant(
        "types-mixed-in-a-file",
        ("BMF-021", "BMF-006"),
        "a file has a resource of another type",
        "servers that write included resources beside",
        rewritten(lambda body: body.replace(b'"resourceType":"Condition"', b'"resourceType":"Basic"', 1), _downloaded),
        _TWO,
    ),
    Mutant(
        "packed-without-saying",
        ("BFI-007", "BFI-008"),
        "a packed file does not say that it is packed",
        "object stores without metadata",
        Answers(_without_encoding),
        _packed_file,
    ),
    Mutant(
        "deleted-lost",
        ("BMF-013",),
        "what was deleted is not told of",
        "most servers",
        Part("mock_athena.export.plan:deleted", lambda _: lambda job, snapshot: ()),
        _after_a_deletion,
    ),
    Mutant(
        "deleted-as-collection",
        ("BMF-014",),
        "the Bundles of what was deleted are no transactions",
        "servers that follow an early draft",
        rewritten(
            lambda body: body.replace(b'"type":"transaction"', b'"type":"collection"'),
            both(_downloaded, lambda asked, _: "deleted" in asked.path),
        ),
        _after_a_deletion,
    ),
    Mutant(
        "delete-as-204",
        ("BDE-001", "BDE-002"),
        "DELETE of a job is answered 204",
        "REST frameworks",
        status(204, both(polled, lambda asked, told: asked.method == "DELETE" and told.status == 202)),
        _TWO,
    ),
    Mutant(
        "delete-without-effect",
        ("BDE-003",),
        "a job that was deleted answers on",
        "hapi-fhir #5849",
        Part(_SERVICE + "ExportService.delete", _kept_for_ever),
        _TWO,
    ),
    Mutant(
        "deleted-job-as-410",
        ("BDE-003", "BST-012"),
        "a job that is not there is answered 410 without an OperationOutcome",
        "bulk-data-server #64",
        answered(410, "text/plain", b"gone", both(polled, of_status(404))),
        _gone,
    ),
    Mutant(
        "job-of-anybody",
        ("BST-006", "BDE-007"),
        "any client can see and delete a job",
        "servers that check the token alone",
        Part(_SERVICE + "_check_owner", _job_of_anybody),
        _other_client,
    ),
    Mutant(
        "export-errors-without-outcome",
        ("BKO-011", "BKO-053"),
        "a refused kick-off is a line of text",
        "microsoft/fhir-server #346, #1794: without a reason",
        answered(400, "text/plain", b"bad request", both(kick_off, of_status(400, 404))),
        _kicked("_type=Spaceship"),
    ),
)
