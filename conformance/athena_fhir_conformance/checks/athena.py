"""What the real API was seen to do otherwise; docs/fidelity.md says how it is known."""

from athena_fhir_conformance.asking import found, links
from athena_fhir_conformance.checking import cases, check
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import skip

ATHENA = ("athena",)


@check("ATH-001", profiles=ATHENA)
def a_missing_combination_is_403_and_named(target: Target) -> None:
    answer = target.get("Observation", params={"code": "8867-4"})
    assert answer.status == 403, f"{answer}, expected 403"
    assert "patient" in answer.text and "_id" in answer.text, f"{answer} does not name the combinations"


@check("ATH-002", profiles=ATHENA)
def the_practice_has_to_be_named(target: Target, sample: Sample) -> None:
    answer = target.send("GET", f"Patient/{sample.patient()['id']}", practice=False)
    assert answer.status == 400, f"{answer} without ah-practice, expected 400"
    assert "ah-practice" in answer.text, f"{answer} does not say what is missing"


@cases("form", ["whole", "short"])
@check("ATH-003", profiles=ATHENA)
def the_practice_is_named_in_two_ways(target: Target, sample: Sample, form: str) -> None:
    practice = target.practice if form == "whole" else target.practice.rpartition("/")[2]
    answer = target.get(f"Patient/{sample.patient()['id']}", params={"ah-practice": practice})
    assert answer.status == 200, f"{answer}, expected 200"


@check("ATH-004", profiles=ATHENA)
def a_bare_number_is_no_practice(target: Target, sample: Sample) -> None:
    number = target.practice.rpartition("-")[2]
    answer = target.get(f"Patient/{sample.patient()['id']}", params={"ah-practice": number})
    assert answer.status in (400, 403), f"{answer}, expected a refusal"


@check("ATH-005", profiles=ATHENA)
def a_searchset_has_neither_total_nor_id(target: Target, sample: Sample) -> None:
    answer = target.get("Observation", params={"patient": sample.patient()["id"], "_count": "2"})
    found(answer)
    assert not {"total", "id"} & set(answer.json), f"{answer} has {sorted({'total', 'id'} & set(answer.json))}"


@check("ATH-006", "ATH-007", profiles=ATHENA)
def the_cursor_is_the_first_id_of_the_next_page(target: Target, sample: Sample) -> None:
    answer = target.get("Observation", params={"patient": sample.patient()["id"], "_count": "2"})
    told = links(answer)
    assert set(told) <= {"self", "next"}, f"{answer} has the links {sorted(told)}"
    page = target.get(told.get("next") or skip("there is only one page"))
    assert f"cursor={found(page)[0]['id']}" in told["next"], f"the next link of {answer} has another cursor"


@check("ATH-008", profiles=ATHENA)
def a_malformed_patient_is_told_within_a_bundle(target: Target) -> None:
    answer = target.get("Observation", params={"patient": "806"})
    assert answer.status == 200, f"{answer}, expected 200"
    entries = answer.json.get("entry", [])
    told = [(each["resource"]["resourceType"], each.get("search", {}).get("mode")) for each in entries]
    assert told == [("OperationOutcome", "outcome")], f"{answer} has the entries {told}"


@check("ATH-009", profiles=ATHENA)
def a_malformed_id_is_400(target: Target) -> None:
    answer = target.get("Patient", params={"_id": "60178"})
    assert answer.status == 400, f"{answer}, expected 400"
    codes = [issue.get("code") for issue in answer.json.get("issue", [])]
    assert codes == ["business-rule"], f"{answer} has the codes {codes}"


@check("ATH-010", profiles=ATHENA)
def a_path_that_is_not_routed_has_a_plain_sentence(target: Target) -> None:
    answer = target.get("/fhir/dstu2/Patient")
    assert answer.status == 404, f"{answer}, expected 404"
    assert not answer.text.startswith("{"), f"{answer} is JSON"


@check("ATH-011", profiles=ATHENA)
def without_a_token_there_is_no_fhir_body(target: Target, sample: Sample) -> None:
    answer = target.get(f"Patient/{sample.patient()['id']}", token=None)
    assert answer.status == 401, f"{answer}, expected 401"


@check("ATH-012", profiles=ATHENA)
def medications_want_patient_and_intent(target: Target, sample: Sample) -> None:
    id = sample.patient()["id"]
    answer = target.get("MedicationRequest", params={"patient": id})
    assert answer.status == 403, f"{answer} without intent, expected 403"
    found(target.get("MedicationRequest", params=sample.criterion("MedicationRequest", id)))


@check("ATH-013", profiles=ATHENA)
def answers_forbid_storing_and_are_numbered(target: Target, sample: Sample) -> None:
    answer = target.get(f"Patient/{sample.patient()['id']}")
    assert "no-store" in answer.headers.get("Cache-Control", ""), (
        f"Cache-Control is {answer.headers.get('Cache-Control')}"
    )
    assert answer.headers.get("X-Request-Id"), f"{answer} has no X-Request-Id"


@check("ATH-029", profiles=ATHENA)
def appointments_are_not_searched_by_patient(target: Target, sample: Sample) -> None:
    answer = target.get("Appointment", params={"patient": sample.patient()["id"]})
    assert answer.status == 403, f"{answer}, expected 403"
