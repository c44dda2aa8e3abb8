"""What the document of a DocumentReference says: the note of a visit, made of what the visit left in the chart.

https://hl7.org/fhir/R4/documentreference.html. Its own words are the narrative (``text.div``); diagnoses, vital signs,
results and prescriptions are those of the Encounter in ``context.encounter``. A note whose text is stored, in the
attachment or in the Binary that its URL names, is that text; what it lists that is in the chart too becomes a table.
"""

from mock_athena.documents import people, words
from mock_athena.documents.attachments import attachments, binary_of, decoded, media_type
from mock_athena.documents.narrative import narrative, sections_of_html, sections_of_text
from mock_athena.documents.pages import Document, Fact, Paragraph, Section, section
from mock_athena.documents.sources import Sources
from mock_athena.documents.visit_sections import visit_sections
from mock_athena.fhir.resource import Resource, as_object, as_text, objects

# What follows from the visit comes after what was found in it.
_CLOSING = frozenset(
    ("assessment", "plan", "assessment and plan", "impression", "recommendations", "follow-up", "follow up")
)
_CLOSING |= {"disposition", "discharge instructions", "instructions", "goals", "patient instructions"}
# The lists of a stored text for which the chart has a table, and the heading of that.
_LISTS = {
    "vital signs": "vital signs",
    "results": "results",
    "medications ordered": "medications ordered",
    "discharge medications": "medications ordered",
}
_SCANNED = "A scanned image; it is a file of its own."
_STAYS = frozenset(("IMP", "ACUTE", "NONAC", "SS", "OBSENC"))


def note_document(note: Resource, sources: Sources) -> Document:
    """The document of a DocumentReference."""
    context = as_object(note.get("context"))
    encounter = next(iter(sources.targets(context.get("encounter"))), {})
    subject = as_object(note.get("subject"))
    patient = sources.target(subject)
    period = as_object(encounter.get("period") or context.get("period"))
    return Document(
        id=as_text(note.get("id")),
        kind=words.concepts(note.get("category")) or "Clinical note",
        title=words.concept(note.get("type")) or as_text(note.get("description")) or "Clinical note",
        letterhead=people.letterhead(_senders(note, encounter, patient, sources), sources.practice),
        about=people.patient_facts(subject, patient, as_text(period.get("start")) or as_text(note.get("date"))),
        facts=_facts(note, encounter, period, sources),
        sections=_sections(note, encounter, sources),
        signature=_signature(note, sources),
        updated=words.updated(note),
    )


def _senders(note: Resource, encounter: Resource, patient: Resource, sources: Sources) -> list[Resource]:
    named = (encounter.get("serviceProvider"), note.get("custodian"), patient.get("managingOrganization"))
    return [*map(sources.target, named), *people.organizations(note.get("author"), sources)]


def _facts(note: Resource, encounter: Resource, period: Resource, sources: Sources) -> tuple[Fact, ...]:
    stay = as_text(as_object(encounter.get("class")).get("code")) in _STAYS
    hospital = as_object(encounter.get("hospitalization"))
    places = (as_object(each.get("location")) for each in objects(encounter.get("location")))
    authors = words.joined(people.person(each, sources) for each in sources.shown(note.get("author")))
    seen_by = people.persons([each.get("individual") for each in objects(encounter.get("participant"))], sources)
    facts = (
        ("Stay" if stay else "Visit", words.span(period)),
        ("Type", words.concepts(encounter.get("type")) or words.concept({"coding": [encounter.get("class")]})),
        ("Location", words.joined(words.name(sources.target(each) or each) for each in places)),
        ("Seen by", seen_by if seen_by != authors else ""),
        ("Author", authors),
        ("Discharged to", words.concept(hospital.get("dischargeDisposition"))),
        ("Written", words.readable(note.get("date"))),
        ("Status", words.said(note.get("docStatus")) or words.said(note.get("status"))),
        ("Document id", as_text(note.get("id"))),
    )
    return tuple(fact for fact in facts if fact[1] or fact[0] in ("Author", "Status"))


def _sections(note: Resource, encounter: Resource, sources: Sources) -> tuple[Section, ...]:
    found = visit_sections(encounter, sources) if encounter else ()
    if stored := _stored_text(note, sources):
        return _tabulated(stored, found, words.concept(note.get("type")))
    if _is_picture(note):
        return section("", Paragraph(as_text(note.get("description"))), Paragraph(_SCANNED, quiet=True))
    told = narrative(note)
    opening = tuple(each for each in told if each.heading.lower() not in _CLOSING)
    closing = tuple(each for each in told if each.heading.lower() in _CLOSING)
    lead = () if told else section("", Paragraph(as_text(note.get("description"))))
    reasons = section(
        "Reason for visit", Paragraph(words.joined(map(words.concept, objects(encounter.get("reasonCode"))), "; "))
    )
    return (*lead, *reasons, *opening, *found, *closing)


def _tabulated(stored: tuple[Section, ...], found: tuple[Section, ...], title: str) -> tuple[Section, ...]:
    """The sections of a stored text; in the place of those that list results are the tables of the chart."""
    tables = {each.heading.lower(): each for each in found}
    made: list[Section] = []
    for heading, blocks in stored:
        table = tables.get(_LISTS.get(heading.lower(), ""))
        # The title stands above everything, and need not be said again.
        made.append(Section("" if heading == title else heading, table.blocks if table else blocks))
        if table and heading.lower() == "results" and "reports" in tables:
            made.append(tables["reports"])
    return tuple(made)


def _is_picture(note: Resource) -> bool:
    """Whether the note is a scan: then nothing else of the visit belongs to it."""
    types = [media_type(each) for each in attachments(note)]
    return bool(types) and all(type.startswith("image/") for type in types)


def _stored_text(note: Resource, sources: Sources) -> tuple[Section, ...]:
    """The sections of a text that is stored; none where there is no such text."""
    for attachment in attachments(note):
        binary = binary_of(attachment, sources)
        text = (decoded(attachment) or decoded(binary)).decode(errors="replace")
        type = media_type(attachment) or media_type(binary)
        if text and type in ("text/html", "application/xhtml+xml"):
            return sections_of_html(text)
        if text and type.startswith("text/"):
            return sections_of_text(text)
    return ()


def _signature(note: Resource, sources: Sources) -> str:
    authenticator = people.persons([note.get("authenticator")], sources)
    names = authenticator or people.persons(note.get("author"), sources)
    return people.signature(names, words.readable(note.get("date")))
