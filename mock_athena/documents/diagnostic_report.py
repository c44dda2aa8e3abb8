"""What the document of a DiagnosticReport says: https://hl7.org/fhir/R4/diagnosticreport.html.

A laboratory's is a table of results; that of imaging or cardiology is findings in words, with the picture. Both are
made of the same sections, of which those are left out in which nothing stands.
"""

from mock_athena.documents import people, words
from mock_athena.documents.attachments import inline
from mock_athena.documents.narrative import narrative, sections_of_text
from mock_athena.documents.pages import Block, Document, Fact, Figure, Paragraph, Section, section
from mock_athena.documents.pictures import picture_of
from mock_athena.documents.results import results_table
from mock_athena.documents.sources import Sources
from mock_athena.fhir.resource import Resource, as_object, as_text, objects

# The parts of LOINC that US Core names for reports other than a laboratory's, and their like of
# https://terminology.hl7.org/CodeSystem-v2-0074.html.
_KINDS = {
    "LP29684-5": "Imaging report",
    "LP29708-2": "Cardiology report",
    "LP7839-6": "Pathology report",
    "RAD": "Imaging report",
    "RX": "Imaging report",
    "RUS": "Imaging report",
    "IMG": "Imaging report",
    "CT": "Imaging report",
    "NMR": "Imaging report",
    "MAM": "Imaging report",
    "EC": "Cardiology report",
    "CUS": "Cardiology report",
    "LAB": "Laboratory report",
    "HM": "Laboratory report",
    "CH": "Laboratory report",
    "MB": "Laboratory report",
}
_LABORATORY = "Laboratory report"
_CONCLUDING = frozenset(("conclusion", "impression", "interpretation"))


def report_document(report: Resource, sources: Sources) -> Document:
    """The document of a DiagnosticReport."""
    subject = as_object(report.get("subject"))
    patient, encounter = sources.target(subject), sources.target(report.get("encounter"))
    kind = _kind(report)
    effective = words.moment(report, "effective")
    return Document(
        id=as_text(report.get("id")),
        kind=kind,
        title=words.concept(report.get("code")) or "Diagnostic report",
        letterhead=people.letterhead(_senders(report, patient, encounter, sources), sources.practice),
        about=people.patient_facts(subject, patient, effective),
        facts=_facts(report, encounter, kind, sources),
        sections=_sections(report, kind, sources),
        signature=_signature(report, sources),
        updated=words.updated(report),
    )


def _kind(report: Resource) -> str:
    categories = objects(report.get("category"))
    known = (_KINDS[code] for each in categories for code in words.codes(each) if code in _KINDS)
    return next(known, "") or words.concepts(categories) or "Diagnostic report"


def _senders(report: Resource, patient: Resource, encounter: Resource, sources: Sources) -> list[Resource]:
    """The practice of the encounter or the patient, else the organization that made the report."""
    named = (encounter.get("serviceProvider"), patient.get("managingOrganization"))
    return [*map(sources.target, named), *people.organizations(report.get("performer"), sources)]


def _facts(report: Resource, encounter: Resource, kind: str, sources: Sources) -> tuple[Fact, ...]:
    laboratory = kind == _LABORATORY
    specimens = [sources.target(each) or each for each in objects(report.get("specimen"))]
    performers = words.joined(people.person(each, sources) for each in sources.shown(report.get("performer")))
    readers = people.persons(report.get("resultsInterpreter"), sources)
    received = (words.readable(each.get("receivedTime")) for each in specimens)
    facts = (
        ("Collected" if laboratory else "Performed", words.moment(report, "effective")),
        ("Received", words.joined(received)),
        ("Reported", words.readable(report.get("issued"))),
        ("Status", words.said(report.get("status"))),
        ("Specimen", words.joined(_specimen(each) for each in specimens)),
        ("Ordered by", people.orderer(report, encounter, sources)),
        ("Performed by", performers),
        ("Read by", readers if readers != performers else ""),
        ("Report id", as_text(report.get("id"))),
    )
    return tuple(fact for fact in facts if fact[1] or fact[0] in ("Reported", "Status"))


def _specimen(specimen: Resource) -> str:
    return words.concept(specimen.get("type")) or as_text(specimen.get("display"))


def _signature(report: Resource, sources: Sources) -> str:
    signers = people.persons(report.get("resultsInterpreter"), sources)
    return people.signature(signers, words.readable(report.get("issued")))


def _sections(report: Resource, kind: str, sources: Sources) -> tuple[Section, ...]:
    laboratory, conclusion = kind == _LABORATORY, as_text(report.get("conclusion"))
    concluded = " ".join(conclusion.split())
    results = [each for each in sources.targets(report.get("result")) if not _repeats(each, concluded)]
    picture = picture_of(report, sources)
    shown: tuple[Block, ...] = (Figure(picture, picture.caption),) if picture else ()
    ends = section(
        "Conclusion" if laboratory else "Impression",
        Paragraph(conclusion),
        Paragraph(words.concepts(report.get("conclusionCode"))),
    )
    table = section("Results" if laboratory else "Measurements and results", *results_table(results, whole=laboratory))
    told = () if laboratory and results else _told(report, words.concept(report.get("code")), ends=bool(ends))
    return (*section("", *shown), *told, *table, *ends, *_inline(report))


def _repeats(result: Resource, conclusion: str) -> bool:
    """Whether a result only says again what is concluded."""
    return bool(conclusion) and " ".join(as_text(result.get("valueString")).split()) == conclusion


def _told(report: Resource, title: str, *, ends: bool) -> tuple[Section, ...]:
    """The narrative, without what stands in the document anyway."""
    return tuple(
        told
        for told in narrative(report)
        if not (ends and told.heading.lower() in _CONCLUDING)
        and not (told.heading == "" and told.blocks == (Paragraph(title),))
    )


def _inline(report: Resource) -> tuple[Section, ...]:
    """The text of an attachment that holds it itself."""
    return sections_of_text(inline(report, "text/plain").decode(errors="replace"))
