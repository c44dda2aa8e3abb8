"""The data: valid FHIR, as US Core profiles ask, with references that hold. Judged on what was seen."""

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from athena_fhir_conformance import us_core
from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.matching import tokens, values
from athena_fhir_conformance.profiles import Profile
from athena_fhir_conformance.sample import Json, Sample
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.validating import faults
from athena_fhir_conformance.verdicts import omit, skip

_VALIDATED = 15
"""Resources of a type that are read by the model of R4, which takes a millisecond each."""

_LOOKED_AT = 20
"""Resources of a type that are looked through value by value."""

_DATE = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
DATE = re.compile(rf"{_DATE}(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d))?")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
REFERENCE = re.compile(r"[A-Z]\w+/[\w.-]+")
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def seen(sample: Sample, type: str = "") -> list[Json]:
    found = sample.resources(type) if type else list(sample.some(_LOOKED_AT))
    return found or skip(f"the target shows no {type or 'data'}")


def named(resource: Json) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its path, the deepest last."""
    yield path, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from walk(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each, path)


@cases("type", sorted({profile.type for profile in us_core.profiles()} | {"Appointment", "Group", "Media"}))
@check("DAT-041")
def resources_are_valid_r4(target: Target, sample: Sample, type: str) -> None:
    if type not in target.types:
        omit(f"{type} is not declared")
    for each in seen(sample, type)[:_VALIDATED]:
        wrong = faults(each)
        assert not wrong, f"{named(each)}: {wrong}"


@check("DAT-005")
def nothing_is_sent_empty(sample: Sample) -> None:
    for each in seen(sample):
        empty = [path for path, value in walk(each) if value in ("", [], {}, None) and not re.search(r"\.?_", path)]
        assert not empty, f"{named(each)}: {empty[0]} is empty"


@check("DAT-036")
def dates_and_instants_are_well_formed(sample: Sample) -> None:
    for each in seen(sample):
        for path, value in walk(each):
            name = path.rpartition(".")[2]
            if isinstance(value, str) and re.search(r"(DateTime|Date|^date|^start|^end|recorded)$", name):
                assert DATE.fullmatch(value) or not value[:1].isdigit(), f"{named(each)}: {path} is {value!r}"
            if isinstance(value, str) and name in ("lastUpdated", "issued"):
                assert INSTANT.fullmatch(value), f"{named(each)}: {path} is {value!r}, expected an instant with a zone"


@check("DAT-041")
def numbers_and_codes_are_well_formed(sample: Sample) -> None:
    for each in seen(sample):
        for path, value in walk(each):
            name = path.rpartition(".")[2]
            if name in ("code", "status", "use") and isinstance(value, str):
                assert value == value.strip() and "  " not in value, f"{named(each)}: {path} is {value!r}"
            if path.endswith("Quantity.value"):
                assert isinstance(value, int | float), f"{named(each)}: {path} is {value!r}, expected a number"


@check("HDR-001")
def bodies_are_utf_8_without_repeated_members(target: Target, sample: Sample) -> None:
    path = f"Patient/{sample.patient()['id']}"
    answer = target.get(path)
    answer.body.decode("utf-8")  # raises what the suite takes for the answer's fault

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), f"{answer}: a member is there twice"
        return dict(pairs)

    json.loads(answer.body, object_pairs_hook=once)


def profiled() -> list[object]:
    return [case(profile, id=profile.name) for profile in us_core.profiles()]


def of_profile(target: Target, sample: Sample, profile: us_core.Profile) -> list[Json]:
    if profile.type not in target.types:
        omit(f"{profile.type} is not declared")
    found = [each for each in sample.resources(profile.type) if profile.concerns(each)]
    return found or skip(f"no {profile.type} of {profile.name} was seen")


@cases("us_core_profile", profiled())
@check("DAT-001")
def what_is_mandatory_is_there(target: Target, sample: Sample, us_core_profile: us_core.Profile) -> None:
    for each in of_profile(target, sample, us_core_profile):
        missing = [path for path in us_core_profile.mandatory if lacks(each, path)]
        assert not missing, f"{named(each)} lacks {missing[0]}, which {us_core_profile.name} demands"


def lacks(resource: Json, path: str) -> bool:
    """Whether a mandatory element is missing where its parent is there."""
    parent, _, name = path.rpartition(".")
    for holder in values(resource, parent) if parent else [resource]:
        if isinstance(holder, dict) and not any(present(holder, each) for each in (name, name.removesuffix("[x]"))):
            return True
    return False


def present(holder: Json, name: str) -> bool:
    if holder.get(name) is not None or holder.get(f"_{name}") is not None:
        return True
    return any(re.fullmatch(rf"_?{re.escape(name)}[A-Z]\w*", each) for each in holder)


@cases("us_core_profile", profiled())
@check("DAT-002")
def what_must_be_supported_occurs(target: Target, sample: Sample, us_core_profile: us_core.Profile) -> None:
    found = of_profile(target, sample, us_core_profile)
    plain = [path for path in us_core_profile.must_support if ":" not in path and "extension" not in path]
    missing = [path for path in plain if not any(values(each, path) or absent(each, path) for each in found)]
    if missing:
        skip(f"in the {len(found)} that were seen there is no {', '.join(missing[:6])}")


def absent(resource: Json, path: str) -> bool:
    """Whether a reason is given why it is not there."""
    parent, _, name = path.rpartition(".")
    holders = values(resource, parent) if parent else [resource]
    return any(
        isinstance(each, dict) and (each.get(f"_{name}") or present(each, name.removesuffix("[x]"))) for each in holders
    )


@cases("us_core_profile", [each for each in profiled() if each.values[0].bindings])  # type: ignore[attr-defined]
@check("DAT-003")
def required_bindings_hold(target: Target, sample: Sample, us_core_profile: us_core.Profile) -> None:
    for each in of_profile(target, sample, us_core_profile):
        for binding in us_core_profile.bindings:
            for value in values(each, binding["path"]):
                codes = [code for _, code in tokens(value) if code]
                if isinstance(value, dict) and value.get("extension") and not codes:
                    continue
                assert set(codes) & set(binding["codes"]) or "unknown" in codes, (
                    f"{named(each)}: {binding['path']} has {codes or 'no code'}, not one of {binding['codes'][:8]}"
                )


@check("DAT-004")
def concepts_that_are_bound_have_a_coding(target: Target, sample: Sample) -> None:
    for profile in us_core.profiles():
        bound = [each["path"] for each in profile.bindings if each["type"] == "CodeableConcept"]
        for each in (one for one in sample.resources(profile.type) if profile.concerns(one)):
            wrong = [path for path in bound for value in values(each, path) if not value.get("coding")]
            assert not wrong, f"{named(each)}: {wrong[0]} has no coding"


@cases(
    "what",
    [case("extension", id="not-coded", requirements=("DAT-006",)), case("code", id="coded", requirements=("DAT-007",))],
)
@check()
def what_is_missing_says_why(sample: Sample, what: str) -> None:
    for each in seen(sample):
        for path, value in walk(each):
            if (
                what == "extension"
                and path.endswith("extension")
                and isinstance(value, dict)
                and value.get("url") == ABSENT
            ):
                assert value.get("valueCode"), f"{named(each)}: {path} gives no reason"
                return
            if what == "code" and isinstance(value, dict) and {"text"} >= set(value) and value:
                return
            if (
                what == "code"
                and isinstance(value, dict)
                and str(value.get("system", "")).endswith("data-absent-reason")
            ):
                return
    skip("in what was seen nothing mandatory is missing")


@check("DAT-008")
def resources_name_their_profiles(sample: Sample, profile: Profile) -> None:
    if not profile.us_core_searches:
        omit("the real API names no profiles")
    types = {each.type for each in us_core.profiles()}
    wrong = [each for each in seen(sample) if each["resourceType"] in types and not values(each, "meta.profile")]
    assert not wrong, f"{named(wrong[0])} names no profile"


@check("DAT-009")
def resources_have_version_and_instant(sample: Sample, profile: Profile) -> None:
    if not profile.versions:
        omit("the real API has no versions")
    for each in seen(sample):
        meta = each.get("meta", {})
        assert meta.get("versionId") and meta.get("lastUpdated"), f"{named(each)} has the meta {sorted(meta)}"


@check("DAT-037")
def references_hold(target: Target, sample: Sample) -> None:
    known = {named(each) for each in seen(sample)}
    asked: dict[str, str] = {}
    for each in seen(sample):
        for path, value in walk(each):
            relative = path.endswith(".reference") and isinstance(value, str) and REFERENCE.fullmatch(value)
            if relative and value not in known and target.offers(value.partition("/")[0], "read"):
                asked.setdefault(f"{each['resourceType']}.{path}", value)
    for path, text in list(asked.items())[:12]:
        answer = target.get(text)
        assert answer.status == 200, f"{path}: {answer}, expected 200"


@check("DAT-040")
def narratives_are_xhtml(sample: Sample) -> None:
    for each in seen(sample):
        if text := each.get("text"):
            codes = ("generated", "extensions", "additional", "empty")
            assert text.get("status") in codes, f"{named(each)}: text.status is {text.get('status')!r}"
            try:
                root = ElementTree.fromstring(text.get("div", ""))  # noqa: S314 - no entity is defined by our parser's default
            except ElementTree.ParseError as error:
                raise AssertionError(f"{named(each)}: text.div is no XML: {error}") from error
            assert root.tag == "{http://www.w3.org/1999/xhtml}div", f"{named(each)}: text.div is {root.tag}"
