"""The Patient: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-patient.html."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from mock_athena.population import ids, moments, names
from mock_athena.population.chart import US_CORE, Chart, sharing_extension
from mock_athena.population.codes import CDCREC, HL7, LANGUAGE, bare, coding, concept
from mock_athena.population.content import household
from mock_athena.population.content.household import Household
from mock_athena.population.person import Person
from mock_athena.population.staff import primary_care

# SNOMED CT, as the extension has a code alone: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-sex.html
_SEX = {"female": "248152002", "male": "248153007"}
_TRIBES = ("1", "91", "92", "93")
_UNTOLD_GENDER_EVERY, _UNTOLD_GENDER_AT = 20, 9

Body = dict[str, Any]


def record(chart: Chart) -> None:
    """Add the Patient."""
    person, died = chart.person, chart.story.died
    known = household.draw(person)
    body: Body = {
        "extension": _extensions(person, known),
        "identifier": _identifiers(person.id),
        "active": died is None,
        "name": _names(person, known),
        "telecom": _telecom(person, known),
        "gender": person.gender,
        "birthDate": person.born.isoformat(),
        "address": _addresses(known),
        "communication": _communication(known.language),
        "generalPractitioner": [primary_care(person)],
        "managingOrganization": {"reference": f"Organization/{ids.practice_id(person.practice)}"},
        **_family(person, known),
    }
    if died:
        body["deceasedDateTime"] = moments.date_time(died)
    chart.add("Patient", person.id, died or _updated(chart), body, "us-core-patient")


def _updated(chart: Chart) -> datetime:
    """When the front desk last asked for changes: at the first visit."""
    if chart.story.visits:
        return chart.story.visits[0].start
    return moments.at(max(chart.person.born, chart.person.as_of - timedelta(days=30)), 15 * 60)


def _identifiers(id: str) -> list[Body]:
    system = "https://fhir.athena.io/sid/ah-patient"
    return [{"use": "usual", "type": bare(HL7 + "v2-0203", "MR"), "system": system, "value": id}]


def _names(person: Person, known: Household) -> list[Body]:
    official: Body = {"use": "official", "family": known.family, "given": known.given}
    if known.suffix:
        official["suffix"] = [known.suffix]
    found = [official]
    if person.n % 3 == 0:
        found.append({"use": "usual", "family": known.family, "given": known.given[:1]})
    if known.previous:
        family, until = known.previous
        official["period"] = {"start": until.isoformat()}
        old = {"use": "old", "family": family, "given": known.given}
        found.append({**old, "period": {"start": person.born.isoformat(), "end": _day_before(until)}})
    return found


def _day_before(day: date) -> str:
    return (day - timedelta(days=1)).isoformat()


def _telecom(person: Person, known: Household) -> list[Body]:
    phone = {"system": "phone", "value": known.phone, "use": "mobile", "rank": 1}
    if person.is_child:
        return [{**phone, "value": known.relatives[0].phone}] if known.relatives else [phone]
    found: list[Body] = [phone]
    if person.age >= 50:
        found.append({"system": "phone", "value": known.home_phone, "use": "home"})
    if person.n % 8:
        found.append({"system": "email", "value": names.mail(known.given[0], known.family, person.n), "use": "home"})
    return found


def _addresses(known: Household) -> list[Body]:
    present = household.address(known)
    if not known.moved:
        return [present]
    address, begin, end = known.moved
    present["period"] = {"start": end.isoformat()}
    period = {"start": begin.isoformat(), "end": _day_before(end)}
    return [present, {"use": "old", "type": "both", **address, "period": period}]


@cache
def _communication(language: str) -> list[Body]:
    spoken = [{"language": concept(LANGUAGE, language), "preferred": True}]
    return spoken if language == "en" else [*spoken, {"language": concept(LANGUAGE, "en")}]


def _family(person: Person, known: Household) -> Body:
    found: Body = {}
    if known.marital:
        found["maritalStatus"] = concept(HL7 + "v3-MaritalStatus", known.marital)
    if known.twin:
        found["multipleBirthInteger"] = known.twin
    if known.relatives and (person.is_child or person.age >= 60):
        found["contact"] = [_contact(each) for each in known.relatives]
    return found


def _contact(relative: household.Relative) -> Body:
    return {
        "relationship": [bare(HL7 + "v2-0131", "N"), bare(HL7 + "v3-RoleCode", relative.relationship)],
        "name": {"family": relative.family, "given": [relative.given]},
        "telecom": [{"system": "phone", "value": relative.phone, "use": "mobile"}],
        "gender": relative.gender,
    }


def _extensions(person: Person, known: Household) -> list[Body]:
    found = [
        _origin("us-core-race", known.race, known.race_detail),
        _origin("us-core-ethnicity", known.ethnicity, known.ethnicity_detail),
        _sex(person.gender),
        {"url": US_CORE + "us-core-sex", "valueCode": _SEX[person.gender]},
        sharing_extension(person.practice),
    ]
    if known.race == household.NATIVE:
        found.append(_tribe(_TRIBES[person.n % len(_TRIBES)]))
    if person.n % _UNTOLD_GENDER_EVERY == _UNTOLD_GENDER_AT and not person.is_child:
        value = concept(HL7 + "v3-NullFlavor", "ASKU")
        found.append({"url": US_CORE + "us-core-genderIdentity", "valueCodeableConcept": value})
    return found


@cache
def _sex(gender: str) -> Body:
    return {"url": US_CORE + "us-core-birthsex", "valueCode": gender[0].upper()}


@cache
def _tribe(code: str) -> Body:
    value = concept(HL7 + "v3-TribalEntityUS", code)
    parts = [{"url": "tribalAffiliation", "valueCodeableConcept": value}, {"url": "isEnrolled", "valueBoolean": True}]
    return {"url": US_CORE + "us-core-tribal-affiliation", "extension": parts}


@cache
def _origin(name: str, code: str, detail: str) -> Body:
    if not code:
        return {"url": US_CORE + name, "extension": [{"url": "text", "valueString": "Declined to specify"}]}
    parts: list[Body] = [{"url": "ombCategory", "valueCoding": coding(CDCREC, code)}]
    if detail:
        parts.append({"url": "detailed", "valueCoding": coding(CDCREC, detail)})
    parts.append({"url": "text", "valueString": coding(CDCREC, detail or code)["display"]})
    return {"url": US_CORE + name, "extension": parts}
