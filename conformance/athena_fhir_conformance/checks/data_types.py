"""What each type has to show: elements that must occur, and rules that hold for every resource. US Core 6.1.0."""

from athena_fhir_conformance.asking import found
from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.matching import tokens, values
from athena_fhir_conformance.profiles import Profile
from athena_fhir_conformance.sample import Json, Sample
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, skip

ENOUGH = 20
"""Resources of a type among which what must be supported has to occur; with fewer, chance may have left it out."""

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"

OCCUR = {
    "DAT-010": (
        "Patient",
        "identifier.system identifier.value name.family name.given gender birthDate address telecom communication",
    ),
    "DAT-013": ("Condition", "clinicalStatus verificationStatus category code subject"),
    "DAT-016": ("Observation", "status category code subject"),
    "DAT-023": ("MedicationRequest", "status intent subject requester authoredOn dosageInstruction.text"),
    "DAT-025": ("Immunization", "vaccineCode.coding.code status primarySource"),
    "DAT-026": ("Procedure", "status code subject"),
    "DAT-027": (
        "Encounter",
        "class.code type status period participant reasonCode location hospitalization identifier",
    ),
    "DAT-028": ("CarePlan", "category text.status intent status"),
    "DAT-029": ("CareTeam", "participant.role participant.member"),
    "DAT-030": ("Goal", "lifecycleStatus description.text"),
    "DAT-031": ("Provenance", "target recorded agent.type agent.who"),
    "DAT-033": ("Practitioner", "identifier name.family"),
    "DAT-034": ("Organization", "name active"),
    "DAT-035": ("Location", "name status address"),
    "MIS-B2": ("DiagnosticReport", "category status effectiveDateTime issued conclusion presentedForm"),
    "MIS-B3": (
        "CarePlan",
        "status intent title description period activity.detail goal activity.detail.scheduledTiming.repeat",
    ),
    "MIS-B4": ("Encounter", "type class period reasonCode diagnosis hospitalization"),
    "MIS-B5": ("Appointment", "appointmentType start end minutesDuration reasonCode comment"),
    "MIS-B6": ("DocumentReference", "type category date description content.attachment.contentType"),
}


@cases("type, paths", [case(type, paths, id=f"{id}-{type}", requirements=(id,)) for id, (type, paths) in OCCUR.items()])
@check()
def a_type_shows(target: Target, sample: Sample, profile: Profile, request: object, type: str, paths: str) -> None:
    ours = "MIS-" in str(getattr(getattr(request, "node", None), "name", ""))
    if ours and profile.name != "mission":
        omit("the real API's records have another shape")
    if type not in target.types:
        omit(f"{type} is not declared")
    seen = sample.resources(type) or skip(f"the target shows no {type}")
    missing = [path for path in paths.split() if not any(values(each, path) for each in seen)]
    if missing and (len(seen) < ENOUGH or profile.name != "mission"):
        skip(f"in the {len(seen)} {type} that were seen there is no {', '.join(missing)}")
    assert not missing, f"in {len(seen)} {type} there is no {', '.join(missing)}"


def every(sample: Sample, type: str) -> list[Json]:
    return sample.resources(type) or skip(f"the target shows no {type}")


def codes(resource: Json, path: str) -> set[str]:
    return {code for value in values(resource, path) for _, code in tokens(value) if code}


def enough(seen: list[Json], what: str) -> None:
    """Something that should have occurred did not."""
    if len(seen) < ENOUGH:
        skip(f"among the {len(seen)} that were seen there is no {what}")
    raise AssertionError(f"among {len(seen)} there is no {what}")


@cases("url", ["race", "ethnicity", "birthsex"])
@check("DAT-011")
def patients_have_the_extensions_of_uscdi(sample: Sample, url: str) -> None:
    seen = every(sample, "Patient")
    if not any(f"{US_CORE}us-core-{url}" in values(each, "extension.url") for each in seen):
        enough(seen, f"us-core-{url}")


@check("DAT-012")
def somebody_had_another_name(sample: Sample) -> None:
    seen = every(sample, "Patient")
    old = [each for each in seen if "old" in values(each, "name.use") or values(each, "name.period.end")]
    if not old or not any(values(each, "name.suffix") for each in seen):
        enough(seen, "previous name and name with a suffix")


@check("DAT-014")
def clinical_statuses_of_conditions_fit(sample: Sample) -> None:
    for each in every(sample, "Condition"):
        wrong = "entered-in-error" in codes(each, "verificationStatus")
        clinical = codes(each, "clinicalStatus")
        assert not (wrong and clinical), f"Condition/{each['id']} is entered in error and has a clinicalStatus (con-5)"
        abated = any(name.startswith("abatement") for name in each)
        assert not abated or clinical & {"inactive", "resolved", "remission"} or wrong, (
            f"Condition/{each['id']} has abated and is {sorted(clinical)} (con-4)"
        )
        problem = "problem-list-item" in codes(each, "category")
        assert clinical or wrong or not problem, f"Condition/{each['id']} is a problem without clinicalStatus (con-3)"


@check("DAT-015")
def clinical_statuses_of_allergies_fit(sample: Sample) -> None:
    for each in every(sample, "AllergyIntolerance"):
        wrong = "entered-in-error" in codes(each, "verificationStatus")
        clinical = bool(each.get("clinicalStatus"))
        assert clinical != wrong, (
            f"AllergyIntolerance/{each['id']}: clinicalStatus {clinical}, entered in error {wrong}"
        )


@check("DAT-016")
def observations_say_something(sample: Sample) -> None:
    for each in every(sample, "Observation"):
        if each.get("status") in ("entered-in-error", "cancelled"):
            continue
        told = any(name.startswith("value") or name in ("dataAbsentReason", "component", "hasMember") for name in each)
        assert told, f"Observation/{each['id']} has neither a value nor a reason why not, nor parts"


VITALS = {
    "8302-2": {"cm", "[in_i]"},
    "29463-7": {"kg", "g", "[lb_av]"},
    "39156-5": {"kg/m2"},
    "8867-4": {"/min"},
    "9279-1": {"/min"},
    "8310-5": {"Cel", "[degF]"},
    "59408-5": {"%"},
    "2708-6": {"%"},
    "9843-4": {"cm", "[in_i]"},
    "77606-2": {"%"},
    "8289-1": {"%"},
    "59576-9": {"%"},
    "8480-6": {"mm[Hg]"},
    "8462-4": {"mm[Hg]"},
}
"""LOINC code → UCUM units that the vital signs profiles allow."""


@check("DAT-017")
def vital_signs_have_their_units(sample: Sample) -> None:
    seen = 0
    for each in every(sample, "Observation"):
        for part in [each, *each.get("component", [])]:
            for code in codes(part, "code") & set(VITALS):
                quantity = part.get("valueQuantity") or {"code": next(iter(VITALS[code]))}
                seen += 1
                assert quantity.get("code") in VITALS[code], (
                    f"Observation/{each['id']}: {code} in {quantity.get('code')!r}, expected {sorted(VITALS[code])}"
                )
        if "85354-9" in codes(each, "code"):
            parts = {code for part in each.get("component", []) for code in codes(part, "code")}
            assert {"8480-6", "8462-4"} <= parts, (
                f"Observation/{each['id']}: a blood pressure with the parts {sorted(parts)}"
            )
    if not seen:
        skip("no vital sign was seen")


@check("DAT-018")
def smoking_is_a_status_of_snomed(target: Target, sample: Sample) -> None:
    seen = [each for each in every(sample, "Observation") if "72166-2" in codes(each, "code")]
    if not seen:
        asked = sample.criterion("Observation", sample.patient()["id"])
        seen = found(target.get("Observation", params={**asked, "code": "72166-2"}))
    if not seen:
        skip("no smoking status was seen")
    for each in seen:
        systems = {system for value in values(each, "valueCodeableConcept") for system, _ in tokens(value)}
        assert "http://snomed.info/sct" in systems, (
            f"Observation/{each['id']}: the value's systems are {sorted(systems)}"
        )


@check("DAT-019")
def laboratory_results_are_of_loinc(sample: Sample) -> None:
    seen = [each for each in every(sample, "Observation") if "laboratory" in codes(each, "category")]
    if not seen:
        enough(every(sample, "Observation"), "laboratory result")
    for each in seen:
        systems = {system for value in values(each, "code") for system, _ in tokens(value)}
        assert "http://loinc.org" in systems or not systems, f"Observation/{each['id']} has a code of {sorted(systems)}"


@check("DAT-020")
def reports_are_of_the_laboratory_or_notes(sample: Sample) -> None:
    seen = every(sample, "DiagnosticReport")
    lab = [each for each in seen if "LAB" in codes(each, "category")]
    if not lab:
        enough(seen, "report of the laboratory")
    if not any(each.get("result") for each in lab):
        enough(lab, "result")


NOTES = {"11488-4", "18842-5", "34117-2", "28570-0", "11506-3"}


@check("DAT-021")
def notes_are_of_the_common_types(sample: Sample) -> None:
    seen = every(sample, "DocumentReference")
    if not any("clinical-note" in codes(each, "category") for each in seen):
        enough(seen, "clinical note")
    types = {code for each in seen for code in codes(each, "type")}
    if len(NOTES & types) < 2:
        enough(seen, f"two of the note types {', '.join(sorted(NOTES))}")


@check("DAT-022")
def notes_of_reports_are_documents_too(target: Target, sample: Sample) -> None:
    reports = {
        url
        for each in sample.resources("DiagnosticReport")
        for url in values(each, "presentedForm.url")
        if "LAB" not in codes(each, "category")
    }
    if not reports:
        skip("no report that is a note has an attachment by URL")
    documents = {
        url for each in sample.resources("DocumentReference") for url in values(each, "content.attachment.url")
    }
    if not reports & documents:
        skip("of the reports and documents that were seen none have the same attachment")


@check("DAT-024")
def every_intent_is_found(target: Target, sample: Sample) -> None:
    if "intent" not in target.parameters("MedicationRequest"):
        omit("intent is not declared")
    for each in every(sample, "MedicationRequest")[:1]:
        patient = each["subject"]["reference"].rpartition("/")[2]
        answer = target.get("MedicationRequest", params={"patient": patient, "intent": "order,plan", "_count": "100"})
        here = {one["id"] for one in found(answer)}
        wanted = {
            one["id"] for one in sample.every("MedicationRequest", patient) if one.get("intent") in ("order", "plan")
        }
        assert here == wanted, f"{answer} finds {len(here)}, of these intents there are {len(wanted)}"


@check("DAT-025")
def immunizations_that_were_not_done_say_why(sample: Sample) -> None:
    for each in every(sample, "Immunization"):
        assert each.get("occurrenceDateTime") or each.get("occurrenceString"), (
            f"Immunization/{each['id']} has no occurrence"
        )
        if each.get("status") == "not-done":
            assert each.get("statusReason"), f"Immunization/{each['id']} was not done and does not say why"


@check("DAT-026")
def procedures_that_were_done_say_when(sample: Sample) -> None:
    for each in every(sample, "Procedure"):
        if each.get("status") in ("completed", "in-progress"):
            told = any(name.lstrip("_").startswith("performed") for name in each)
            assert told, f"Procedure/{each['id']} is {each['status']} and has no performed[x] (us-core-7)"


@check("DAT-030")
def goals_have_a_date(sample: Sample) -> None:
    seen = every(sample, "Goal")
    if not any(each.get("startDate") or values(each, "target.dueDate") for each in seen):
        enough(seen, "startDate or target.dueDate")


@check("DAT-031")
def provenances_name_an_organisation(sample: Sample) -> None:
    for each in every(sample, "Provenance"):
        for agent in each.get("agent", []):
            who = agent.get("who", {}).get("reference", "")
            if who.startswith(("Practitioner/", "Device/")):
                assert agent.get("onBehalfOf"), (
                    f"Provenance/{each['id']}: {who} acts on behalf of nobody (provenance-1)"
                )


@check("DAT-032")
def every_clinical_type_has_a_provenance(target: Target, sample: Sample) -> None:
    for type in (
        "AllergyIntolerance",
        "Condition",
        "DiagnosticReport",
        "Encounter",
        "Immunization",
        "Observation",
        "Procedure",
    ):
        if "Provenance:target" in target.types.get(type, {}).get("searchRevInclude", []) and sample.resources(type):
            patient = values(sample.resources(type)[0], "subject.reference") + values(
                sample.resources(type)[0], "patient.reference"
            )
            asked = sample.criterion(type, patient[0].rpartition("/")[2])
            answer = target.get(type, params={**asked, "_revinclude": "Provenance:target"})
            kinds = {entry["resource"]["resourceType"] for entry in answer.json.get("entry", [])}
            if "Provenance" not in kinds:
                sample.seen("Provenance")
            assert "Provenance" in kinds, f"{answer} includes no Provenance"


@check("DAT-033")
def practitioners_have_an_npi(sample: Sample, profile: Profile) -> None:
    seen = every(sample, "Practitioner")
    if not any("http://hl7.org/fhir/sid/us-npi" in values(each, "identifier.system") for each in seen):
        enough(seen, "NPI")


@check("DAT-038")
def appointments_have_who_and_when(target: Target, sample: Sample) -> None:
    if "Appointment" not in target.types:
        omit("Appointment is not declared")
    for each in every(sample, "Appointment"):
        assert each.get("status") and each.get("participant"), f"Appointment/{each['id']} lacks status or participant"
        timed = each.get("start") and each.get("end")
        assert timed or each["status"] in ("proposed", "cancelled", "waitlist"), f"Appointment/{each['id']} has no time"


@check("DAT-039")
def groups_are_of_persons_who_exist(target: Target, sample: Sample, profile: Profile) -> None:
    if not target.offers("Group", "read"):
        omit("Group is not declared to be read")
    for each in every(sample, "Group")[:2]:
        told = (each.get("type"), each.get("actual"))
        assert told == ("person", True), f"Group/{each['id']} has type and actual {told}"
        for member in values(each, "member.entity.reference")[:2]:
            answer = target.get(member)
            assert answer.status == 200, f"a member of Group/{each['id']}: {answer}, expected 200"


STANDARD = (
    "Patient",
    "Observation",
    "Condition",
    "MedicationRequest",
    "AllergyIntolerance",
    "Immunization",
    "Procedure",
)


@check("MIS-B1", profiles=("mission",))
def the_standard_resources_have_data(target: Target, sample: Sample) -> None:
    for type in STANDARD:
        assert type in target.types, f"{type} is not declared"
        assert sample.seen(type), f"there is no {type}"
    kinds = {code for each in sample.resources("Observation") for code in codes(each, "category")}
    assert {"vital-signs", "laboratory"} <= kinds, f"observations are of {sorted(kinds)}"
