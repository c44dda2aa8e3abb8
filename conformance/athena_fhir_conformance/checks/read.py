"""Reading one resource, its versions and its history: FHIR R4, http.html#read."""

import re
from email.utils import format_datetime
from typing import Any

from athena_fhir_conformance.asking import is_fhir, without_narrative
from athena_fhir_conformance.checking import check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.matching import span, values
from athena_fhir_conformance.profiles import Profile
from athena_fhir_conformance.sample import Sample, resources
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, skip

NOWHERE = "a-1.E-99999999"
"""An id of the form of athena's, of nobody."""


def read_patient(target: Target, sample: Sample, **options: Any) -> Exchange:
    return target.get(f"Patient/{sample.patient()['id']}", **options)


@check("RED-001")
def a_resource_of_each_type_is_read_by_its_id(target: Target, sample: Sample) -> None:
    for type in target.types:
        if target.offers(type, "read") and (seen := sample.resources(type)):
            answer = target.get(f"{type}/{seen[0]['id']}")
            assert answer.status == 200, f"{answer}, expected 200"
            told = (answer.resource_type, answer.json.get("id"))
            assert told == (type, seen[0]["id"]), f"{answer} is {told}"


@check("RED-002")
def a_resource_has_the_fhir_media_type(target: Target, sample: Sample) -> None:
    answer = read_patient(target, sample)
    assert is_fhir(answer), f"Content-Type is {answer.headers.get('Content-Type')!r}, expected application/fhir+json"


@check("RED-003")
def an_unknown_id_is_not_found(target: Target) -> None:
    answer = target.get(f"Patient/{NOWHERE}")
    assert answer.status == 404, f"{answer}, expected 404"


@check("RED-004")
def an_unknown_id_is_explained_by_an_outcome(target: Target) -> None:
    answer = target.get(f"Patient/{NOWHERE}")
    assert answer.resource_type == "OperationOutcome", f"{answer} has {answer.resource_type or answer.media_type}"


@check("RED-005")
def an_unknown_type_is_not_found(target: Target) -> None:
    answer = target.get("NoSuchType/1")
    assert answer.status == 404, f"{answer}, expected 404"


@check("RED-007")
def the_case_of_a_url_matters(target: Target, sample: Sample) -> None:
    answer = target.get(f"patient/{sample.patient()['id']}")
    assert answer.status == 404, f"{answer}, expected 404"


@check("RED-008")
def a_read_has_an_etag(target: Target, sample: Sample, profile: Profile) -> None:
    if not profile.versions:
        omit("the real API has no versions")
    answer = read_patient(target, sample)
    assert answer.headers.get("ETag"), "a read has no ETag"


@check("RED-009")
def the_etag_is_the_version(target: Target, sample: Sample) -> None:
    answer = read_patient(target, sample)
    told = answer.headers.get("ETag") or omit("no ETag is sent")
    version = answer.json.get("meta", {}).get("versionId")
    assert told == f'W/"{version}"', f"ETag is {told}, meta.versionId {version!r}"


@check("RED-010")
def last_modified_is_last_updated(target: Target, sample: Sample) -> None:
    answer = read_patient(target, sample)
    updated = answer.json.get("meta", {}).get("lastUpdated") or omit("the resource has no meta.lastUpdated")
    expected = format_datetime(span(updated)[0].astimezone(span("2000-01-01")[0].tzinfo), usegmt=True)
    told = answer.headers.get("Last-Modified")
    assert told == expected, f"Last-Modified is {told}, meta.lastUpdated {updated}"


@check("RED-011")
def nothing_is_sent_again_that_is_known_by_its_etag(target: Target, sample: Sample) -> None:
    etag = read_patient(target, sample).headers.get("ETag") or omit("no ETag is sent")
    answer = read_patient(target, sample, headers={"If-None-Match": etag})
    assert answer.status == 304, f"{answer} with its own ETag, 304 is possible"
    assert not answer.body, "a 304 has a body"


@check("RED-012")
def nothing_is_sent_again_that_did_not_change(target: Target, sample: Sample) -> None:
    told = read_patient(target, sample).headers.get("Last-Modified") or omit("no Last-Modified is sent")
    answer = read_patient(target, sample, headers={"If-Modified-Since": told})
    assert answer.status in (200, 304), f"{answer}, expected 304 or 200"


@check("RED-013")
def another_etag_gets_the_resource(target: Target, sample: Sample) -> None:
    answer = read_patient(target, sample, headers={"If-None-Match": 'W/"no-such-version"'})
    assert answer.status == 200, f"{answer} with an ETag that is not its own, expected 200"
    assert answer.json.get("id") == sample.patient()["id"], f"{answer} is another resource"


def version(target: Target, sample: Sample) -> tuple[Exchange, str]:
    """The read of a patient, and the path of its version."""
    if not target.offers("Patient", "vread"):
        omit("vread is not declared for Patient")
    answer = read_patient(target, sample)
    return answer, f"Patient/{sample.patient()['id']}/_history/{answer.json['meta']['versionId']}"


@check("RED-014", "CAP-016")
def the_current_version_is_read_by_its_number(target: Target, sample: Sample) -> None:
    current, path = version(target, sample)
    answer = target.get(path)
    assert answer.status == 200, f"{answer}, expected 200"
    assert answer.json == current.json, f"{answer} is not what the read answered"


@check("RED-015")
def an_unknown_version_is_not_found(target: Target, sample: Sample) -> None:
    _, path = version(target, sample)
    answer = target.get(f"{path.rpartition('/')[0]}/999999")
    assert answer.status == 404, f"{answer}, expected 404"


@check("RED-016")
def a_resource_has_a_history(target: Target, sample: Sample) -> None:
    if not target.offers("Patient", "history-instance"):
        omit("history-instance is not declared for Patient")
    answer = target.get(f"Patient/{sample.patient()['id']}/_history")
    assert answer.status == 200, f"{answer}, expected 200"
    assert answer.json.get("type") == "history", f"{answer} is a Bundle of type {answer.json.get('type')!r}"
    assert sample.patient()["id"] in {each.get("id") for each in resources(answer, mode="")}, "it lacks the resource"


@check("RED-017")
def head_is_get_without_a_body(target: Target, sample: Sample) -> None:
    path = f"Patient/{sample.patient()['id']}"
    answer = target.send("HEAD", path)
    if answer.status in (404, 405, 501):
        omit("HEAD is not supported")
    assert answer.status == 200, f"{answer}, expected 200"
    assert not answer.body, "HEAD has a body"
    for name in ("Content-Type", "ETag", "Last-Modified"):
        told, expected = answer.headers.get(name), target.get(path).headers.get(name)
        assert told == expected, f"{name} of HEAD is {told}, of GET {expected}"


@check("RED-018")
def read_and_search_say_the_same(target: Target, sample: Sample) -> None:
    for type in ("Patient", "Observation", "Condition", "Encounter"):
        for seen in sample.resources(type)[:1]:
            read = target.get(f"{type}/{seen['id']}").json
            differ = sorted(
                name
                for name in {*without_narrative(read), *without_narrative(seen)}
                if read.get(name) != seen.get(name)
            )
            assert not differ, f"{type}/{seen['id']} differs between read and search in {differ}"


@check("RED-019")
def ids_have_the_form_of_ids(sample: Sample) -> None:
    seen = [str(each.get("id")) for each in sample.everything()]
    wrong = [id for id in seen if not re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", id)]
    assert not wrong, f"ids of another form: {wrong[:5]}"


@check("RED-020")
def medications_that_are_referenced_can_be_read(target: Target, sample: Sample) -> None:
    found = [
        each["medicationReference"]["reference"]
        for each in sample.resources("MedicationRequest")
        if each.get("medicationReference", {}).get("reference", "#").startswith("Medication/")
    ]
    path = found[0] if found else skip("no MedicationRequest that was seen references a Medication")
    answer = target.get(path)
    assert answer.resource_type == "Medication", f"{answer}, expected a Medication"


@check("RED-021")
def references_lead_to_the_type_that_they_name(target: Target, sample: Sample) -> None:
    wanted: tuple[tuple[str, str], ...] = (
        ("Observation", "subject"),
        ("Condition", "encounter"),
        ("MedicationRequest", "requester"),
    )
    wanted += (("Encounter", "participant.individual"), ("DiagnosticReport", "result"), ("CarePlan", "goal"))
    for type, path in wanted:
        texts = [value.get("reference", "") for each in sample.resources(type) for value in values(each, path)]
        for text in [text for text in texts if re.fullmatch(r"[A-Z]\w+/[^/]+", text)][:1]:
            answer = target.get(text)
            assert answer.status == 200, f"{type}.{path}: {answer}, expected 200"
            assert answer.resource_type == text.partition("/")[0], f"{answer} is a {answer.resource_type}"


@check("RED-024")
def parts_of_a_resource_are_read(target: Target, sample: Sample, profile: Profile) -> None:
    if not profile.versions:
        omit("the real API does not offer _elements")
    answer = read_patient(target, sample, params={"_elements": "name"})
    assert answer.status == 200, f"{answer}, expected 200"
    tags = {tag.get("code") for tag in answer.json.get("meta", {}).get("tag", [])}
    assert "SUBSETTED" in tags, f"{answer} is not tagged SUBSETTED"
    assert "address" not in answer.json, f"{answer} has an address, which was not asked for"


@check("RED-025")
def a_method_that_is_not_offered_is_405(target: Target, sample: Sample) -> None:
    answer = target.send("PUT", "metadata", json={"resourceType": "Patient"})
    assert answer.status in (401, 403, 404, 405), f"{answer}, expected 405"
    assert answer.status != 405 or answer.headers.get("Allow"), f"{answer} has no Allow header"


@check("RED-026")
def who_is_not_known_learns_nothing_of_ids(target: Target) -> None:
    answer = target.get(f"Patient/{NOWHERE}", token=None)
    assert answer.status == 401, f"{answer} without a token, expected 401"


@check("ATH-014", profiles=("athena",))
def a_read_says_where_it_is(target: Target, sample: Sample) -> None:
    answer = read_patient(target, sample)
    assert "/Patient/" in answer.headers.get("Location", ""), f"Location is {answer.headers.get('Location')!r}"


@check("ATH-015", profiles=("athena",))
def there_are_no_versions(target: Target, sample: Sample) -> None:
    answer = read_patient(target, sample)
    told = answer.headers.get("ETag") or answer.json.get("meta", {}).get("versionId")
    assert not told, f"a version is told: {told}"


@check("ATH-027", profiles=("athena",))
def groups_are_not_shown(target: Target) -> None:
    for path in ("Group", "Group/a-1.C-1"):
        answer = target.get(path)
        assert answer.status in (400, 403, 404, 405), f"{answer}, expected a refusal"


@check("ATH-025", profiles=("athena",))
def ids_name_the_practice_and_the_kind(sample: Sample) -> None:
    seen = [str(each.get("id")) for each in sample.everything()]
    wrong = [id for id in seen if not re.fullmatch(r"a-\d+\.[A-Za-z]+[.-].+", id)]
    assert not wrong, f"ids of another form: {wrong[:5]}"
