"""The CapabilityStatement: FHIR R4 capabilitystatement.html, and what US Core, SMART and Bulk Data want declared."""

from collections import Counter
from typing import Any

from athena_fhir_conformance import us_core
from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.profiles import Profile
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, skip

Json = dict[str, Any]

US_CORE = "http://hl7.org/fhir/us/core/"
CLINICAL = [
    "AllergyIntolerance",
    "CarePlan",
    "CareTeam",
    "Condition",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Goal",
    "Immunization",
    "MedicationRequest",
    "Observation",
    "Procedure",
]
PARAMETER_KINDS = {"number", "date", "string", "token", "reference", "composite", "quantity", "uri", "special"}
EXPORT = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/"


@check("CAP-001", "CAP-002")
def the_statement_is_answered_without_a_token(target: Target) -> None:
    answer = target.get("metadata", token=None)
    assert answer.status == 200, f"{answer}, expected 200"
    kind = answer.resource_type
    assert kind == "CapabilityStatement", f"{answer} has {kind or answer.media_type}, expected a CapabilityStatement"


def statement(target: Target) -> Json:
    target.get("metadata", token=None)
    return target.capability or skip("there is no CapabilityStatement that can be read")


@check("CAP-003")
def it_is_of_r4(target: Target) -> None:
    told = statement(target).get("fhirVersion")
    assert told == "4.0.1", f"fhirVersion is {told!r}, expected 4.0.1"


@cases("element", ["status", "date", "kind", "fhirVersion", "format"])
@check("CAP-004")
def it_has(target: Target, element: str) -> None:
    assert statement(target).get(element), f"{element} is missing"


@check("CAP-005")
def its_kind_fits_what_it_describes(target: Target) -> None:
    told = statement(target)
    needed = {"instance": "implementation", "capability": "software"}.get(str(told.get("kind")))
    assert not needed or told.get(needed), f"kind is {told.get('kind')} without {needed}"
    assert told.get("kind") != "capability" or not told.get("implementation"), "kind is capability with implementation"


@check("CAP-006")
def one_part_describes_the_server(target: Target) -> None:
    modes = [rest.get("mode") for rest in statement(target).get("rest", [])]
    assert modes == ["server"], f"rest has the modes {modes}, expected one server"


@check("CAP-007")
def a_type_appears_once(target: Target) -> None:
    statement(target)
    twice = [
        type for type, times in Counter(row["type"] for row in target.rest.get("resource", [])).items() if times > 1
    ]
    assert not twice, f"more than once: {twice}"


@check("CAP-008")
def a_parameter_appears_once(target: Target) -> None:
    statement(target)
    twice = [
        f"{type}.{name}"
        for type, row in target.types.items()
        for name, times in Counter(each.get("name") for each in row.get("searchParam", [])).items()
        if times > 1
    ]
    assert not twice, f"more than once: {twice}"


@check("CAP-009")
def parameters_have_a_name_and_a_type(target: Target) -> None:
    statement(target)
    wrong = [
        f"{type}.{each.get('name')}: {each.get('type')}"
        for type, row in target.types.items()
        for each in row.get("searchParam", [])
        if not each.get("name") or each.get("type") not in PARAMETER_KINDS
    ]
    assert not wrong, f"without a name or of an unknown type: {wrong[:5]}"


@check("CAP-010")
def json_is_a_format(target: Target) -> None:
    told = statement(target).get("format", [])
    assert {"json", "application/fhir+json"} & set(told), f"format is {told}"


@check("CAP-011")
def it_instantiates_us_core(target: Target) -> None:
    told = [each.partition("|")[0] for each in statement(target).get("instantiates", [])]
    assert f"{US_CORE}CapabilityStatement/us-core-server" in told, f"instantiates is {told}"


def declared_profiles(target: Target) -> set[str]:
    statement(target)
    rows = target.types.values()
    return {
        each.partition("|")[0] for row in rows for each in [*row.get("supportedProfile", []), row.get("profile", "")]
    }


@check("CAP-012")
def patients_are_us_core_patients(target: Target) -> None:
    statement(target)
    told = [each.partition("|")[0] for each in target.types.get("Patient", {}).get("supportedProfile", [])]
    assert f"{US_CORE}StructureDefinition/us-core-patient" in told, f"supportedProfile of Patient is {told}"


@check("CAP-013")
def another_us_core_profile_is_supported(target: Target) -> None:
    told = {each for each in declared_profiles(target) if each.startswith(f"{US_CORE}StructureDefinition/")}
    assert len(told - {f"{US_CORE}StructureDefinition/us-core-patient"}) >= 1, f"US Core profiles: {sorted(told)}"


@check("CAP-014")
def profiles_of_the_data_are_declared(target: Target, sample: Sample) -> None:
    claimed = {url.partition("|")[0] for each in sample.everything() for url in each.get("meta", {}).get("profile", [])}
    if not claimed:
        skip("no resource that was seen claims a profile")
    missing = {each for each in claimed - declared_profiles(target) if each.startswith(US_CORE)}
    assert not missing, f"claimed by data and not declared: {sorted(missing)[:5]}"


@check("CAP-015")
def us_core_types_are_read_and_searched(target: Target, profile: Profile) -> None:
    statement(target)
    asked = {search.type for search in us_core.searches() if search.level == "SHALL"} & set(target.types)
    if not asked:
        skip("no type of US Core is declared")
    wrong = [
        f"{type} {interaction}"
        for type in sorted(asked)
        for interaction in ("read", "search-type")
        if not target.offers(type, interaction)
    ]
    assert not wrong, f"not declared: {wrong}"


@check("CAP-017")
def us_core_search_parameters_are_declared(target: Target, profile: Profile) -> None:
    statement(target)
    if not profile.us_core_searches:
        omit("the real API is known to declare fewer parameters")
    wrong = sorted(
        f"{search.type}.{name}"
        for search in us_core.searches()
        if search.level == "SHALL" and search.type in target.types
        for name in search.names
        if name not in target.parameters(search.type)
    )
    assert not wrong, f"not declared: {wrong}"


@check("CAP-018")
def provenance_is_included_in_reverse(target: Target) -> None:
    statement(target)
    types = [type for type in CLINICAL if target.offers(type, "search-type")]
    wrong = [type for type in types if "Provenance:target" not in target.types[type].get("searchRevInclude", [])]
    assert not wrong, f"searchRevInclude lacks Provenance:target: {wrong}"


@check("CAP-019")
def medications_are_included(target: Target) -> None:
    statement(target)
    row = target.types.get("MedicationRequest") or omit("MedicationRequest is not declared")
    told = row.get("searchInclude", [])
    assert {"MedicationRequest:medication", "*"} & set(told), f"searchInclude of MedicationRequest is {told}"


@check("CAP-020")
def smart_is_named_as_its_security(target: Target) -> None:
    statement(target)
    services = target.rest.get("security", {}).get("service", [])
    codes = {coding.get("code") for each in services for coding in each.get("coding", [])}
    assert "SMART-on-FHIR" in codes, f"rest.security.service has {sorted(map(str, codes))}"


@check("CAP-021")
def the_older_way_to_name_the_oauth_endpoints(target: Target) -> None:
    statement(target)
    extensions = target.rest.get("security", {}).get("extension", [])
    url = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
    told = next((each for each in extensions if each.get("url") == url), None) or omit("the extension is not used")
    names = {each.get("url"): each.get("valueUri") for each in told.get("extension", [])}
    for name, member in (("token", "token_endpoint"), ("authorize", "authorization_endpoint")):
        assert names.get(name) == target.smart.get(member), f"{name} is {names.get(name)}, SMART has another"


def exports(target: Target, level: str) -> list[Json]:
    """The declared operations of a level of export."""
    statement(target)
    row = target.rest if level == "system" else target.types.get(level, {})
    return [each for each in row.get("operation", []) if "export" in str(each.get("name"))]


@check("CAP-022")
def bulk_data_is_instantiated_where_export_is_offered(target: Target) -> None:
    if not any(exports(target, level) for level in ("system", "Patient", "Group")):
        omit("no export is declared")
    told = [each.partition("|")[0] for each in statement(target).get("instantiates", [])]
    assert "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data" in told, f"instantiates is {told}"


@cases(
    "level, name",
    [
        case("Patient", "patient-export", id="Patient", requirements=("CAP-023",)),
        case("Group", "group-export", id="Group", requirements=("CAP-024",)),
        case("system", "export", id="system", requirements=("CAP-025",)),
    ],
)
@check("CAP-026")
def export_is_declared(target: Target, profile: Profile, level: str, name: str) -> None:
    told = exports(target, level)
    if level not in profile.export_levels:
        assert not told, f"{level} declares an export, which the profile {profile.name!r} has not"
        omit(f"the profile {profile.name!r} has no export at {level}")
    if not told and level == "system":
        omit("system export is not declared")
    assert [each.get("name") for each in told] == ["export"], f"{level} declares {[each.get('name') for each in told]}"
    definition = str(told[0].get("definition")).partition("|")[0]
    assert definition == EXPORT + name, f"its definition is {definition}, expected {EXPORT}{name}"


@check("CAP-028")
def the_statement_has_an_etag(target: Target, profile: Profile) -> None:
    if not profile.versions:
        omit("the real API sends no ETag")
    answer = target.get("metadata", token=None)
    assert answer.headers.get("ETag"), "no ETag on the CapabilityStatement"


@check("CAP-029")
def its_modes_are_understood(target: Target) -> None:
    answer = target.get("metadata", token=None, params={"mode": "full"})
    assert answer.status == 200, f"{answer}, expected 200"


@check("CAP-030")
def groups_are_read_and_searched_where_they_are_exported(target: Target, profile: Profile) -> None:
    if not exports(target, "Group") or profile.required_combinations:
        omit("Group export is not declared, or the real API is known not to show groups")
    wrong = [each for each in ("read", "search-type") if not target.offers("Group", each)]
    assert not wrong, f"Group does not declare {wrong}"


@check("CAP-032")
def conditional_reads_are_as_declared(target: Target, sample: Sample) -> None:
    told = {target.types["Patient"].get("conditionalRead", "not-supported")} if "Patient" in target.types else set()
    if not told & {"full-support", "not-match"}:
        omit("conditionalRead is not declared")
    path = f"Patient/{sample.patient()['id']}"
    etag = target.get(path).headers.get("ETag", "")
    answer = target.get(path, headers={"If-None-Match": etag})
    assert answer.status == 304, f"{answer} with its own ETag, expected 304"


@check("CAP-033")
def a_status_that_is_demanded_is_documented(target: Target) -> None:
    demanded = omit_if_none(target)
    wrong = [
        type
        for type in demanded
        if not any(
            each.get("documentation")
            for each in target.types[type].get("interaction", [])
            if each.get("code") == "search-type"
        )
    ]
    assert not wrong, f"searches of {wrong} demand a status and do not say so"


def omit_if_none(target: Target) -> list[str]:
    """Types whose searches say that they demand a status."""
    statement(target)
    marked = [type for type, row in target.types.items() if "status" in str(row.get("extension", "")).lower()]
    return marked or omit("no type demands a status")


@check("MIS-A1", profiles=("mission",))
def sign_in_of_patients_is_offered(target: Target) -> None:
    missing = [name for name in ("authorization_endpoint", "token_endpoint") if not target.smart.get(name)]
    assert not missing, f"the SMART configuration lacks {missing}"
    told = target.smart.get("capabilities", [])
    assert "launch-standalone" in told, f"capabilities are {told}"


@check("MIS-A2", profiles=("mission",))
def production_and_sandbox_are_two(target: Target, sample: Sample) -> None:
    if not target.base.endswith("/fhir/r4"):
        omit("the FHIR base is not production's /fhir/r4")
    answer = target.get("sandbox/Patient", params={"_count": "1"})
    assert answer.status == 200, f"{answer}, expected 200 with the same token"
    ids = {entry["resource"]["id"] for entry in answer.json.get("entry", [])}
    assert ids, "the sandbox has no patient"
    assert not ids & {each["id"] for each in sample.patients()}, "the sandbox shows a patient of production"


@check("ATH-026", profiles=("athena",))
def neither_versions_nor_writes_are_declared(target: Target) -> None:
    statement(target)
    told = {
        f"{type} {each.get('code')}"
        for type, row in target.types.items()
        for each in row.get("interaction", [])
        if each.get("code") not in ("read", "search-type")
    }
    assert not told, f"declared: {sorted(told)[:5]}"


_PLAUSIBLE = {
    "string": "x",
    "token": "x",
    "uri": "urn:x",
    "date": "2020-01-01",
    "reference": "x",
    "number": "1",
    "quantity": "1",
}


@check("CAP-031")
def every_declared_parameter_is_known(target: Target, profile: Profile) -> None:
    """Under strict handling an unknown parameter is refused; where it is not, ``self`` leaves it out."""
    if profile.required_combinations:
        omit("the real API takes parameters in certain combinations alone")
    unknown = []
    for type in target.types:
        listed = target.listed(type, "searchParam")
        names = {str(each.get("name", "")): _PLAUSIBLE.get(str(each.get("type"))) for each in listed}
        asked = {name: value for name, value in names.items() if value and not name.startswith("_")}
        if not asked or not target.offers(type, "search-type"):
            continue
        answer = target.get(type, params={**asked, "_count": "0"})
        links = answer.json.get("link", []) if answer.ok else []
        told = next((str(link.get("url")) for link in links if link.get("relation") == "self"), "")
        if told:
            unknown += [f"{type}.{name}" for name in asked if f"{name}=" not in told]
    assert not unknown, f"declared, and ignored when they are used: {', '.join(unknown[:10])}"
