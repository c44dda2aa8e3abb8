"""Resources of one invented patient by hand, and sources that find them: nothing here depends on a generator."""

import io
from typing import Any

from pypdf import PdfReader

from mock_athena.documents.rendering import rendered
from mock_athena.documents.sources import Sources
from mock_athena.fhir.resource import Resource

LOINC, ICD10 = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm"
SUBJECT = {"reference": "Patient/p9"}
VISIT = {"reference": "Encounter/e1"}


def coded(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def resource(type: str, id: str, /, **elements: Any) -> Resource:
    meta = {"versionId": "1", "lastUpdated": "2024-01-16T08:00:00.000Z"}
    return {"resourceType": type, "id": id, "meta": meta, **elements}


def measured(id: str, code: str, name: str, value: str, unit: str, category: str, **more: Any) -> Resource:
    """An Observation of the visit."""
    kind = [{"coding": [{"code": category}]}]
    quantity = {"value": value, "unit": unit}
    body = {"category": kind, "code": coded(LOINC, code, name), "valueQuantity": quantity, "encounter": VISIT}
    return resource("Observation", id, subject=SUBJECT, **body, **more)


def laboratory(id: str, code: str, name: str, value: str, unit: str, low: str, high: str, flag: str) -> Resource:
    limits = [{"low": {"value": low}, "high": {"value": high}}]
    meant = [{"coding": [{"code": flag}]}]
    return measured(id, code, name, value, unit, "laboratory", referenceRange=limits, interpretation=meant)


PEOPLE = [
    resource(
        "Patient",
        "p9",
        name=[{"given": ["Łucía", "Marisol"], "family": "Quispe Okonkwo"}],
        birthDate="1980-04-02",
        gender="female",
        address=[{"line": ["14 Alder Lane"], "city": "Springfield", "state": "MA", "postalCode": "01103"}],
        telecom=[{"system": "phone", "value": "413-555-0142"}],
        managingOrganization={"reference": "Organization/practice"},
    ),
    resource(
        "Organization",
        "practice",
        name="Springfield Medical Group",
        address=[{"line": ["200 Mill Street", "Suite 3"], "city": "Springfield", "state": "MA", "postalCode": "01103"}],
        telecom=[{"system": "phone", "value": "413-555-0100"}],
    ),
    resource("Organization", "lab", name="Lakeside Laboratory"),
    resource("Location", "clinic", name="Family Medicine"),
    resource(
        "Practitioner",
        "dr",
        name=[{"text": "Amara Okafor, MD"}],
        telecom=[{"system": "phone", "value": "413-555-0111"}],
    ),
]

CHART = [
    resource(
        "AllergyIntolerance", "a1", code={"text": "Penicillin"}, reaction=[{"manifestation": [{"text": "Hives"}]}]
    ),
    resource("AllergyIntolerance", "a2", code={"text": "Latex"}, clinicalStatus={"coding": [{"code": "resolved"}]}),
    resource(
        "Condition",
        "c1",
        code=coded(ICD10, "E11.9", "Type 2 diabetes mellitus without complications"),
        clinicalStatus={"coding": [{"code": "active"}]},
        onsetDateTime="2015-06-01",
    ),
    resource("Condition", "c2", code=coded(ICD10, "I10", "Essential (primary) hypertension")),
    resource(
        "Encounter",
        "e1",
        **{"class": {"code": "AMB", "display": "ambulatory"}},
        type=[{"text": "Follow-up visit"}],
        subject=SUBJECT,
        period={"start": "2024-01-15T10:00:00-05:00", "end": "2024-01-15T10:30:00-05:00"},
        participant=[{"individual": {"reference": "Practitioner/dr"}}],
        reasonCode=[{"text": "Diabetes follow-up"}, {"text": "Fatigue for three weeks"}],
        diagnosis=[
            {"condition": {"reference": "Condition/c2"}, "rank": 2, "use": {"text": "Billing"}},
            {"condition": {"reference": "Condition/c1"}, "rank": 1, "use": {"text": "Billing"}},
        ],
        location=[{"location": {"reference": "Location/clinic"}}],
        serviceProvider={"reference": "Organization/practice"},
    ),
    resource(
        "Observation",
        "bp",
        category=[{"coding": [{"code": "vital-signs"}]}],
        code=coded(LOINC, "85354-9", "Blood pressure panel with all children optional"),
        encounter=VISIT,
        component=[
            {"code": coded(LOINC, "8480-6", "Systolic"), "valueQuantity": {"value": 138, "unit": "mmHg"}},
            {"code": coded(LOINC, "8462-4", "Diastolic"), "valueQuantity": {"value": 86, "unit": "mmHg"}},
        ],
    ),
    measured("hr", "8867-4", "Heart rate", "76", "/min", "vital-signs"),
    measured("bt", "8310-5", "Body temperature", "98.4", "degF", "vital-signs"),
    measured("ox", "59408-5", "Oxygen saturation", "98", "%", "vital-signs"),
    measured("wt", "29463-7", "Body weight", "84.2", "kg", "vital-signs"),
    measured("phq", "44261-6", "PHQ-9 total score", "4", "{score}", "survey"),
    laboratory("l1", "6690-2", "Leukocytes", "11.80", "10*3/uL", "4.5", "11.0", "H"),
    laboratory("l2", "789-8", "Erythrocytes", "4.61", "10*6/uL", "4.0", "5.2", "N"),
    laboratory("l3", "718-7", "Hemoglobin", "9.1", "g/dL", "12.0", "15.5", "LL")
    | {"note": [{"text": "Critical value, called to the ordering clinician and read back."}]},
    laboratory("l4", "777-3", "Platelets", "245", "10*3/uL", "150", "400", "N"),
    resource(
        "MedicationRequest",
        "m1",
        encounter=VISIT,
        status="active",
        medicationCodeableConcept={"text": "metformin hydrochloride 500 MG Oral Tablet"},
        dosageInstruction=[{"text": "Take one tablet by mouth twice a day with meals"}],
        dispenseRequest={"numberOfRepeatsAllowed": 3, "quantity": {"value": 180, "unit": "tablet"}},
    ),
    resource(
        "Procedure", "x1", encounter=VISIT, code={"text": "Diabetic foot examination"}, performedDateTime="2024-01-15"
    ),
    resource("Immunization", "i1", encounter=VISIT, vaccineCode={"text": "influenza"}, occurrenceDateTime="2024-01-15"),
    resource("Immunization", "i2", vaccineCode={"text": "tetanus"}, occurrenceDateTime="2019-01-15"),
]

LABORATORY_REPORT = resource(
    "DiagnosticReport",
    "report-1",
    status="final",
    category=[{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}]}],
    code=coded(LOINC, "58410-2", "Complete blood count (hemogram) panel"),
    subject=SUBJECT,
    encounter=VISIT,
    effectiveDateTime="2024-01-15T10:12:00-05:00",
    issued="2024-01-15T19:00:00.000Z",
    performer=[{"reference": "Organization/lab"}],
    specimen=[{"display": "Venous blood specimen"}],
    result=[{"reference": f"Observation/l{number}"} for number in (1, 2, 3, 4)],
    conclusion="Outside the reference range: Leukocytes high; Hemoglobin critically low – repeat in two weeks.",
)

ECG_REPORT = resource(
    "DiagnosticReport",
    "ecg-1",
    status="final",
    category=[coded(LOINC, "LP29708-2", "Cardiology")],
    code=coded(LOINC, "11524-6", "EKG study"),
    subject=SUBJECT,
    encounter=VISIT,
    effectiveDateTime="2024-01-15T10:20:00-05:00",
    issued="2024-01-15T15:40:00.000Z",
    performer=[{"reference": "Organization/practice"}, {"reference": "Practitioner/dr"}],
    resultsInterpreter=[{"reference": "Practitioner/dr"}],
    result=[{"reference": "Observation/hr"}, {"reference": "Observation/qrs"}],
    text={
        "div": "<div><p><b>EKG study</b></p><p>Findings: Sinus rhythm, normal axis, no ST changes.</p>"
        "<p>Conclusion: Normal ECG.</p></div>"
    },
    conclusion="Normal ECG.",
)
CHART.append(measured("qrs", "8633-0", "QRS duration", "92", "ms", "procedure") | {"encounter": {}})

CHEST_REPORT = resource(
    "DiagnosticReport",
    "chest-1",
    status="final",
    category=[coded(LOINC, "LP29684-5", "Radiology")],
    code=coded(LOINC, "36643-5", "XR Chest 2 Views"),
    subject=SUBJECT,
    encounter=VISIT,
    effectiveDateTime="2024-01-15T11:05:00-05:00",
    issued="2024-01-15T17:10:00.000Z",
    performer=[{"reference": "Organization/practice"}],
    resultsInterpreter=[{"reference": "Practitioner/dr"}],
    text={
        "div": "<div><p>Findings: The lungs are clear. The heart is of normal size. No pleural effusion.</p>"
        "<p>Conclusion: No acute cardiopulmonary disease.</p></div>"
    },
    conclusion="No acute cardiopulmonary disease.",
)

NOTE = resource(
    "DocumentReference",
    "note-1",
    status="current",
    docStatus="final",
    type=coded(LOINC, "11506-3", "Progress note"),
    category=[{"coding": [{"code": "clinical-note", "display": "Clinical Note"}]}],
    subject=SUBJECT,
    date="2024-01-15T15:55:00.000Z",
    author=[{"reference": "Practitioner/dr"}],
    custodian={"reference": "Organization/practice"},
    description="Progress note, 2024-01-15",
    content=[{"attachment": {"contentType": "application/pdf", "url": "http://fhir.mock-athena.invalid/Binary/b1"}}],
    context={"encounter": [VISIT]},
    text={
        "div": '<div xmlns="http://www.w3.org/1999/xhtml"><h3>Subjective</h3><p>Tired for three weeks. '
        "Checks glucose at home, mostly below 150 mg/dL. No chest pain.</p>"
        "<h3>Assessment</h3><p>Diabetes is well controlled. New anemia.</p>"
        "<h3>Plan</h3><ul><li>Continue metformin.</li><li>Iron studies, then review.</li></ul></div>"
    },
)

CARE_PLAN = resource(
    "CarePlan",
    "plan-1",
    status="active",
    intent="plan",
    title="Diabetes Care Plan",
    description="Blood glucose control, activity and screening for complications",
    category=[{"coding": [{"code": "assess-plan"}]}],
    subject=SUBJECT,
    period={"start": "2024-01-15", "end": "2025-01-14"},
    created="2024-01-15T15:00:00Z",
    author={"reference": "Practitioner/dr"},
    careTeam=[{"reference": "CareTeam/t1"}],
    addresses=[{"reference": "Condition/c1"}],
    goal=[{"reference": "Goal/g1"}],
    activity=[
        {
            "outcomeCodeableConcept": [{"text": "Readings kept in the log"}],
            "detail": {
                "status": "in-progress",
                "description": "Check blood glucose at home",
                "scheduledTiming": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
            },
        },
        {
            "detail": {
                "status": "scheduled",
                "description": "Visit for a hemoglobin A1c",
                "scheduledTiming": {"repeat": {"frequency": 1, "period": 3, "periodUnit": "mo"}},
            }
        },
    ],
)
PLANNED = [
    resource(
        "Goal",
        "g1",
        lifecycleStatus="active",
        achievementStatus={"coding": [{"code": "in-progress"}]},
        description={"text": "Hemoglobin A1c below 7 percent"},
        target=[
            {
                "measure": {"text": "Hemoglobin A1c"},
                "detailQuantity": {"value": "7.0", "comparator": "<", "unit": "%"},
                "dueDate": "2025-01-14",
            }
        ],
    ),
    resource(
        "CareTeam",
        "t1",
        participant=[
            {"role": [{"text": "Primary care provider"}], "member": {"reference": "Practitioner/dr"}},
            {"role": [{"text": "Patient"}], "member": SUBJECT},
        ],
    ),
]
ALL = [*PEOPLE, *CHART, *PLANNED, LABORATORY_REPORT, ECG_REPORT, CHEST_REPORT, NOTE, CARE_PLAN]


def sources(*more: Resource) -> Sources:
    """Sources with the resources above; those of ``more`` come before them."""
    held = {(each["resourceType"], each["id"]): each for each in (*ALL, *more)}

    def at_encounter(type: str, id: str) -> list[Resource]:
        here = {"reference": f"Encounter/{id}"}
        return [each for (kind, _), each in held.items() if kind == type and each.get("encounter") == here]

    def of_patient(type: str, id: str) -> list[Resource]:
        return [each for (kind, _), each in held.items() if kind == type and id == "p9"]

    return Sources(lambda *key: held.get(key), at_encounter, of_patient, "Practice 1")


def pdf_of(resource: Resource, *more: Resource) -> bytes:
    """Its PDF."""
    found = rendered(resource, "pdf", sources(resource, *more))
    assert found is not None
    return found


def text_of(file: bytes) -> str:
    """What a reader of the PDF reads."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
