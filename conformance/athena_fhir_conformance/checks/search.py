"""What any search does: bundles, links, tokens, strings, references, dates and includes. FHIR R4, search.html."""

import re

from athena_fhir_conformance.asking import found, ids, links, outcome_problem
from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.matching import is_token, points_to, tokens, values
from athena_fhir_conformance.problems import NotJson
from athena_fhir_conformance.profiles import Profile
from athena_fhir_conformance.sample import Json, Sample, resources
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, skip

CONDITIONS = "Condition"


def observations(target: Target, sample: Sample, **more: str) -> Exchange:
    """A patient's observations."""
    return target.get("Observation", params={**sample.criterion("Observation", sample.patient()["id"]), **more})


@check("SRC-001")
def a_search_answers_a_searchset(target: Target, sample: Sample) -> None:
    if not found(observations(target, sample)):
        skip("the patient has no observation")


@check("SRC-002")
def post_finds_what_get_finds(target: Target, sample: Sample) -> None:
    asked = sample.criterion(CONDITIONS, sample.patient()["id"])
    answer = target.send("POST", f"{CONDITIONS}/_search", form={**asked, **practice(target)}, practice=False)
    expected = target.get(CONDITIONS, params=asked)
    assert ids(answer) == ids(expected), f"{answer} finds {len(ids(answer))}, GET finds {len(ids(expected))}"
    totals = (answer.json.get("total"), expected.json.get("total"))
    assert totals[0] == totals[1], f"total of POST and GET: {totals}"


def practice(target: Target) -> dict[str, str]:
    return {"ah-practice": target.practice} if target.profile.practice else {}


@check("SRC-003")
def post_takes_parameters_of_url_and_body(target: Target, sample: Sample) -> None:
    seen = sample.one(CONDITIONS)
    patient = seen["subject"]["reference"].rpartition("/")[2]
    if "_id" not in target.parameters(CONDITIONS):
        omit("_id is not declared for Condition")
    answer = target.send(
        "POST",
        f"{CONDITIONS}/_search",
        params={"_id": seen["id"]},
        form={"patient": patient, **practice(target)},
        practice=False,
    )
    assert ids(answer) == [seen["id"]], f"{answer}: {len(ids(answer))} matches, expected the one of both"


@check("SRC-004", "ERR-013")
def post_of_another_content_type_is_refused(target: Target) -> None:
    answer = target.send("POST", f"{CONDITIONS}/_search", json={"patient": "x"})
    assert answer.status in (415, 400), f"{answer} of a JSON body, expected 415"


@check("SRC-005")
def nothing_found_is_an_empty_searchset(target: Target, sample: Sample) -> None:
    answer = observations(target, sample, date="1801-01-01")
    assert not found(answer), f"{answer} finds something of 1801"
    assert answer.json.get("total", 0) == 0, f"total is {answer.json.get('total')}"


@check("SRC-006")
def what_was_ignored_is_not_in_self(target: Target, sample: Sample, profile: Profile) -> None:
    answer = observations(target, sample, **{"no-such-parameter": "x"})
    if answer.status in (400, 403):
        omit("unknown parameters are refused")
    found(answer)
    told = links(answer).get("self", "")
    assert told, f"{answer} has no self link"
    assert "patient=" in told, "the self link lacks patient, which was used"
    assert "no-such-parameter" not in told, "the self link has a parameter that no server knows"


@check("SRC-007")
def entries_say_where_they_are(target: Target, sample: Sample) -> None:
    answer = observations(target, sample)
    found(answer)
    wrong = [
        entry.get("fullUrl")
        for entry in answer.json.get("entry", [])
        if entry["resource"]["resourceType"] != "OperationOutcome"
        and entry.get("fullUrl") != f"{target.base}/{entry['resource']['resourceType']}/{entry['resource']['id']}"
    ]
    assert not wrong, f"fullUrl {wrong[0]!r}, expected {target.base}/Observation/…"


@check("SRC-008")
def entries_say_why_they_are_there(target: Target, sample: Sample) -> None:
    answer = observations(target, sample, _revinclude="Provenance:target")
    found(answer)
    for entry in answer.json.get("entry", []):
        mode = entry.get("search", {}).get("mode")
        kind = entry["resource"]["resourceType"]
        expected = {"Observation": "match", "OperationOutcome": "outcome"}.get(kind, "include")
        assert mode == expected, f"mode of {kind} is {mode!r}, expected {expected}"


@check("SRC-009")
def an_entry_is_there_once(target: Target, sample: Sample) -> None:
    answer = observations(target, sample, _revinclude="Provenance:target")
    found(answer)
    urls = [entry.get("fullUrl") for entry in answer.json.get("entry", [])]
    assert len(urls) == len(set(urls)), "a fullUrl is there twice"
    assert not [url for url in urls if "/_history/" in str(url)], "a fullUrl names a version"


@check("SRC-010")
def no_entries_is_no_member(target: Target, sample: Sample) -> None:
    answer = observations(target, sample, date="1801-01-01")
    assert answer.json.get("entry") != [], "entry is an empty list, expected that it is left out"


@check("SRC-011")
def the_total_is_the_number_of_matches(target: Target, sample: Sample, profile: Profile) -> None:
    total = observations(target, sample).json.get("total")
    if total is None:
        omit("no total is sent")
    everything = sample.every("Observation", sample.patient()["id"])
    assert total == len(everything), f"total is {total}, over all pages there are {len(everything)}"


@check("SRC-012")
def repeated_parameters_are_and(target: Target, sample: Sample) -> None:
    everything = sample.every("Observation", sample.patient()["id"])
    days = sorted({each["effectiveDateTime"][:10] for each in everything if each.get("effectiveDateTime")})
    if len(days) < 3:
        skip("the patient's observations are of fewer than three days")
    low, high = days[len(days) // 3], days[2 * len(days) // 3]
    answer = observations(target, sample, date=[f"le{high}", f"ge{low}"])  # type: ignore[arg-type]  # httpx repeats it
    outside = [
        each["id"]
        for each in found(answer)
        if each.get("effectiveDateTime") and not low <= each["effectiveDateTime"][:10] <= high
    ]
    assert not outside, f"{answer}: {len(outside)} are outside of {low} to {high}"
    assert found(answer), f"{answer} finds none of {low} to {high}"


@check("SRC-014")
def escaped_commas_are_commas(target: Target, sample: Sample) -> None:
    name = sample.patient()["name"][0]["family"]
    both = target.get("Patient", params={"name": f"{name},Nobodyofthisname"})
    answer = target.get("Patient", params={"name": f"Nobodyofthisname\\,{name}"})
    assert ids(both), f"{both} finds nobody, expected whom either name finds"
    assert not ids(answer), f"{answer} finds somebody; an escaped comma is a part of the name"


@check("SRC-015")
def an_id_finds_exactly_one(target: Target, sample: Sample) -> None:
    id = sample.patient()["id"]
    answer = target.get("Patient", params={"_id": id})
    assert ids(answer) == [id], f"{answer} finds {len(ids(answer))}, expected the one with this id"


@check("SRC-016")
def what_changed_is_found_by_its_instant(target: Target, sample: Sample) -> None:
    everything = sample.every("Observation", sample.patient()["id"])
    stamps = sorted(each["meta"]["lastUpdated"][:10] for each in everything if each.get("meta", {}).get("lastUpdated"))
    day = stamps[len(stamps) // 2] if stamps else skip("no observation has meta.lastUpdated")
    answer = observations(target, sample, _lastUpdated=f"ge{day}")
    early = [each["id"] for each in found(answer) if each.get("meta", {}).get("lastUpdated", "9")[:10] < day[:8]]
    assert not early, f"{answer}: {len(early)} were updated before"
    assert found(answer), f"{answer} finds nothing of {day} or later"
    never = observations(target, sample, _lastUpdated="lt1950-01-01")
    assert not found(never), f"{never} finds what was updated later"


def coded(sample: Sample) -> tuple[Json, str, str]:
    """An observation of the patient with system and code."""
    for each in sample.of("Observation", sample.patient()["id"]):
        for system, code in tokens(each.get("code", {})):
            if system and code:
                return each, system, code
    skip("no observation has a code with a system")


@check("SRC-017")
def a_code_matches_any_system(target: Target, sample: Sample) -> None:
    seen, _, code = coded(sample)
    answer = observations(target, sample, code=code)
    assert seen["id"] in ids(answer), f"{answer}: Observation/{seen['id']} has the code and is not found"
    wrong = [each["id"] for each in found(answer) if not is_token(each.get("code", {}), code)]
    assert not wrong, f"{answer}: Observation/{wrong[0]} has another code"


@check("SRC-018")
def a_code_matches_in_its_system_only(target: Target, sample: Sample) -> None:
    seen, system, code = coded(sample)
    answer = observations(target, sample, code=f"{system}|{code}")
    assert seen["id"] in ids(answer), f"{answer}: Observation/{seen['id']} has the code and is not found"
    other = observations(target, sample, code=f"http://example.org/no-such-system|{code}")
    assert not ids(other), f"{other}: finds something in a system that nothing has"


@check("SRC-019")
def a_system_alone_matches_all_its_codes(target: Target, sample: Sample) -> None:
    seen, system, _ = coded(sample)
    answer = observations(target, sample, code=f"{system}|")
    if answer.status == 400:
        omit("a system without a code is refused")
    assert seen["id"] in ids(answer), f"{answer}: Observation/{seen['id']} has a code of it and is not found"
    none = observations(target, sample, code="|no-such-code")
    assert not ids(none), f"{none}: finds something without a system"


@check("SRC-020")
def the_case_of_a_code_does_not_matter(target: Target, sample: Sample) -> None:
    gender = sample.patient().get("gender") or skip("the patient has no gender")
    name = sample.patient()["name"][0]["family"]
    if "gender" not in target.parameters("Patient"):
        omit("gender is not declared")
    answer = target.get("Patient", params={"family": name, "gender": gender.upper()})
    assert sample.patient()["id"] in ids(answer), f"{answer} does not find the patient with {gender}"


@check("SRC-021")
def every_coding_is_looked_at(target: Target, sample: Sample) -> None:
    for each in sample.of(CONDITIONS, sample.patient()["id"]):
        codings = [pair for pair in tokens(each.get("code", {})) if all(pair)]
        if len(codings) > 1:
            system, code = codings[-1]
            asked = sample.criterion(CONDITIONS, sample.patient()["id"])
            answer = target.get(CONDITIONS, params={**asked, "code": f"{system}|{code}"})
            assert each["id"] in ids(answer), f"{answer}: Condition/{each['id']} has it as its last coding"
            return
    skip("no condition has several codings")


@check("SRC-022")
def a_string_matches_the_beginning_in_any_case(target: Target, sample: Sample) -> None:
    patient = sample.patient()
    family = patient["name"][0]["family"]
    answer = target.get("Patient", params={"name": family[: max(3, len(family) - 1)].swapcase()})
    assert patient["id"] in ids(answer), f"{answer} does not find the patient"
    inside = target.get("Patient", params={"name": f"x{family}"})
    assert patient["id"] not in ids(inside), f"{inside} finds the patient, whose name begins otherwise"
    middle, words = family[1:].lower(), re.findall(r"[^\W\d_]+", str(patient["name"]).lower())
    if len(middle) > 1 and not any(word.startswith(middle) for word in words):
        within = target.get("Patient", params={"name": middle})
        assert patient["id"] not in ids(within), f"{within} finds the patient by the middle of a name"


@check("SRC-023")
def exact_and_contains_are_understood(target: Target, sample: Sample, profile: Profile) -> None:
    patient = sample.patient()
    family = patient["name"][0]["family"]
    if profile.required_combinations:
        omit("the real API does not declare modifiers")
    exact = target.get("Patient", params={"family:exact": family.swapcase()})
    assert patient["id"] not in ids(exact), f"{exact} finds the name in another case"
    contains = target.get("Patient", params={"family:contains": family[1:]})
    assert patient["id"] in ids(contains), f"{contains} does not find the patient"


@cases("part", ["family", "given"])
@check("SRC-024")
def name_looks_at_every_part(target: Target, sample: Sample, part: str) -> None:
    patient = sample.patient()
    text = next((value for value in values(patient, f"name.{part}") if len(value) >= 3), "")
    answer = target.get("Patient", params={"name": text or skip(f"the patient has no {part} name")})
    assert patient["id"] in ids(answer), f"{answer} does not find the patient by {part}"


@check("SRC-025")
def an_unknown_modifier_is_refused(target: Target, sample: Sample) -> None:
    answer = target.get(
        "Patient", params={"name": sample.patient()["name"][0]["family"], "gender:no-such-modifier": "male"}
    )
    assert answer.status in (400, 403), f"{answer}, expected 400"


@check("SRC-026")
def missing_is_understood(target: Target, sample: Sample, profile: Profile) -> None:
    if profile.required_combinations:
        omit("the real API does not declare modifiers")
    answer = observations(target, sample, **{"code:missing": "true"})
    wrong = [each["id"] for each in found(answer) if each.get("code")]
    assert not wrong, f"{answer}: Observation/{wrong[0]} has a code"


@cases(
    "form",
    [
        case("Patient/{id}", id="relative", requirements=("SRC-027",)),
        case("{base}/Patient/{id}", id="absolute", requirements=("SRC-028",)),
    ],
)
@check()
def a_reference_has_forms(target: Target, sample: Sample, form: str) -> None:
    id = sample.patient()["id"]
    if form.startswith("{base}") and target.profile.required_combinations:
        omit("the real API takes ids only")
    asked = sample.criterion(CONDITIONS, id)
    answer = target.get(CONDITIONS, params={**asked, "patient": form.format(id=id, base=target.base)})
    expected = target.get(CONDITIONS, params=asked)
    assert ids(answer) == ids(expected), f"{answer} finds {len(ids(answer))}, the bare id {len(ids(expected))}"


@check("SRC-029")
def a_reference_of_another_type_is_not_found(target: Target, sample: Sample, profile: Profile) -> None:
    if "subject" not in target.parameters("Observation"):
        omit("subject is not declared for Observation")
    answer = target.get("Observation", params={"subject": f"Group/{sample.patient()['id']}"})
    assert not ids(answer), f"{answer} finds observations of the patient with this id"


@check("SRC-038", "SRC-039")
def what_is_referenced_is_included(target: Target, sample: Sample) -> None:
    if "MedicationRequest:medication" not in target.types.get("MedicationRequest", {}).get("searchInclude", []):
        omit("the include is not declared")
    asked = sample.criterion("MedicationRequest", of_patient_with(sample, "MedicationRequest", "medicationReference"))
    answer = target.get("MedicationRequest", params={**asked, "_include": "MedicationRequest:medication"})
    wanted = {value["reference"] for each in found(answer) for value in values(each, "medicationReference")}
    included = {f"Medication/{each['id']}" for each in resources(answer, "Medication", "include")}
    assert wanted and wanted <= included, f"{answer}: {len(wanted - included)} of {len(wanted)} medications are missing"


def of_patient_with(sample: Sample, type: str, element: str) -> str:
    for each in sample.resources(type):
        if element in each:
            return str(each["subject"]["reference"]).rpartition("/")[2]
    skip(f"no {type} that was seen has {element}")


@check("SRC-040")
def what_references_is_included(target: Target, sample: Sample) -> None:
    answer = observations(target, sample, _revinclude="Provenance:target")
    matches = {f"Observation/{each['id']}" for each in found(answer)}
    if not matches:
        skip(f"{answer} finds no observation")
    included = resources(answer, "Provenance", "include")
    if not included:
        sample.seen("Provenance")
    assert included, f"{answer} includes no Provenance"
    for each in included:
        targets = {value.get("reference") for value in values(each, "target")}
        assert targets & matches, f"{answer}: Provenance/{each['id']} is about none of the matches"


@check("SRC-041")
def includes_do_not_change_the_matches(target: Target, sample: Sample) -> None:
    plain, included = observations(target, sample), observations(target, sample, _revinclude="Provenance:target")
    assert ids(plain) == ids(included), (
        f"{included} has {len(ids(included))} matches, without includes {len(ids(plain))}"
    )
    totals = (plain.json.get("total"), included.json.get("total"))
    assert totals[0] == totals[1], f"total without and with includes: {totals}"


@check("SRC-044")
def an_unknown_include_is_no_fault_of_the_server(target: Target, sample: Sample) -> None:
    answer = observations(target, sample, _include="Observation:no-such-parameter")
    assert answer.status in (200, 400, 403), f"{answer}, expected 200 or 400"


@check("SRC-055")
def an_unknown_patient_has_nothing(target: Target, profile: Profile) -> None:
    answer = target.get("Observation", params={"patient": "a-1.E-99999999"})
    assert answer.status == 200, f"{answer}, expected 200 with nothing"
    assert not resources(answer), f"{answer} finds something"


@check("SRC-058")
def nothing_is_hidden_by_its_status(target: Target, sample: Sample) -> None:
    for type in ("Observation", CONDITIONS, "Immunization", "Procedure", "MedicationRequest"):
        for each in sample.resources(type):
            marks = [each.get("status"), *(code for _, code in tokens(each.get("verificationStatus", {})))]
            if "entered-in-error" in marks:
                patient = str((each.get("subject") or each["patient"])["reference"]).rpartition("/")[2]
                assert each["id"] in {one["id"] for one in sample.every(type, patient)}, (
                    f"{type}/{each['id']} is hidden"
                )
                return
    if "status" not in target.parameters("Observation") or target.profile.required_combinations:
        skip("nothing that was seen was entered in error")
    marked = target.get("Observation", params={"status": "entered-in-error", "_count": "1"})
    here = found(marked) or skip("nothing was entered in error")
    each = here[0]
    patient = each["subject"]["reference"].rpartition("/")[2]
    assert each["id"] in {one["id"] for one in sample.every("Observation", patient)}, (
        f"Observation/{each['id']} is hidden"
    )


@check("SRC-059")
def what_is_found_is_of_the_patient(target: Target, sample: Sample) -> None:
    id = sample.patient()["id"]
    for type in target.types:
        if "patient" in target.parameters(type) and target.offers(type, "search-type"):
            for each in sample.of(type, id):
                texts = [
                    each.get(name) for name in ("subject", "patient", "beneficiary") if isinstance(each.get(name), dict)
                ]
                assert not texts or any(points_to(text, id, target.base) for text in texts), (
                    f"{type}/{each['id']} is found for a patient who is not its own"
                )


@check("SRC-062")
def links_lead_to_this_server_and_carry_no_token(target: Target, sample: Sample) -> None:
    answer = observations(target, sample, _count="1")
    found(answer)
    for relation, url in links(answer).items():
        assert url.startswith(target.base), f"the {relation} link is {url[:60]}, expected {target.base}/…"
        assert not any(secret in url for secret in target.secrets), f"the {relation} link has the token in it"


@check("SRC-065")
def a_search_for_all_is_answered_or_refused(target: Target) -> None:
    answer = target.get(CONDITIONS)
    assert answer.status in (200, 400, 403), f"{answer}, expected a page or a refusal"
    problem = "" if answer.status == 200 else outcome_problem(answer, target.profile.string_details)
    assert not problem, problem


@check("SRC-056")
def outcomes_in_results_are_no_errors(target: Target, sample: Sample, profile: Profile) -> None:
    answer = observations(target, sample, **{"no-such-parameter": "x"})
    try:
        outcomes = [each["resource"] for each in answer.json.get("entry", []) if each["resource"].get("issue")]
    except NotJson:
        outcomes = []
    if not outcomes:
        omit("no outcome accompanies results")
    severe = {issue["severity"] for each in outcomes for issue in each["issue"]} & {"fatal", "error"}
    assert not severe, f"{answer}: an outcome beside results says {severe}"
