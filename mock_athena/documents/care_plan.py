"""What the document of a CarePlan says: https://hl7.org/fhir/R4/careplan.html."""

from mock_athena.documents import people, words
from mock_athena.documents.narrative import narrative
from mock_athena.documents.pages import Bullets, Column, Document, Fact, Grid, Paragraph, Section, section
from mock_athena.documents.results import notes_of
from mock_athena.documents.sources import Sources
from mock_athena.fhir.resource import Resource, as_list, as_object, as_text, objects

_CONCERNS = (Column("Health concern", 104), Column("Code", 26, 40), Column("Since", 30, 40), Column("Status", 26, 40))
_GOALS = (
    Column("Goal", 70),
    Column("Target", 52),
    Column("Due", 24, 40),
    Column("Status", 20, 40),
    Column("Progress", 24, 60),
)
_ACTIVITIES = (Column("Activity", 74), Column("Schedule", 38, 120), Column("Status", 26, 40), Column("Outcome", 48))
_TEAM = (Column("Name", 74), Column("Role", 74), Column("Phone", 38, 40))

_UNITS = {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}


def plan_document(plan: Resource, sources: Sources) -> Document:
    """The document of a CarePlan."""
    subject = as_object(plan.get("subject"))
    patient, encounter = sources.target(subject), sources.target(plan.get("encounter"))
    author = as_object(plan.get("author"))
    senders = (encounter.get("serviceProvider"), patient.get("managingOrganization"), author)
    created, period = words.readable(plan.get("created")), as_object(plan.get("period"))
    return Document(
        id=as_text(plan.get("id")),
        kind="Care plan",
        title=as_text(plan.get("title")) or words.concepts(plan.get("category")) or "Care plan",
        letterhead=people.letterhead(_organizations(senders, sources), sources.practice),
        about=people.patient_facts(subject, patient, as_text(period.get("start")) or created),
        facts=_facts(plan, sources),
        sections=_sections(plan, sources),
        signature=people.signature(people.persons([author], sources), created),
        updated=words.updated(plan),
    )


def _organizations(senders: tuple[object, ...], sources: Sources) -> list[Resource]:
    return [found for found in map(sources.target, senders) if found.get("resourceType") == "Organization"]


def _facts(plan: Resource, sources: Sources) -> tuple[Fact, ...]:
    facts = (
        ("Period", words.span(plan.get("period"))),
        ("Status", words.said(plan.get("status"))),
        ("Intent", words.said(plan.get("intent"))),
        ("Category", words.concepts(plan.get("category")).replace("assess-plan", "Assessment and plan of treatment")),
        ("Author", words.joined(people.person(each, sources) for each in sources.shown(plan.get("author")))),
        ("Created", words.readable(plan.get("created"))),
        ("Plan id", as_text(plan.get("id"))),
    )
    return tuple(fact for fact in facts if fact[1] or fact[0] in ("Period", "Status"))


def _sections(plan: Resource, sources: Sources) -> tuple[Section, ...]:
    planned = tuple(_activity(each, sources) for each in objects(plan.get("activity")))
    goals = tuple(_goal(each, sources) for each in objects(plan.get("goal")))
    told = () if planned or goals else narrative(plan)
    return (
        *section("Summary", Paragraph(as_text(plan.get("description")))),
        *section(
            "Health concerns",
            Grid(_CONCERNS, tuple(_concern(each, sources) for each in objects(plan.get("addresses")))),
        ),
        *section("Goals", Grid(_GOALS, goals)),
        *section("Activities", Grid(_ACTIVITIES, planned)),
        *told,
        *section("Care team", Grid(_TEAM, _team(plan, sources))),
        *section("Notes", Bullets(tuple(notes_of(plan)))),
    )


def _concern(reference: Resource, sources: Sources) -> tuple[str, ...]:
    condition = sources.target(reference)
    code = condition.get("code")
    icd = next(iter((*words.codes(code, "icd-10"), *words.codes(code))), "")
    since = words.moment(condition, "onset") or words.readable(condition.get("recordedDate"))
    name = words.concept(code) or as_text(reference.get("display"))
    return name, icd, since, words.said(words.concept(condition.get("clinicalStatus")))


def _goal(reference: Resource, sources: Sources) -> tuple[str, ...]:
    goal = sources.target(reference)
    targets = objects(goal.get("target"))
    due = words.joined(words.readable(each.get("dueDate")) for each in targets)
    name = words.concept(goal.get("description")) or as_text(reference.get("display"))
    status = words.said(goal.get("lifecycleStatus"))
    return (
        name,
        words.joined(map(_target, targets), "; "),
        due,
        status,
        words.said(words.concept(goal.get("achievementStatus"))),
    )


def _target(target: Resource) -> str:
    bounds = as_object(target.get("detailRange"))
    within = words.joined(map(words.quantity, (bounds.get("low"), bounds.get("high"))), " – ")
    wanted = (
        words.quantity(target.get("detailQuantity")) or within or words.concept(target.get("detailCodeableConcept"))
    )
    return words.joined((words.concept(target.get("measure")), wanted or as_text(target.get("detailString"))), " ")


def _activity(activity: Resource, sources: Sources) -> tuple[str, ...]:
    detail = as_object(activity.get("detail"))
    reference = as_object(activity.get("reference"))
    target = sources.target(reference)
    name = as_text(detail.get("description")) or words.concept(detail.get("code")) or as_text(reference.get("display"))
    outcomes = words.concepts(activity.get("outcomeCodeableConcept"))
    progress = words.joined((as_text(each.get("text")) for each in objects(activity.get("progress"))), "; ")
    status = words.said(detail.get("status") or target.get("status"))
    return name or _name_of(target), _schedule(detail), status, words.joined((outcomes, progress), "; ")


def _name_of(resource: Resource) -> str:
    named = ("code", "medicationCodeableConcept", "vaccineCode")
    found = words.joined(words.concept(resource.get(element)) for element in named)
    return found or as_text(resource.get("description"))


def _schedule(detail: Resource) -> str:
    timing = as_object(detail.get("scheduledTiming"))
    repeat = as_object(timing.get("repeat"))
    said = words.concept(timing.get("code")) or _repeat(repeat)
    return said or words.span(detail.get("scheduledPeriod")) or as_text(detail.get("scheduledString"))


def _repeat(repeat: Resource) -> str:
    """``2 times a day``, ``every 3 months``: https://hl7.org/fhir/R4/datatypes.html#Timing."""
    unit = _UNITS.get(as_text(repeat.get("periodUnit")), "")
    if not unit:
        return words.span(repeat.get("boundsPeriod"))
    times, period = as_text(repeat.get("frequency")) or "1", as_text(repeat.get("period")) or "1"
    how_often = "once" if times == "1" else f"{times} times"
    if period == "1":
        return f"{how_often} {'an' if unit == 'hour' else 'a'} {unit}"
    return f"every {period} {unit}s" if times == "1" else f"{times} times every {period} {unit}s"


def _team(plan: Resource, sources: Sources) -> tuple[tuple[str, ...], ...]:
    members = [each for team in sources.targets(plan.get("careTeam")) for each in objects(team.get("participant"))]
    return tuple(_member(each, sources) for each in members)


def _member(participant: Resource, sources: Sources) -> tuple[str, ...]:
    reference = as_object(participant.get("member"))
    member = sources.target(reference) or reference
    return people.person(member, sources), words.concepts(as_list(participant.get("role"))), words.phone(member)
