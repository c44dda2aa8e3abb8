"""Who a document is from and about: the letterhead of the practice, the facts of the patient, the signature."""

from collections.abc import Iterable

from mock_athena.documents import words
from mock_athena.documents.pages import Fact, Letterhead
from mock_athena.documents.sources import Sources, literal_of
from mock_athena.fhir.resource import Resource, as_object, as_text, objects


def letterhead(senders: Iterable[Resource], practice: str) -> Letterhead:
    """That of the first sender who has a name.

    Args:
        practice: the name where none has.
    """
    for sender in senders:
        if found := words.name(sender):
            phone = words.phone(sender)
            lines = (words.address(sender), f"Phone {phone}" if phone else "")
            return Letterhead(found, tuple(filter(None, lines)))
    return Letterhead(practice)


def patient_facts(subject: Resource, patient: Resource, day: str) -> tuple[Fact, ...]:
    """What identifies a patient.

    Args:
        subject: the Reference. patient: what it points to, empty where that is not to be had.
        day: date on which the patient's age counts.
    """
    born = as_text(patient.get("birthDate"))
    literal = literal_of(subject)
    shown = as_text(patient.get("id")) or (literal.id if literal and literal.type == "Patient" else "")
    return (
        ("Patient", words.name(patient) or as_text(subject.get("display"))),
        ("Date of birth", f"{born} {_age(born, day)}".strip()),
        ("Sex", words.said(patient.get("gender"))),
        ("Patient id", shown),
        ("Address", words.address(patient)),
        ("Phone", words.phone(patient)),
    )


def _age(born: str, day: str) -> str:
    """``(43 y)``, and months below two years; nothing where it cannot be told."""
    try:
        (year, month, date), (then_year, then_month, then_date) = _ymd(born), _ymd(day)
    except ValueError:
        return ""
    months = (then_year - year) * 12 + then_month - month - (then_date < date)
    if months < 0:
        return ""
    return f"({months} mo)" if months < 24 else f"({months // 12} y)"


def _ymd(text: str) -> tuple[int, int, int]:
    year, month, day = (int(part) for part in text[:10].split("-"))
    return year, month, day


def person(resource: Resource, sources: Sources) -> str:
    """The name of a person; that of the Practitioner for a PractitionerRole."""
    if resource.get("resourceType") == "PractitionerRole":
        practitioner = as_object(resource.get("practitioner"))
        return words.name(sources.target(practitioner)) or as_text(practitioner.get("display"))
    return words.name(resource)


def persons(references: object, sources: Sources) -> str:
    """The names of the persons among References, not those of organizations."""
    found = (each for each in sources.shown(references) if not _is_organization(each))
    return words.joined(person(each, sources) for each in found)


def organizations(references: object, sources: Sources) -> list[Resource]:
    """The organizations among References."""
    return [each for each in sources.shown(references) if _is_organization(each)]


def _is_organization(resource: Resource) -> bool:
    literal = literal_of(resource)
    return (resource.get("resourceType") or (literal and literal.type)) == "Organization"


def signature(names: str, moment: str) -> str:
    """``Electronically signed by …``; nothing where nobody is named."""
    when = f", {moment}" if moment else ""
    return f"Electronically signed by {names}{when}" if names else ""


def orderer(report: Resource, encounter: Resource, sources: Sources) -> str:
    """Who asked for a report: the requester of what it is based on, else the clinicians of the encounter."""
    requests = (sources.target(each) or each for each in objects(report.get("basedOn")))
    requesters = [as_object(each.get("requester")) for each in requests]
    participants = [as_object(each.get("individual")) for each in objects(encounter.get("participant"))]
    return persons(requesters, sources) or persons(participants, sources)
