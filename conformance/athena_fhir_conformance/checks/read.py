"""Reading one resource: FHIR R4, http.html#read."""

import re

from athena_fhir_conformance.checking import check
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import FHIR_JSON, Target
from athena_fhir_conformance.verdicts import omit

NOWHERE = "a-1.E-99999999"


@check("RED-001")
def a_resource_is_read_by_its_type_and_id(target: Target, sample: Sample) -> None:
    id = sample.patient()["id"]
    answer = target.get(f"Patient/{id}")
    assert answer.status == 200, f"{answer}, expected 200"
    assert (answer.resource_type, answer.json.get("id")) == ("Patient", id), f"{answer} is not Patient/{id}"


@check("RED-002")
def a_resource_has_the_fhir_media_type(target: Target, sample: Sample) -> None:
    answer = target.get(f"Patient/{sample.patient()['id']}")
    assert answer.media_type == FHIR_JSON, (
        f"Content-Type is {answer.headers.get('Content-Type')!r}, expected {FHIR_JSON}"
    )


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


@check("RED-019")
def ids_have_the_form_of_ids(sample: Sample) -> None:
    wrong = [id for each in sample.everything() if not re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", id := str(each.get("id")))]
    assert not wrong, f"ids of another form: {wrong[:5]}"


@check("RED-014")
def the_current_version_is_read_by_its_number(target: Target, sample: Sample) -> None:
    if not target.offers("Patient", "vread"):
        omit("vread is not declared for Patient")
    id = sample.patient()["id"]
    patient = target.get(f"Patient/{id}").json
    answer = target.get(f"Patient/{id}/_history/{patient['meta']['versionId']}")
    assert answer.status == 200, f"{answer}, expected 200"
    assert answer.json == patient, f"{answer} is not what the read answered"
