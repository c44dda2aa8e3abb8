"""What comes back of a search and in which order: summaries, sorting, formats, handling, chains, dates."""

from athena_fhir_conformance.asking import found, ids, links, refused
from athena_fhir_conformance.checking import cases, check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.matching import is_in_time, values
from athena_fhir_conformance.profiles import Profile
from athena_fhir_conformance.sample import Json, Sample, resources
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, skip


def observations(target: Target, sample: Sample, headers: dict[str, str] | None = None, **more: str) -> Exchange:
    """A patient's observations."""
    asked = {**sample.criterion("Observation", sample.patient()["id"]), **more}
    return (
        target.get("Observation", params=asked, headers=headers) if headers else target.get("Observation", params=asked)
    )


def whole_r4(profile: Profile) -> None:
    if profile.required_combinations:
        omit("the real API does not declare it")


@check("SRC-047")
def a_count_has_no_entries(target: Target, sample: Sample, profile: Profile) -> None:
    whole_r4(profile)
    answer = observations(target, sample, _summary="count")
    assert not found(answer), f"{answer} has entries"
    assert isinstance(answer.json.get("total"), int), f"{answer} has no total"


@cases("kind", ["true", "text", "data"])
@check("SRC-048")
def a_summary_is_marked(target: Target, sample: Sample, profile: Profile, kind: str) -> None:
    whole_r4(profile)
    answer = observations(target, sample, _summary=kind, _count="2")
    for each in found(answer):
        tags = {tag.get("code") for tag in each.get("meta", {}).get("tag", [])}
        assert "SUBSETTED" in tags, f"{answer}: Observation/{each['id']} is not tagged SUBSETTED"


@check("SRC-049")
def only_the_elements_that_were_asked_for_come(target: Target, sample: Sample, profile: Profile) -> None:
    whole_r4(profile)
    answer = target.get("Patient", params={"_id": sample.patient()["id"], "_elements": "identifier"})
    (each,) = found(answer)
    assert "identifier" in each and "address" not in each, f"{answer} has the elements {sorted(each)}"
    tags = {tag.get("code") for tag in each.get("meta", {}).get("tag", [])}
    assert "SUBSETTED" in tags, f"{answer} is not tagged SUBSETTED"


@check("SRC-050")
def results_are_sorted(target: Target, sample: Sample, profile: Profile) -> None:
    whole_r4(profile)
    for order in ("-date", "date"):
        answer = observations(target, sample, _sort=order)
        dates = [each["effectiveDateTime"] for each in found(answer) if each.get("effectiveDateTime")]
        assert dates == sorted(dates, reverse=order == "-date"), f"{answer} is not in the order of dates"


@check("SRC-051")
def the_total_is_as_asked_for(target: Target, sample: Sample, profile: Profile) -> None:
    whole_r4(profile)
    told = observations(target, sample, _total="accurate").json.get("total")
    assert told == len(sample.every("Observation", sample.patient()["id"])), f"the accurate total is {told}"


@check("SRC-052")
def format_overrides_accept(target: Target, sample: Sample) -> None:
    answer = observations(target, sample, {"Accept": "application/fhir+xml"}, _format="json", _count="1")
    assert answer.status == 200, f"{answer} with _format=json, expected 200"
    assert answer.media_type.endswith("json"), f"{answer} is {answer.media_type}"


@check("SRC-053")
def strict_handling_refuses_what_is_unknown(target: Target, sample: Sample, profile: Profile) -> None:
    whole_r4(profile)
    asked = {"no-such-parameter": "x"}
    refused(observations(target, sample, {"Prefer": "handling=strict"}, **asked), 400)


@check("SRC-054")
def lenient_handling_ignores_what_is_unknown(target: Target, sample: Sample, profile: Profile) -> None:
    whole_r4(profile)
    answer = observations(target, sample, {"Prefer": "handling=lenient"}, **{"no-such-parameter": "x"})
    assert answer.status == 200, f"{answer}, expected 200"
    assert "no-such-parameter" not in links(answer).get("self", ""), "the self link has the unknown parameter"


@check("SRC-046")
def a_chain_leads_to_another_type(target: Target, sample: Sample, profile: Profile) -> None:
    whole_r4(profile)
    patient = sample.patient()
    answer = target.get("Observation", params={"patient.family": patient["name"][0]["family"], "_count": "5"})
    if answer.status == 400:
        omit("chains through patient are refused")
    assert found(answer), f"{answer} finds nothing"


@cases("chain", ["practitioner.name", "practitioner.identifier"])
@check("SRC-045")
def roles_are_found_by_their_practitioner(target: Target, sample: Sample, profile: Profile, chain: str) -> None:
    if profile.required_combinations or not target.offers("PractitionerRole", "search-type"):
        omit("PractitionerRole is not searched")
    for role in sample.resources("PractitionerRole"):
        path = role.get("practitioner", {}).get("reference", "")
        for who in (each for each in sample.resources("Practitioner") if f"Practitioner/{each['id']}" == path):
            name, identifier = who["name"][0]["family"], who["identifier"][0]
            value = name if chain.endswith("name") else f"{identifier['system']}|{identifier['value']}"
            answer = target.get("PractitionerRole", params={chain: value})
            assert role["id"] in ids(answer), f"{answer} does not find PractitionerRole/{role['id']}"
            nobody = target.get("PractitionerRole", params={chain: "Nobodyofthisname"})
            assert not ids(nobody), f"{nobody} finds somebody"
            return
    skip("no PractitionerRole whose practitioner is known was seen")


@check("SRC-043")
def includes_name_their_target(target: Target, sample: Sample, profile: Profile) -> None:
    whole_r4(profile)
    answer = observations(target, sample, _include="Observation:subject:Patient", _count="2")
    if answer.status == 400:
        omit("an include with a target type is refused")
    kinds = {each["resourceType"] for each in resources(answer, mode="include")}
    assert kinds == {"Patient"}, f"{answer} includes {sorted(kinds)}, expected the Patient"


@check("SRC-063")
def a_patients_compartment_is_searched(target: Target, sample: Sample, profile: Profile) -> None:
    whole_r4(profile)
    id = sample.patient()["id"]
    answer = target.get(f"Patient/{id}/Condition", params={"_count": "100"})
    expected = target.get("Condition", params=sample.criterion("Condition", id))
    assert sorted(ids(answer)) == sorted(ids(expected)), (
        f"{answer} finds {len(ids(answer))}, patient= {len(ids(expected))}"
    )


@check("SRC-064")
def several_types_are_searched_at_once(target: Target, sample: Sample, profile: Profile) -> None:
    whole_r4(profile)
    answer = target.get("", params={"_type": "Patient,Group", "_count": "2"})
    if not answer.ok:
        omit("a search of the whole system is not offered")
    assert {each["resourceType"] for each in resources(answer)} <= {"Patient", "Group"}, f"{answer} has other types"


def dated(sample: Sample, element: str, type: str = "Observation") -> Json:
    for each in sample.of(type, sample.patient()["id"]):
        if each.get(element):
            return each
    skip(f"no {type} that was seen has {element}")


@check("SRC-030")
def a_month_contains_its_days(target: Target, sample: Sample) -> None:
    seen = dated(sample, "effectiveDateTime")
    month = seen["effectiveDateTime"][:7]
    answer = observations(target, sample, date=month)
    assert seen["id"] in ids(answer), f"{answer}: Observation/{seen['id']} is of the month and is not found"
    wrong = [
        each["id"]
        for each in found(answer)
        if not any(
            is_in_time(value, month)
            for name in ("effectiveDateTime", "effectivePeriod")
            for value in values(each, name)
        )
    ]
    assert not wrong, f"{answer}: Observation/{wrong[0]} is of another month"


@check("SRC-034", "SRC-035")
def an_instant_is_the_same_in_every_zone(target: Target, sample: Sample) -> None:
    from athena_fhir_conformance.zones import elsewhere

    for seen in sample.of("Observation", sample.patient()["id"]):
        text = str(seen.get("effectiveDateTime", ""))
        if len(text) >= 20:
            for value in (text, elsewhere(text)):
                answer = observations(target, sample, date=value)
                assert seen["id"] in ids(answer), (
                    f"{answer}: Observation/{seen['id']} is of that instant and is not found"
                )
            return
    skip("no observation has a time of day")


@check("SRC-033")
def an_open_period_has_no_end(target: Target, sample: Sample) -> None:
    for type, element in (("CareTeam", "period"), ("CarePlan", "period"), ("Encounter", "period")):
        for seen in sample.resources(type):
            period = seen.get(element) or {}
            if "date" in target.parameters(type) and period.get("start") and not period.get("end"):
                patient = seen["subject"]["reference"].rpartition("/")[2]
                answer = target.get(type, params={**sample.criterion(type, patient), "date": "gt2150-01-01"})
                assert seen["id"] in ids(answer), f"{answer}: {type}/{seen['id']} has no end and is not found"
                return
    skip("no resource that was seen has a period without an end")


@check("SRC-037")
def dates_of_any_form_are_searched(target: Target, sample: Sample) -> None:
    for type, element in (
        ("Procedure", "performedPeriod"),
        ("Observation", "effectivePeriod"),
        ("Encounter", "period"),
    ):
        for seen in sample.resources(type):
            start = (seen.get(element) or {}).get("start")
            if start and "date" in target.parameters(type):
                patient = seen["subject"]["reference"].rpartition("/")[2]
                answer = target.get(type, params={**sample.criterion(type, patient), "date": f"ge{start[:10]}"})
                assert seen["id"] in ids(answer), f"{answer}: {type}/{seen['id']} has a period and is not found"
                return
    skip("no resource that was seen has a period")


@cases("prefix", ["ne", "sa", "eb", "ap"])
@check("SRC-032")
def further_prefixes_are_understood(target: Target, sample: Sample, profile: Profile, prefix: str) -> None:
    whole_r4(profile)
    day = dated(sample, "effectiveDateTime")["effectiveDateTime"][:10]
    answer = observations(target, sample, date=f"{prefix}{day}")
    wrong = [
        each["id"]
        for each in found(answer)
        if prefix != "ap"
        and each.get("effectiveDateTime")
        and not is_in_time(each["effectiveDateTime"], f"{prefix}{day}")
    ]
    assert not wrong, f"{answer}: Observation/{wrong[0]} does not match"


@check("SRC-036")
def what_is_no_date_is_refused(target: Target, sample: Sample, profile: Profile) -> None:
    refused(observations(target, sample, date="junk"), *profile.refused_search, string_details=profile.string_details)


@check("SRC-057")
def a_status_is_optional_or_asked_for(target: Target, sample: Sample) -> None:
    answer = target.get("Condition", params={"patient": sample.patient()["id"]})
    assert answer.status in (200, 400), f"{answer}, expected 200, or 400 where a status is demanded"


@check("SRC-060", "ERR-009")
def a_type_without_scope_is_forbidden(target: Target, sample: Sample) -> None:
    if not target.credentials.can_ask:
        skip("a token of another scope needs --client-id")
    token = target.tokens.of("system/Patient.read" if target.profile.wildcard_scopes else "system/Patient.rs")
    answer = target.get("Observation", token=token, params={"patient": sample.patient()["id"]})
    assert answer.status == 403, f"{answer} with a token for Patient only, expected 403"
    allowed = target.get("Patient", token=token, params={"_id": sample.patient()["id"]})
    assert allowed.status == 200, f"{allowed} with a token for it, expected 200"


@check("SRC-066")
def a_patients_documents_are_asked_for(target: Target, sample: Sample) -> None:
    row = target.types.get("DocumentReference", {})
    if "docref" not in {str(each.get("name")).lstrip("$") for each in row.get("operation", [])}:
        omit("$docref is not declared")
    answer = target.get("DocumentReference/$docref", params={"patient": sample.patient()["id"]})
    assert answer.resource_type == "Bundle", f"{answer}, expected a Bundle"


@check("MIS-B9", profiles=("mission",))
def reports_are_searched_by_patient_category_and_date(target: Target, sample: Sample) -> None:
    id = sample.patient()["id"]
    answer = target.get("DiagnosticReport", params={"patient": id, "category": "LAB", "date": "ge2024-01-01"})
    for each in found(answer):
        codes = {code.get("code") for value in each.get("category", []) for code in value.get("coding", [])}
        assert "LAB" in codes, f"{answer}: DiagnosticReport/{each['id']} is of {sorted(map(str, codes))}"
        assert is_in_time(each.get("effectiveDateTime") or each["effectivePeriod"], "ge2024-01-01"), "one is older"
    assert found(answer) or not any(is_report_of_laboratory(each) for each in sample.of("DiagnosticReport", id)), (
        f"{answer} finds nothing"
    )
    if not found(answer):
        skip("the patient has no laboratory report since 2024")


def is_report_of_laboratory(report: Json) -> bool:
    """Whether it has the category LAB and is of 2024 or later."""
    codes = {code.get("code") for value in report.get("category", []) for code in value.get("coding", [])}
    time = report.get("effectiveDateTime") or report.get("effectivePeriod")
    return "LAB" in codes and bool(time) and is_in_time(time, "ge2024-01-01")


@check("SRC-067")
def note_types_are_expanded(target: Target) -> None:
    if "ValueSet" not in target.types:
        omit("ValueSet is not declared")
    url = "http://hl7.org/fhir/us/core/ValueSet/us-core-documentreference-type"
    answer = target.get("ValueSet/$expand", params={"url": url})
    assert answer.resource_type == "ValueSet", f"{answer}, expected a ValueSet"
    assert answer.json.get("expansion", {}).get("contains"), f"{answer} has no codes"
