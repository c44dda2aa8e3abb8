"""What an export tells when it is complete: FHIR Bulk Data Access 2.0.0, export.html#response---complete-status."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from athena_fhir_conformance.checking import check
from athena_fhir_conformance.flows import exports
from athena_fhir_conformance.flows.asking import remembered
from athena_fhir_conformance.flows.exports import TYPES, Export, exported, main_export
from athena_fhir_conformance.flows.tokens import token_for
from athena_fhir_conformance.judges import schemas
from athena_fhir_conformance.judges.ndjson import deletions, lines_of
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, skip

FUTURE = "2999-01-01T00:00:00Z"


def in_place(target: Target, *names: str) -> Export:
    """The main export, whose manifest has these members as its schema says."""
    export = main_export(target)
    for fault in schemas.faults(schemas.MANIFEST, export.manifest):
        assert not any(f"$.{name}" in fault or f"'{name}'" in fault for name in names), f"{export.done}: {fault}"
    return export


def instant(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))


@check("BMF-001")
def the_transaction_time_is_an_instant(target: Target) -> None:
    export = in_place(target, "transactionTime")
    assert instant(export.manifest["transactionTime"]).tzinfo, f"{export.done}: transactionTime has no offset"


@check("BMF-001", "BMF-002")
def the_transaction_time_is_that_of_the_data(target: Target) -> None:
    export = main_export(target)
    time = instant(export.manifest["transactionTime"])
    later = [
        f"{each['resourceType']}/{each['id']}"
        for each in exports.lines(export).resources
        if instant(each["meta"]["lastUpdated"]) > time
    ]
    assert not later, f"{export.done}: {later[0]} was changed after transactionTime {time}"


@check("BMF-003")
def the_request_is_that_of_the_kick_off(target: Target) -> None:
    export = in_place(target, "request")
    told = export.manifest["request"]
    assert told == export.kick_off.url, (
        f"{export.done}: request is {told!r}, and the kick-off was {export.kick_off.url!r}"
    )


@check("BMF-004")
def whether_files_need_the_token_is_told_as_it_is(target: Target) -> None:
    export = in_place(target, "requiresAccessToken")
    needs = export.manifest["requiresAccessToken"]
    answer = exports.fetched(target, str(export.listed()[0]["url"]), token=None)
    assert (answer.status in (400, 401)) == needs, f"{answer} without a token, and requiresAccessToken is {needs}"


@check("BMF-005", "BMF-006", "BMF-007")
def output_lists_files(target: Target) -> None:
    export = in_place(target, "output")
    output = export.manifest["output"]
    assert output, f"{export.done}: output is empty, and there are patients"
    missing = [each for each in output if not each.get("type") and "outputOrganizedBy" not in export.manifest]
    assert not missing, f"{export.done}: {missing[0]} has no type"
    relative = [each["url"] for each in output if not str(each.get("url", "")).startswith(("http://", "https://"))]
    assert not relative, f"{export.done}: url {relative[0]!r} is not absolute"


@check("HDR-015")
def files_are_where_the_base_is(target: Target) -> None:
    export = main_export(target)
    foreign = [each["url"] for each in export.listed() if not target.trusts(str(each["url"]))]
    if foreign and not export.manifest.get("requiresAccessToken"):
        omit("files are on another host, and need no token")
    assert not foreign, f"{export.done}: {foreign[0]} is not on the host of {target.base}, and needs its token"


@check("BMF-008")
def counts_are_right(target: Target) -> None:
    export = in_place(target, "count")
    for each in export.listed():
        if "count" in each:
            lines = len(lines_of(export.files[str(each["url"])].body).resources)
            assert each["count"] == lines, f"{export.done}: {each['type']} has count {each['count']} and {lines} lines"


@check("BMF-009")
def nothing_found_is_an_empty_list(target: Target) -> None:
    export = exported(target, f"_type={TYPES}&_since={quote(FUTURE)}", files=False)
    assert export.manifest.get("output") == [], (
        f"{export.done}: output is {export.manifest.get('output')!r}, expected []"
    )


@check("BMF-009")
def no_listed_file_is_empty(target: Target) -> None:
    export = main_export(target)
    empty = [each["type"] for each in export.listed() if not export.files[str(each["url"])].body.strip()]
    assert not empty, f"{export.done}: the file of {empty[0]} is listed and empty"


@check("BMF-010")
def errors_are_listed_even_when_there_are_none(target: Target) -> None:
    in_place(target, "error")


@check("BMF-011", "BMF-012")
def errors_are_outcomes_and_nothing_else_is(target: Target) -> None:
    export = main_export(target)
    assert "OperationOutcome" not in export.types, f"{export.done}: output has OperationOutcomes"
    lenient = {"Prefer": "respond-async, handling=lenient"}
    told = exported(target, f"_type={TYPES}&frobnicate=1", headers=lenient)
    for each in told.listed("error"):
        answer = told.files[str(each["url"])]
        assert answer.status == 200, f"{answer}, expected 200"
        assert each.get("type") == "OperationOutcome", f"{told.done}: error[] lists a {each.get('type')}"
        lines = lines_of(answer.body)
        assert not lines.faults, f"{answer}: {lines.faults[0]}"
        assert lines.types <= {"OperationOutcome"}, f"{answer} holds {lines.types}"


def deletion(target: Target) -> tuple[Export, str]:
    """An export after something was created, exported and deleted again; and what that was."""

    def run() -> tuple[Export, str]:
        if not target.offers("Condition", "delete") or not target.offers("Condition", "create"):
            omit("Condition can neither be created nor deleted here")
        token = token_for(target, "system/*.cruds")
        kept = next(each for each in exports.lines(main_export(target), "Condition").resources)
        body = {name: value for name, value in kept.items() if name not in ("id", "meta")}
        made = target.send("POST", "Condition", json=body, token=token)
        assert made.status == 201, f"{made}: {made.text[:200]}"
        id = str(made.json["id"])
        kick_off = exports.kicked_off(target, query=f"_type={TYPES}")
        first = exports.downloaded(target, exports.finished(target, kick_off))
        exports.cancelled(target, kick_off)
        assert f"Condition/{id}" in exports.lines(first).names, (
            f"{first.done}: Condition/{id} was created and is not exported"
        )
        gone = target.send("DELETE", f"Condition/{id}", token=token)
        assert gone.status in (200, 202, 204), f"{gone}: {gone.text[:200]}"
        since = quote(str(first.manifest["transactionTime"]))
        return exported(target, f"_type={TYPES}&_since={since}"), f"Condition/{id}"

    return remembered(target, "deletion", run)


def told_gone(export: Export) -> list[str]:
    gone = []
    for each in export.listed("deleted"):
        answer = export.files[str(each["url"])]
        assert answer.status == 200, f"{answer}, expected 200"
        for bundle in lines_of(answer.body).resources:
            names, faults = deletions(bundle)
            assert not faults, f"{answer}: {faults[0]}"
            gone += names
    return gone


@check("BMF-013", "BMF-014", destructive=True)
def what_was_deleted_is_told(target: Target) -> None:
    export, name = deletion(target)
    told = told_gone(export)
    assert name in told, f"{export.done}: {name} was deleted since, and deleted[] tells {told[:5]}"


@check("BMF-014")
def the_files_of_deletions_are_bundles(target: Target) -> None:
    export = exported(target, f"_type={TYPES}&_since=2000-01-01T00:00:00Z")
    if "deleted" not in export.manifest:
        omit("deleted is not in the manifest, which is optional")
    told_gone(export)


@check("BMF-015", destructive=True)
def what_was_deleted_is_not_exported(target: Target) -> None:
    export, name = deletion(target)
    assert name not in exports.lines(export).names, f"{export.done}: {name} was deleted, and is exported"
    both = set(told_gone(export)) & set(exports.lines(export).names)
    assert not both, f"{export.done}: {min(both)} is in deleted and in output"


@check("BMF-002", destructive=True)
def what_comes_after_the_kick_off_is_not_exported(target: Target) -> None:
    if not target.offers("Condition", "create") or not target.offers("Condition", "delete"):
        omit("Condition can neither be created nor deleted here")
    kick_off = exports.kicked_off(target, query=f"_type={TYPES}")
    token = token_for(target, "system/*.cruds")
    kept = next(each for each in exports.lines(main_export(target), "Condition").resources)
    body = {name: value for name, value in kept.items() if name not in ("id", "meta")}
    made = target.send("POST", "Condition", json=body, token=token)
    export = exports.downloaded(target, exports.finished(target, kick_off))
    exports.cancelled(target, kick_off)
    if made.status != 201:
        skip(f"nothing could be created: {made}")
    target.send("DELETE", f"Condition/{made.json['id']}", token=token)
    names = exports.lines(export).names
    time = instant(export.manifest["transactionTime"])
    late = instant(made.json["meta"]["lastUpdated"]) > time
    assert not late or f"Condition/{made.json['id']}" not in names, (
        f"{export.done}: it was created after transactionTime {time}"
    )


@check("BMF-016")
def extensions_are_objects(target: Target) -> None:
    export = in_place(target, "extension")
    extended = [each for each in (export.manifest, *export.listed()) if "extension" in each]
    if not extended:
        omit("there are no extensions")
    assert all(isinstance(each["extension"], dict) for each in extended), f"{export.done}: an extension is no object"


@check("BMF-017", "BMF-018", "BFI-022")
def output_organized_by_patient_is_told(target: Target) -> None:
    assert "outputOrganizedBy" not in main_export(target).manifest, f"{main_export(target).done}: nobody asked for it"
    export = exported(target, f"_type={TYPES}&organizeOutputBy=Patient")
    told = export.manifest.get("outputOrganizedBy")
    assert told == "Patient", f"{export.done}: outputOrganizedBy is {told!r}"
    urls = {each["url"] for each in export.listed()}
    for each in export.listed():
        assert "type" not in each, f"{export.done}: a file that is organized by patients has a type"
        following = each.get("continuesInFile")
        assert following is None or following in urls, f"{export.done}: continuesInFile leads to {following}"
        first = lines_of(export.files[str(each["url"])].body).resources[0]
        assert first.get("resourceType") == "Parameters", (
            f"{export.done}: a block begins with {first.get('resourceType')}"
        )


@check("BMF-021")
def each_file_has_one_type(target: Target) -> None:
    export = main_export(target)
    for each in export.listed():
        types = lines_of(export.files[str(each["url"])].body).types
        assert types <= {each["type"]}, (
            f"{export.files[str(each['url'])]}: {sorted(types)} in the file of {each['type']}"
        )


@check("BMF-022")
def the_manifest_is_plain_json(target: Target) -> None:
    done = main_export(target).done
    assert done.media_type == "application/json", f"{done} is {done.media_type!r}, expected application/json"


@check("BMF-023")
def the_manifest_is_of_the_published_versions(target: Target) -> None:
    export = main_export(target)
    assert "outcome" not in export.manifest, f"{export.done} has 'outcome', which only the ballot of version 4 knows"
    assert "request" in export.manifest, f"{export.done} has no 'request'"
    listed = [each for each in (export.manifest, *export.listed()) if isinstance(each.get("extension"), list)]
    assert not listed, f"{export.done}: an extension is an array, which only the ballot of version 4 knows"


@check("CAP-027")
def exported_types_are_declared(target: Target) -> None:
    export = main_export(target)
    missing = {str(each.get("type")) for each in export.listed()} - set(target.types)
    assert not missing, f"{export.done}: exported and not declared: {sorted(missing)}"
