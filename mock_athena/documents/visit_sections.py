"""What a visit left in the chart, as sections of its note: https://hl7.org/fhir/R4/encounter.html."""

from collections.abc import Iterable

from mock_athena.documents import words
from mock_athena.documents.pages import Bullets, Column, Grid, Section, section
from mock_athena.documents.results import result_lines, results_table, value_of
from mock_athena.documents.sources import Sources
from mock_athena.fhir.resource import Resource, as_object, as_text, objects

_DIAGNOSES = (Column("Diagnosis", 104), Column("Code", 26, 40), Column("Use", 56, 80))
_VITALS = (Column("Vital sign", 46, 80), Column("Value", 40, 60), Column("Vital sign", 46, 80), Column("Value", 40, 60))
_MEDICATIONS = (
    Column("Medication", 68),
    Column("Directions", 68),
    Column("Dispense", 34, 80),
    Column("Status", 20, 30),
)
_REPORTS = (Column("Report", 70), Column("Date", 26, 40), Column("Conclusion", 90, 400))
_ANSWERS = (Column("Question", 116), Column("Answer", 70))

# Categories of Observations: https://terminology.hl7.org/CodeSystem-observation-category.html, and US Core's
# https://hl7.org/fhir/us/core/CodeSystem-us-core-category.html. What is in none of these is a finding.
_ASKED = {"survey": "Screening", "sdoh": "Screening", "social-history": "Social history"}
_REPORTED = frozenset(("laboratory", "imaging"))

_Rows = tuple[tuple[str, ...], ...]


def visit_sections(encounter: Resource, sources: Sources) -> tuple[Section, ...]:
    """The sections of an Encounter, each only where there is something in it."""
    id, patient = as_text(encounter.get("id")), _patient_id(encounter, sources)
    observations = sources.at_encounter("Observation", id)
    groups: dict[str, list[Resource]] = {}
    for each in observations:
        groups.setdefault(_group(each), []).append(each)
    allergies = (_allergy(each) for each in sources.of_patient("AllergyIntolerance", patient))
    procedures = (_dated(each, "performed") for each in sources.at_encounter("Procedure", id))
    return (
        *section("Allergies", Bullets(tuple(filter(None, allergies)))),
        *(made for name in ("Social history", "Screening") for made in _asked(name, groups.get(name, []))),
        *section("Vital signs", Grid(_VITALS, _vitals(groups.get("Vital signs", [])))),
        *section("Findings", *results_table(groups.get("", []))),
        *section("Results", *results_table(groups.get("Results", []))),
        *section("Reports", Grid(_REPORTS, _reports(sources.at_encounter("DiagnosticReport", id)))),
        *section("Procedures", Bullets(tuple(filter(None, procedures)))),
        *section("Immunizations", Bullets(_immunizations(encounter, patient, sources))),
        *section("Diagnoses", Grid(_DIAGNOSES, _diagnoses(encounter, sources))),
        *section("Medications ordered", Grid(_MEDICATIONS, _medications(id, sources))),
    )


def _patient_id(encounter: Resource, sources: Sources) -> str:
    return as_text(sources.target(encounter.get("subject")).get("id"))


def _group(observation: Resource) -> str:
    found = words.all_codes(observation.get("category"))
    if "vital-signs" in found:
        return "Vital signs"
    if found & _REPORTED:
        return "Results"
    return next((name for code, name in _ASKED.items() if code in found), "")


def _asked(heading: str, observations: list[Resource]) -> tuple[Section, ...]:
    rows = ((words.concept(each.get("code")), " ".join(value_of(each)).strip()) for each in observations)
    return section(heading, Grid(_ANSWERS, tuple(row for row in rows if row[1])))


def _vitals(observations: list[Resource]) -> _Rows:
    """Two vital signs on each row; a blood pressure is one of them."""
    found = [pair for each in observations for pair in _vital(each)]
    columns = [*found, ("", "")][: len(found) + len(found) % 2]
    half = len(columns) // 2
    return tuple((*left, *right) for left, right in zip(columns[:half], columns[half:], strict=True))


def _vital(observation: Resource) -> Iterable[tuple[str, str]]:
    components = objects(observation.get("component"))
    if len(components) == 2 and "85354-9" in words.codes(observation.get("code")):
        (systolic, unit), (diastolic, _) = (value_of(each) for each in components)
        return [("Blood pressure", f"{systolic}/{diastolic} {unit}")]
    lines = result_lines(observation)
    return [(line.name, f"{line.value} {line.unit} {line.flag}".strip()) for line in lines if line.value]


def _allergy(allergy: Resource) -> str:
    status = words.concept(allergy.get("clinicalStatus"))
    if status.lower() in ("resolved", "inactive"):
        return ""
    reactions = (words.concepts(each.get("manifestation")) for each in objects(allergy.get("reaction")))
    return words.joined((words.concept(allergy.get("code")), words.joined(reactions)), ": ")


def _diagnoses(encounter: Resource, sources: Sources) -> _Rows:
    listed = objects(encounter.get("diagnosis"))
    return tuple(_diagnosis(each, sources) for each in sorted(listed, key=_rank))


def _rank(diagnosis: Resource) -> float:
    rank = diagnosis.get("rank")
    return rank if isinstance(rank, int) else float("inf")


def _diagnosis(diagnosis: Resource, sources: Sources) -> tuple[str, ...]:
    reference = as_object(diagnosis.get("condition"))
    code = sources.target(reference).get("code")
    icd = next(iter((*words.codes(code, "icd-10"), *words.codes(code))), "")
    return words.concept(code) or as_text(reference.get("display")), icd, words.concept(diagnosis.get("use"))


def _medications(encounter: str, sources: Sources) -> _Rows:
    return tuple(_medication(each, sources) for each in sources.at_encounter("MedicationRequest", encounter))


def _medication(request: Resource, sources: Sources) -> tuple[str, ...]:
    reference = as_object(request.get("medicationReference"))
    name = words.concept(request.get("medicationCodeableConcept")) or words.concept(
        sources.target(reference).get("code")
    )
    directions = (as_text(each.get("text")) for each in objects(request.get("dosageInstruction")))
    dispense = as_object(request.get("dispenseRequest"))
    refills = as_text(dispense.get("numberOfRepeatsAllowed"))
    supply = words.joined((words.quantity(dispense.get("quantity")), f"{refills} refills" if refills else ""))
    return (
        name or as_text(reference.get("display")),
        words.joined(directions),
        supply,
        words.said(request.get("status")),
    )


def _reports(reports: list[Resource]) -> _Rows:
    return tuple(
        (words.concept(each.get("code")), words.moment(each, "effective")[:10], as_text(each.get("conclusion")))
        for each in reports
    )


def _dated(resource: Resource, element: str) -> str:
    name = words.concept(resource.get("code")) or words.concept(resource.get("vaccineCode"))
    return words.joined((name, words.moment(resource, element)))


def _immunizations(encounter: Resource, patient: str, sources: Sources) -> tuple[str, ...]:
    here = f"Encounter/{as_text(encounter.get('id'))}"
    given = sources.of_patient("Immunization", patient)
    names = (_dated(each, "occurrence") for each in given if as_object(each.get("encounter")).get("reference") == here)
    return tuple(filter(None, names))
