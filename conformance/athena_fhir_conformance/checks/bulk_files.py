"""The files of an export: FHIR Bulk Data Access 2.0.0, export.html#bulk-data-output-file-request."""

import gzip
import json
import re
from typing import Any

from athena_fhir_conformance.checking import check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows import exports
from athena_fhir_conformance.flows.exports import TYPES, at_group, exported, fetched, main_export
from athena_fhir_conformance.flows.tokens import token_for
from athena_fhir_conformance.judges.ndjson import repeated
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, skip

_REFERENCE = re.compile(r"([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]+)?")
CLINICAL = ("Condition", "AllergyIntolerance", "Encounter", "Procedure", "Immunization")
NOTES = "DocumentReference"


def first_file(target: Target) -> tuple[str, Exchange]:
    export = main_export(target)
    files = list(export.files.items())
    return files[0] if files else skip(f"{export.done} lists no file")


def references(value: Any) -> list[str]:
    """Every ``reference`` within a resource."""
    if isinstance(value, list):
        return [each for item in value for each in references(item)]
    if not isinstance(value, dict):
        return []
    found = [str(value["reference"])] if isinstance(value.get("reference"), str) else []
    return found + [each for name, item in value.items() if name != "reference" for each in references(item)]


@check("BFI-001")
def a_file_is_ndjson(target: Target) -> None:
    for answer in main_export(target).files.values():
        assert answer.status == 200, f"{answer}, expected 200"
        assert answer.media_type == "application/fhir+ndjson", f"{answer} is {answer.media_type!r}"


@check("BFI-002")
def each_line_is_a_resource(target: Target) -> None:
    faults = exports.lines(main_export(target)).faults
    assert not faults, f"{main_export(target).done}: {faults[0]}"


@check("BFI-003")
def a_file_needs_the_token(target: Target) -> None:
    if not main_export(target).manifest.get("requiresAccessToken"):
        omit("requiresAccessToken is false")
    for token in (None, "no-such-token"):
        answer = fetched(target, first_file(target)[0], token)
        assert answer.status in (400, 401), (
            f"{answer} {'with a made-up token' if token else 'without a token'}, expected 401"
        )


@check("BFI-004")
def a_file_that_needs_no_token_has_a_secret_address(target: Target) -> None:
    if main_export(target).manifest.get("requiresAccessToken"):
        omit("requiresAccessToken is true")
    url, _ = first_file(target)
    answer = fetched(target, url, None)
    assert answer.status == 200, f"{answer} without a token, expected 200"
    assert re.search(r"[A-Za-z0-9_-]{20,}", url), f"{url} can be guessed"


@check("BFI-005")
def a_token_must_cover_what_is_exported(target: Target) -> None:
    export = main_export(target)
    if not export.manifest.get("requiresAccessToken"):
        omit("requiresAccessToken is false")
    url = next((str(each["url"]) for each in export.listed() if each.get("type") == "Condition"), "")
    if not url:
        skip("no Condition was exported")
    answer = fetched(target, url, token_for(target, "system/Patient.rs"))
    assert answer.status in (401, 403, 404), f"{answer}: Conditions with a token for Patients alone, expected 403"


@check("BFI-006")
def each_resource_comes_once(target: Target) -> None:
    twice = repeated(exports.lines(main_export(target)).names)
    assert not twice, f"{main_export(target).done}: {twice[0]} comes more than once"


@check("BFI-007")
def a_file_is_packed_if_that_is_accepted(target: Target) -> None:
    url, plain = first_file(target)
    answer = fetched(target, url, **{"Accept-Encoding": "gzip"})
    assert answer.headers.get("Content-Encoding") == "gzip", f"{answer} is not packed with Accept-Encoding: gzip"
    body = gzip.decompress(answer.body) if answer.body[:2] == b"\x1f\x8b" else answer.body
    assert body == plain.body, f"{answer}: packed it holds something else"


@check("BFI-008")
def a_file_is_plain_if_nothing_else_is_asked_for(target: Target) -> None:
    _, answer = first_file(target)
    assert answer.status == 200, f"{answer}, expected 200"
    assert answer.headers.get("Content-Encoding", "identity") == "identity", f"{answer} is packed, and nobody asked"


@check("BFI-009")
def an_unknown_file_is_an_error(target: Target) -> None:
    url, _ = first_file(target)
    head, _, name = url.partition("?")[0].rpartition("/")
    answer = fetched(target, f"{head}/no-such-{name}")
    assert 400 <= answer.status < 600, f"{answer}, expected 404"


@check("BFI-010", "BFI-011")
def a_group_is_exported_with_its_members(target: Target) -> None:
    group = target.get(f"Group/{exports.group(target)}") if target.offers("Group", "read") else None
    if group is None or group.status != 200:
        skip("the members of the group cannot be read here")
    members = {
        str(each["entity"]["reference"]).rpartition("/")[2] for each in group.json.get("member", []) if active(each)
    }
    export = at_group(target, "_type=Patient")
    patients = {str(each["id"]) for each in exports.lines(export, "Patient").resources}
    assert patients <= members, f"{export.done}: Patient/{min(patients - members)} is no member of {group}"
    assert members <= patients, f"{export.done}: Patient/{min(members - patients)} is a member and is not exported"


def active(member: dict[str, Any]) -> bool:
    return not member.get("inactive") and "end" not in member.get("period", {})


@check("BFI-010")
def a_group_is_exported_with_its_members_records_alone(target: Target) -> None:
    export = at_group(target, f"_type={TYPES}")
    patients = {f"Patient/{each['id']}" for each in exports.lines(export, "Patient").resources}
    subjects = {str(each["subject"]["reference"]) for each in exports.lines(export, "Condition").resources}
    foreign = {each for each in subjects if not any(each.endswith(patient) for patient in patients)}
    assert not foreign, f"{export.done}: a Condition is of {min(foreign)}, who is not exported"


@check("BFI-012")
def there_are_several_patients(target: Target) -> None:
    names = exports.lines(main_export(target), "Patient").names
    assert len(names) >= 2, f"{main_export(target).done}: {len(names)} Patients were exported"


@check("BFI-013")
def clinical_types_with_data_are_exported(target: Target) -> None:
    export = exported(target, "", files=False)
    missing = {type for type in CLINICAL if type in target.types and Sample(target).resources(type)} - export.types
    assert not missing, f"{export.done}: {', '.join(sorted(missing))} have data by REST and are not exported"


@check("BFI-014")
def references_lead_somewhere(target: Target) -> None:
    export = main_export(target)
    patients = {f"Patient/{each['id']}" for each in exports.lines(export, "Patient").resources}
    told = {ref for each in exports.lines(export, "Condition").resources for ref in references(each.get("subject"))}
    lost = {each for each in told if not any(each.endswith(patient) for patient in patients)}
    assert not lost, f"{export.done}: {min(lost)} is referred to, and is not exported"


@check("BFI-015")
def references_are_relative_or_on_the_base(target: Target) -> None:
    for resource in exports.lines(main_export(target)).resources:
        for reference in references(resource):
            right = reference.startswith(("#", "urn:", f"{target.base}/")) or _REFERENCE.fullmatch(reference)
            assert right, f"{resource['resourceType']}/{resource['id']} refers to {reference!r}"


@check("BFI-016", "BFI-026")
def an_export_and_a_read_agree(target: Target) -> None:
    for type in TYPES.split(","):
        exportable = exports.lines(main_export(target), type).resources
        if not exportable:
            continue
        resource = exportable[0]
        read = target.get(f"{type}/{resource['id']}")
        assert read.status == 200, f"{read}: it was exported, expected 200"
        assert without_origin(read.json, target) == without_origin(resource, target), (
            f"{read}: it was exported as something else"
        )


def without_origin(resource: Any, target: Target) -> Any:
    """A resource without what may differ: meta, the narrative, and where the base is."""
    kept = {name: value for name, value in resource.items() if name not in ("meta", "text")}
    return json.loads(json.dumps(kept).replace(target.base, ""))


@check("BFI-026")
def an_export_has_the_ids_of_a_search(target: Target) -> None:
    patient = str(Sample(target).patient()["id"])
    answer = target.search("Condition", patient=patient, _count="200")
    found = {
        entry["resource"]["id"]
        for entry in answer.json.get("entry", [])
        if entry["resource"]["resourceType"] == "Condition"
    }
    export = main_export(target)
    got = {
        each["id"]
        for each in exports.lines(export, "Condition").resources
        if str(each["subject"]["reference"]).endswith(f"Patient/{patient}")
    }
    assert found == got, f"{export.done}: {len(got)} Conditions of Patient/{patient}, and by search {len(found)}"


def notes(target: Target) -> exports.Export:
    if NOTES not in target.types:
        omit(f"there is no {NOTES} here")
    return exported(target, f"_type={NOTES}")


@check("BFI-017")
def no_binaries_are_exported(target: Target) -> None:
    export = exported(target, "", files=False)
    assert "Binary" not in export.types, f"{export.done}: Binary is exported, and belongs into attachments"


@check("BFI-018", "BFI-019")
def attachments_can_be_fetched(target: Target) -> None:
    export = notes(target)
    attached = [
        content["attachment"]
        for resource in exports.lines(export).resources
        for content in resource.get("content", [])
        if content.get("attachment", {}).get("url")
    ]
    if not attached:
        skip("no exported document has an attachment with a url")
    url = str(attached[0]["url"])
    assert url.startswith(("http://", "https://")), f"{export.done}: attachment.url {url!r} is not absolute"
    assert target.trusts(url), f"{export.done}: attachment.url {url!r} is on another host"
    answer = target.get(url, headers={"Accept": str(attached[0].get("contentType", "*/*"))})
    assert answer.status == 200, f"{answer}: an attachment that was exported, expected 200"


@check("BFI-019")
def attachments_say_what_they_are(target: Target) -> None:
    for resource in exports.lines(notes(target)).resources:
        for content in resource.get("content", []):
            attachment = content.get("attachment", {})
            absent = "_data" in attachment or "extension" in attachment or "_url" in attachment
            whole = absent or ("contentType" in attachment and ("data" in attachment or "url" in attachment))
            assert whole, f"DocumentReference/{resource['id']}: an attachment has {sorted(attachment)}"


@check("BFI-020")
def files_stay(target: Target) -> None:
    url, before = first_file(target)
    target.clock.sleep(30 if target.clock.virtual else 0)
    after = fetched(target, url)
    assert after.status == 200, f"{after} for the second time, expected 200"
    assert after.body == before.body, f"{after}: the same file holds something else"


@check("BFI-021")
def a_redirect_leads_to_a_file(target: Target) -> None:
    url, answer = first_file(target)
    if answer.status not in (301, 302, 303, 307, 308):
        omit("files are not redirected here")
    there = target.send("GET", answer.headers["Location"], token=None, elsewhere=True)
    assert there.status == 200, f"{there}: where {url} leads, without the token, expected 200"


@check("BFI-023")
def the_length_is_that_of_the_file(target: Target) -> None:
    _, answer = first_file(target)
    length = answer.headers.get("Content-Length")
    if length is None:
        omit("no Content-Length is sent")
    assert int(length) == len(answer.body), f"{answer}: Content-Length is {length}, and {len(answer.body)} bytes came"
