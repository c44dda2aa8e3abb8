"""Scopes in the words of a person who is asked to consent."""

import re
from urllib.parse import parse_qsl

from mock_athena.auth.scopes import LETTERS, Scope, parse_scope

IDENTITY, READING, CHANGING, STAYING = "Who you are", "See records", "Change records", "Stay connected"

_PLAIN = {
    "openid": (IDENTITY, "Know that it is you who signed in"),
    "fhirUser": (IDENTITY, "Know your name and your entry in the directory"),
    "profile": (IDENTITY, "Know your name and your entry in the directory"),
    "launch": (IDENTITY, "Know what is open in the health record system"),
    "launch/patient": (IDENTITY, "Know which patient this is about"),
    "launch/encounter": (IDENTITY, "Know which visit this is about"),
    "offline_access": (STAYING, "Keep access for up to 90 days, also while you are away"),
    "online_access": (STAYING, "Keep access for as long as you are signed in here"),
}
_FAMILIAR = {"rs": "See", "cud": "Add, change and delete", "cruds": "See, add, change and delete", "r": "Open"}
_KINDS = {
    "AllergyIntolerance": "allergies",
    "Appointment": "appointments",
    "Binary": "files",
    "CarePlan": "care plans",
    "CareTeam": "care team",
    "Condition": "health conditions",
    "Coverage": "insurance",
    "Device": "implants and devices",
    "DiagnosticReport": "laboratory and imaging reports",
    "DocumentReference": "documents and notes",
    "Encounter": "visits",
    "Goal": "health goals",
    "Group": "groups of patients",
    "Immunization": "vaccinations",
    "Location": "places of care",
    "Media": "images",
    "Medication": "medicines",
    "MedicationDispense": "medicines from the pharmacy",
    "MedicationRequest": "prescriptions",
    "Observation": "vital signs, test results and other observations",
    "Organization": "practices and organizations",
    "Patient": "name, birth date, address and other personal details",
    "Practitioner": "providers",
    "PractitionerRole": "providers’ roles",
    "Procedure": "procedures",
    "Provenance": "sources of records",
    "QuestionnaireResponse": "answers to questionnaires",
    "RelatedPerson": "relatives and contacts",
    "Schedule": "calendars",
    "ServiceRequest": "orders and referrals",
    "Slot": "free appointments",
    "Specimen": "samples",
}
# The categories of US Core's granular scopes, https://hl7.org/fhir/us/core/STU6.1/scopes.html.
_CATEGORIES = {
    "encounter-diagnosis": "diagnoses of visits",
    "problem-list-item": "health problems on the list",
    "health-concern": "health concerns",
    "laboratory": "laboratory results",
    "social-history": "social history",
    "vital-signs": "vital signs",
    "survey": "answers to surveys",
    "sdoh": "living conditions",
    "imaging": "imaging results",
    "clinical-note": "clinical notes",
}


def in_words(text: str, whose: str = "your") -> str:
    """``patient/Observation.rs`` → ``See your vital signs, test results and other observations``; unknown as it is.

    Args:
        whose: ``your``, or ``Ada’s`` where another person consents.
    """
    scope = parse_scope(text)
    if scope is None:
        return text
    return _resource_words(scope, whose) if scope.context else _PLAIN[text][1]


def group_of(text: str) -> str:
    """The heading under which a scope is shown: one of the four above."""
    scope = parse_scope(text)
    if scope is None or not scope.context:
        return _PLAIN.get(text, (IDENTITY, ""))[0]
    return CHANGING if set(scope.letters) & set("cud") else READING


def _resource_words(scope: Scope, whose: str) -> str:
    verbs = _FAMILIAR.get(scope.letters) or ", ".join(LETTERS[letter] for letter in scope.letters).capitalize()
    owner = {"patient": whose, "user": "all", "system": "everybody’s"}[scope.context]
    bound = " that you may see" if scope.context == "user" else ""
    if scope.type == "*":
        return f"{verbs} {owner if scope.context == 'user' else f'all {whose}'} health records{bound}"
    return f"{verbs} {owner} {_kind(scope)}{bound}"


def _kind(scope: Scope) -> str:
    plain = _KINDS.get(scope.type) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", scope.type).lower() + " records"
    if not scope.condition:
        return plain
    asked = parse_qsl(scope.condition, keep_blank_values=True)
    codes = [value.rpartition("|")[2] for name, value in asked if name == "category"]
    if len(asked) == len(codes) and all(code in _CATEGORIES for code in codes):
        return " and ".join(_CATEGORIES[code] for code in codes)
    only = " and ".join(f"{name} is {value.rpartition('|')[2]}" for name, value in asked)
    return f"{plain}, only where {only}"
