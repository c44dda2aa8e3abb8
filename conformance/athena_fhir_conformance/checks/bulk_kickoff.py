"""Kicking off an export: Bulk Data 2.0.0, #bulk-data-kick-off-request. What is begun is deleted again."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows import exports
from athena_fhir_conformance.flows.exports import (
    ASYNC,
    TYPES,
    accepted,
    cancelled,
    exported,
    group,
    kicked_off,
    main_export,
)
from athena_fhir_conformance.flows.tokens import token_for
from athena_fhir_conformance.flows.waiting import make_room
from athena_fhir_conformance.judges import schemas
from athena_fhir_conformance.judges.scopes import covers
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import USUAL, Target
from athena_fhir_conformance.verdicts import omit, skip, warn

ONE_TYPE = "_type=Patient"
PROBLEMS = "Condition?clinical-status=active"
SYNTAX = {"Prefer": "respond-async, handling=lenient"}
CATEGORIES = ("encounter-diagnosis", "problem-list-item")


def answered(target: Target, path: str = "", query: str = ONE_TYPE, **options: Any) -> Exchange:
    """A kick-off whose job is deleted at once: what is looked at is the answer."""
    answer = kicked_off(target, path, query, **options)
    token = options.get("token", USUAL)
    cancelled(target, answer, token if token is not None else USUAL)
    return answer


def taken(target: Target, path: str = "", query: str = ONE_TYPE, **options: Any) -> Exchange:
    """The same, for one that must be taken."""
    answer = answered(target, path, query, **options)
    accepted(answer)
    return answer


def not_taken(answer: Exchange, statuses: tuple[int, ...] = ()) -> None:
    """Assert that it was refused, with an OperationOutcome."""
    right = answer.status in statuses if statuses else 400 <= answer.status < 500
    assert right, f"{answer}, expected {' or '.join(map(str, statuses)) or '4xx'}"
    explained(answer)


def explained(answer: Exchange) -> None:
    assert answer.resource_type == "OperationOutcome", f"{answer}: {answer.media_type!r} instead of an OperationOutcome"
    faults = schemas.faults(schemas.OPERATION_OUTCOME, answer.json)
    assert not faults, f"{answer}: {faults[0]}"


def taken_or_refused(answer: Exchange) -> None:
    """Assert one of the two answers to what a server may support or not."""
    if answer.status != 202:
        not_taken(answer)


def at_level(target: Target, level: str) -> str:
    if level not in target.profile.export_levels:
        omit(f"the profile has no export of level {level}")
    return {"Patient": "Patient/$export", "system": "$export"}.get(level) or f"Group/{group(target)}/$export"


def parameters(**given: str) -> dict[str, Any]:
    """A Parameters resource; a list of values comes in one string, split at spaces."""
    kinds = {"_since": "valueInstant", "patient": "valueReference", "allowPartialManifests": "valueBoolean"}
    listed = []
    for name, value in given.items():
        kind = kinds.get(name, "valueString")
        listed.append({"name": name, kind: {"reference": value} if kind == "valueReference" else value})
    return {"resourceType": "Parameters", "parameter": listed}


# -- where and how -------------------------------------------------------------------------------------------------


@check("BKO-004", "BKO-006")
@cases(
    "level",
    [
        case("Patient", requirements=("BKO-001", "MIS-D1")),
        case("Group", requirements=("BKO-002", "ATH-021", "MIS-D1")),
        case("system", requirements=("BKO-003", "MIS-D1")),
    ],
)
def an_export_is_kicked_off(target: Target, level: str) -> None:
    answer = taken(target, at_level(target, level))
    url = answer.headers["Content-Location"]
    assert urlsplit(url).scheme in ("http", "https"), f"{answer}: Content-Location {url!r} is not absolute"


@check("ATH-021", profiles=("athena",))
@cases("path", [case("Patient/$export", id="patient"), case("$export", id="system")])
def no_other_level_is_offered(target: Target, path: str) -> None:
    answer = answered(target, path)
    assert 400 <= answer.status < 500, f"{answer}, expected a refusal"


@check("HDR-015")
def the_polling_url_is_where_the_base_is(target: Target) -> None:
    url = main_export(target).status_url
    assert target.trusts(url), (
        f"{main_export(target).kick_off}: Content-Location {url!r} is not on the host of {target.base}"
    )


@check("BKO-005")
def the_body_of_an_accepted_kick_off_is_nothing_or_an_outcome(target: Target) -> None:
    answer = main_export(target).kick_off
    assert not answer.body or answer.resource_type == "OperationOutcome", f"{answer} has a body: {answer.text[:200]!r}"


@check("BKO-007")
def a_kick_off_may_be_posted(target: Target) -> None:
    taken_or_refused(answered(target, query="", method="POST", json=parameters(_type="Patient")))


@check("BKO-008")
def posted_parameters_mean_the_same(target: Target) -> None:
    by_get = main_export(target)
    by_post = exported(target, "", files=False, method="POST", json=parameters(_type=TYPES))
    counts = [{each["type"]: each.get("count") for each in export.listed()} for export in (by_get, by_post)]
    assert counts[0] == counts[1], f"{by_post.done}: by POST {counts[1]}, by GET {counts[0]}"


@check("BKO-009")
@cases("body", [case(b"{bad", id="syntax"), case(b'{"resourceType": "Patient"}', id="type"), case(b"[]", id="array")])
def a_malformed_body_is_refused(target: Target, body: bytes) -> None:
    path = exports.level(target)
    headers = {**ASYNC, "Content-Type": "application/fhir+json"}
    answer = target.send("POST", path, headers=headers, content=body, practice=False)
    cancelled(target, answer)
    not_taken(answer)


@check("BKO-010", "BKO-011")
def a_kick_off_needs_a_token(target: Target) -> None:
    answer = answered(target, token=None)
    assert answer.status in (400, 401), f"{answer} without a token, expected 401"
    if target.profile.name == "mission":
        explained(answer)


@check("BKO-011")
@cases(
    "query",
    [
        case("_type=NoSuchType", requirements=("BKO-029",), id="type"),
        case("_type=Patient&_since=yesterday", requirements=("BKO-022",), id="since"),
        case("_type=Patient&_outputFormat=text%2Fcsv", requirements=("BKO-017",), id="format"),
        case("_type=Patient&frobnicate=1", requirements=("BKO-032",), id="parameter"),
    ],
)
def what_is_not_supported_is_refused(target: Target, query: str) -> None:
    answer = answered(target, query=query)
    if answer.status == 202:
        warn(f"{answer} with {query!r}, expected 4xx with an OperationOutcome")
    explained(answer)
    assert 400 <= answer.status < 600, f"{answer} is neither 202 nor a refusal"


@check("BKO-012")
def a_kick_off_without_prefer_is_taken_or_refused(target: Target) -> None:
    taken_or_refused(answered(target, headers={"Prefer": ""}))


@check("BKO-013")
def a_kick_off_without_accept_is_taken_or_refused(target: Target) -> None:
    taken_or_refused(answered(target, headers={"Accept": ""}))


@check("BKO-014", "HDR-017")
@cases(
    "headers",
    [
        case({"Prefer": "respond-async, handling=lenient"}, id="list"),
        case({"Prefer": "handling=lenient,respond-async"}, id="order"),
        case({"Prefer": "respond-async; x=y, return=minimal"}, id="parameters"),
        case({"prefer": "respond-async"}, requirements=("HDR-017",), id="lower"),
        case({"PREFER": "respond-async"}, requirements=("HDR-017",), id="upper"),
    ],
)
def prefer_is_a_list(target: Target, headers: dict[str, str]) -> None:
    answer = kicked_off(target, query=ONE_TYPE, headers=headers)
    cancelled(target, answer)
    assert answer.status == 202, f"{answer} with {headers}, expected 202"


@check("BKO-055")
@cases("method", [case("PUT"), case("PATCH"), case("DELETE")])
def another_method_is_not_allowed(target: Target, method: str) -> None:
    answer = target.send(method, exports.level(target), practice=False)
    assert answer.status in (404, 405), f"{answer}, expected 405"


# -- parameters that change no more than the answer ----------------------------------------------------------------


@check("BKO-015")
@cases(
    "format",
    [
        case("application%2Ffhir%2Bndjson", requirements=("BKO-018",), id="fhir"),
        case("application%2Fndjson", id="application"),
        case("ndjson", id="short"),
    ],
)
def ndjson_is_asked_for_by_three_names(target: Target, format: str) -> None:
    taken(target, query=f"{ONE_TYPE}&_outputFormat={format}")


@check("BKO-018")
def a_plus_that_is_read_as_a_space_breaks_nothing(target: Target) -> None:
    taken(target, query=f"{ONE_TYPE}&_outputFormat=application/fhir+ndjson")


@check("BKO-016")
def ndjson_is_the_default(target: Target) -> None:
    export = main_export(target)
    for answer in export.files.values():
        assert answer.media_type == "application/fhir+ndjson", f"{answer} is {answer.media_type!r}"


@check("BKO-019", "MIS-D1")
def since_is_supported(target: Target) -> None:
    week = datetime.fromtimestamp(target.clock.now(), UTC) - timedelta(days=7)
    taken(target, query=f"{ONE_TYPE}&_since={week.strftime('%Y-%m-%dT%H:%M:%SZ')}")


@check("BKO-021")
@cases(
    "since", [case("2024-01-01T00:00:00.000-05:00", id="offset"), case("2024-01-01T00:00:00.123456Z", id="fraction")]
)
def since_has_fractions_and_offsets(target: Target, since: str) -> None:
    taken(target, query=f"{ONE_TYPE}&_since={quote(since)}")


@check("BKO-030")
def types_of_no_patient_are_not_exported_of_patients(target: Target) -> None:
    answer = answered(target, query="_type=Organization")
    if answer.status == 202:
        omit("they are exported here, which is allowed")
    not_taken(answer)


@check("BKO-025")
def until_is_taken_or_refused(target: Target) -> None:
    taken_or_refused(answered(target, query=f"{ONE_TYPE}&_until=1990-01-01T00:00:00Z"))


@check("BKO-033", "BKO-040", "BKO-046", "BKO-049", "BKO-050")
@cases(
    "query",
    [
        case(f"_type={TYPES}&_typeFilter={quote(PROBLEMS)}", requirements=("BKO-033",), id="filter"),
        case(f"{ONE_TYPE}&_elements=id,birthDate", requirements=("BKO-040",), id="elements"),
        case(f"{ONE_TYPE}&includeAssociatedData=LatestProvenanceResources", requirements=("BKO-046",), id="associated"),
        case(f"{ONE_TYPE}&organizeOutputBy=Patient", requirements=("BKO-049",), id="organize"),
        case(f"{ONE_TYPE}&allowPartialManifests=true", requirements=("BKO-050",), id="partial"),
    ],
)
def what_is_optional_is_taken_or_refused(target: Target, query: str) -> None:
    taken_or_refused(answered(target, query=query))


@check("BKO-037")
@cases(
    "filter",
    [
        case("MedicationRequest?_include=MedicationRequest:medication", id="include"),
        case("MedicationRequest?_sort=date", id="sort"),
        case("MedicationRequest?_elements=id", id="elements"),
    ],
)
def how_results_come_is_no_filter(target: Target, filter: str) -> None:
    not_taken(answered(target, query=f"_type=MedicationRequest&_typeFilter={quote(filter)}"))


@check("BKO-038")
def a_filter_that_is_not_supported_is_refused(target: Target) -> None:
    not_taken(answered(target, query=f"_type=Condition&_typeFilter={quote('Condition?nope=1')}"))


@check("BKO-039")
def a_filter_of_a_type_that_is_not_exported_is_refused_or_empty(target: Target) -> None:
    answer = answered(target, query=f"{ONE_TYPE}&_typeFilter={quote(PROBLEMS)}")
    if answer.status == 202:
        types = exported(target, f"{ONE_TYPE}&_typeFilter={quote(PROBLEMS)}", files=False).types
        assert types <= {"Patient"}, f"{answer}: {sorted(types)} were exported"
    else:
        not_taken(answer)


@check("BKO-042")
def patients_may_be_chosen(target: Target) -> None:
    body = parameters(_type="Patient", patient=f"Patient/{Sample(target).patient()['id']}")
    taken_or_refused(answered(target, query="", method="POST", json=body))


@check("BKO-044")
def a_patient_that_is_not_there_is_refused(target: Target) -> None:
    body = parameters(_type="Patient", patient="Patient/a-1.E-99999999")
    not_taken(answered(target, query="", method="POST", json=body))


@check("BKO-045")
def patients_are_not_chosen_from_a_system(target: Target) -> None:
    path = at_level(target, "system")
    body = parameters(_type="Patient", patient=f"Patient/{Sample(target).patient()['id']}")
    not_taken(answered(target, path, "", method="POST", json=body))


@check("BKO-053", "BKO-011")
def an_unknown_group_is_not_found(target: Target) -> None:
    not_taken(answered(target, "Group/a-1.C-99999999/$export"))


@check("BKO-054")
def a_group_needs_a_permission(target: Target) -> None:
    path = at_level(target, "Group")
    answer = answered(target, path, ONE_TYPE, token=token_for(target, "system/Patient.rs"))
    if answer.status == 202:
        warn(f"{answer} with system/Patient.rs alone: no scope for Groups is needed")
    assert answer.status in (401, 403, 404), f"{answer} with a token that has no Group, expected 403"


@check("BKO-051")
def a_separate_status_is_told(target: Target) -> None:
    answer = kicked_off(target, query=ONE_TYPE, headers={"Prefer": "respond-async, separate-export-status"})
    cancelled(target, answer)
    applied = answer.headers.get("Preference-Applied", "")
    if not applied:
        omit("separate-export-status is not honoured")
    for preference in ("respond-async", "separate-export-status"):
        assert preference in applied, f"{answer}: Preference-Applied is {applied!r} and lacks {preference}"


@check("BKO-052")
def a_second_export_is_taken_or_told_to_wait(target: Target) -> None:
    make_room(target, 1)
    first, second = (kicked_off(target, query=ONE_TYPE) for _ in range(2))
    for answer in (first, second):
        cancelled(target, answer)
    accepted(first)
    if second.status == 429:
        assert second.headers.get("Retry-After"), f"{second}: no Retry-After"
        explained(second)
    else:
        accepted(second)


# -- what they do to the files -------------------------------------------------------------------------------------


@check("BKO-026", "MIS-D1")
def only_types_that_were_asked_for_are_exported(target: Target) -> None:
    export = main_export(target)
    more = export.types - set(TYPES.split(","))
    assert not more, f"{export.done}: {', '.join(sorted(more))} were not asked for"
    assert "Patient" in export.types, f"{export.done}: Patient was asked for, and is not listed"


@check("BKO-027")
def repeated_types_are_a_list(target: Target) -> None:
    export = exported(target, "&".join(f"_type={type}" for type in TYPES.split(",")), files=False)
    counts = [
        {each["type"]: each.get("count") for each in each_of.listed()} for each_of in (main_export(target), export)
    ]
    assert counts[0] == counts[1], f"{export.done}: repeated {counts[1]}, with commas {counts[0]}"


def whole_export(target: Target) -> exports.Export:
    """Every type, without the files."""
    return exported(target, "", files=False)


@check("BKO-028")
def without_types_all_are_exported(target: Target) -> None:
    export = whole_export(target)
    clinical = [
        type for type in target.types if "patient" in target.parameters(type) and type not in ("Provenance", "Group")
    ]
    usual = target.tokens.granted
    offered = [type for type in clinical if target.offers(type, "search-type") and covers(usual, "system", type, "s")]
    seen = {type for type in offered if Sample(target).resources(type)}
    missing = seen - export.types
    assert not missing, f"{export.done}: {', '.join(sorted(missing))} have data by REST and are not exported"


@check("BKO-020")
def since_holds_what_was_changed_later(target: Target) -> None:
    instants = sorted(str(each["meta"]["lastUpdated"]) for each in exports.lines(main_export(target)).resources)
    if len(instants) < 2:
        skip("there are too few resources to choose an instant between")
    since = instants[len(instants) // 2]
    export = exported(target, f"_type={TYPES}&_since={quote(since)}")
    wanted = {
        f"{each['resourceType']}/{each['id']}"
        for each in exports.lines(main_export(target)).resources
        if instant(each["meta"]["lastUpdated"]) > instant(since)
    }
    got = set(exports.lines(export).names)
    assert wanted <= got, f"{export.done}: {min(wanted - got)} was changed after {since} and is not exported"
    older = [each for each in exports.lines(export).resources if instant(each["meta"]["lastUpdated"]) < instant(since)]
    assert not older, f"{export.done}: {older[0]['resourceType']}/{older[0]['id']} was changed before {since}"


@check("BKO-024")
def since_leaves_out_what_was_changed_then(target: Target) -> None:
    latest = max(
        (str(each["meta"]["lastUpdated"]) for each in exports.lines(main_export(target)).resources), key=instant
    )
    export = exported(target, f"_type={TYPES}&_since={quote(latest)}")
    names = exports.lines(export).names
    assert not names, f"{export.done}: {names[0]} was not changed after {latest}"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def filtered(target: Target, *filters: str) -> exports.Export:
    return exported(target, f"_type={TYPES}&" + "&".join(f"_typeFilter={quote(each)}" for each in filters))


def conditions(export: exports.Export) -> dict[str, dict[str, Any]]:
    return {str(each["id"]): each for each in exports.lines(export, "Condition").resources}


def coded(condition: dict[str, Any], code: str) -> bool:
    return any(c.get("code") == code for each in condition.get("category", []) for c in each.get("coding", []))


@check("BKO-034")
def a_filter_filters_its_type_alone(target: Target) -> None:
    export, everything = filtered(target, f"Condition?category={CATEGORIES[0]}"), main_export(target)
    wanted = {id for id, each in conditions(everything).items() if coded(each, CATEGORIES[0])}
    assert set(conditions(export)) == wanted, (
        f"{export.done}: {len(conditions(export))} Conditions, expected {len(wanted)}"
    )
    patients = [len(exports.lines(each, "Patient").names) for each in (export, everything)]
    assert patients[0] == patients[1], (
        f"{export.done}: {patients[0]} Patients, which are not filtered, of {patients[1]}"
    )


@check("BKO-035")
def filters_of_one_type_add_up(target: Target) -> None:
    export = filtered(target, *(f"Condition?category={code}" for code in CATEGORIES))
    wanted = {
        id for id, each in conditions(main_export(target)).items() if any(coded(each, code) for code in CATEGORIES)
    }
    assert set(conditions(export)) == wanted, (
        f"{export.done}: {len(conditions(export))} Conditions, expected {len(wanted)}"
    )


@check("BKO-036")
def filters_are_split_between_queries_alone(target: Target) -> None:
    joined = ",".join(f"Condition?category={code}" for code in CATEGORIES)
    inner = f"Condition?category={','.join(CATEGORIES)}"
    both = {id for id, each in conditions(main_export(target)).items() if any(coded(each, code) for code in CATEGORIES)}
    for filter in (joined, inner):
        export = filtered(target, filter)
        assert set(conditions(export)) == both, (
            f"{export.done} with {filter!r}: {len(conditions(export))}, not {len(both)}"
        )


@check("BKO-041")
def chosen_elements_are_tagged(target: Target) -> None:
    export = exported(target, f"{ONE_TYPE}&_elements=Patient.birthDate")
    patient = exports.lines(export, "Patient").resources[0]
    tags = [tag.get("code") for tag in patient.get("meta", {}).get("tag", [])]
    assert "SUBSETTED" in tags, f"{export.done}: meta.tag of a Patient has {tags}, and not SUBSETTED"
    assert "address" not in patient, f"{export.done}: a Patient has an address, and only birthDate was asked for"


@check("BKO-043")
def no_other_patients_are_exported_than_chosen(target: Target) -> None:
    chosen = f"Patient/{Sample(target).patient()['id']}"
    export = exported(target, "", method="POST", json=parameters(_type=TYPES, patient=chosen))
    others = [each["id"] for each in exports.lines(export, "Patient").resources if f"Patient/{each['id']}" != chosen]
    assert not others, f"{export.done}: Patient/{others[0]} was not chosen"
    foreign = [
        each["id"] for each in conditions(export).values() if not str(each["subject"]["reference"]).endswith(chosen)
    ]
    assert not foreign, f"{export.done}: Condition/{foreign[0]} is of another patient than {chosen}"


@check("BKO-047")
def the_least_restrictive_associated_data_wins(target: Target) -> None:
    both = "&".join(f"includeAssociatedData={name}ProvenanceResources" for name in ("Latest", "Relevant"))
    counts = []
    for more in ("includeAssociatedData=RelevantProvenanceResources", both):
        export = exported(target, f"_type={TYPES}&{more}", files=False)
        counts.append(sum(int(each.get("count", 0)) for each in export.listed() if each.get("type") == "Provenance"))
    assert counts[0] == counts[1], f"with both values {counts[1]} Provenances, with the wider one {counts[0]}"


@check("BKO-048")
def provenance_comes_with_everything(target: Target) -> None:
    if not Sample(target).resources("Provenance"):
        skip("the target shows no Provenance by REST")
    export = whole_export(target)
    assert "Provenance" in export.types, f"{export.done}: there is Provenance, and none is exported"
    main = main_export(target)
    assert "Provenance" not in main.types, f"{main.done}: _type leaves Provenance out, and it is exported"


@check("BKO-031")
def what_was_ignored_is_told(target: Target) -> None:
    export = exported(target, f"{ONE_TYPE}&frobnicate=1", headers=SYNTAX)
    assert export.listed("error"), f"{export.done}: a parameter was ignored, and error[] says nothing"
    answer = export.files[str(export.listed("error")[0]["url"])]
    assert answer.status == 200, f"{answer}, expected 200"
    assert "OperationOutcome" in answer.text, f"{answer} holds no OperationOutcome"
