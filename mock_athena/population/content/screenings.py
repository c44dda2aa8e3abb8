"""Questionnaires: what was answered, and what it says about the person.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-questionnaireresponse.html
https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-observation-screening-assessment.html
"""

from functools import cache
from typing import Any

from mock_athena.population import instruments, moments
from mock_athena.population.chart import Chart, Reference, profiles
from mock_athena.population.codes import HL7, LOINC, US_CORE, Concept, coding, concept, display, unit
from mock_athena.population.content import actors, observations
from mock_athena.population.content.observations import Frame, Template
from mock_athena.population.story import Answer, Screening, Visit

_PROFILE = "us-core-observation-screening-assessment"
_KIND = "screeningitem"
_HUNGER_RISK, _AT_RISK, _HOUSING, _WORK = "88124-3", "LA19952-3", "71802-3", "67875-5"
_CONCLUSIONS = (_HUNGER_RISK, _HOUSING, _WORK)
_SEVERITIES = {
    "phq-9": ((20, "Severe"), (15, "Moderately severe"), (10, "Moderate"), (5, "Mild"), (0, "Minimal")),
    "gad-7": ((15, "Severe"), (10, "Moderate"), (5, "Mild"), (0, "Minimal")),
}
_DISPLAY = "http://hl7.org/fhir/StructureDefinition/display"
_URI = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-extension-questionnaire-uri"
# What follows from the answers before: how much these problems get in the way, whether there is a risk of hunger.
_FOLLOWING = ("69722-7", "88124-3")
# Its questions stand under headings.
_GROUPED = ("prapare",)
_FILLED_IN = {"linkId": "filled-in", "text": "How it was filled in", "answer": [{"valueString": "By the patient"}]}


def record(chart: Chart, visit: Visit, encounter: Reference) -> None:
    """Add each questionnaire of a visit with the Observations that follow from it."""
    for screening in visit.screenings:
        response = _response(chart, visit, encounter, screening)
        performer = actors.clinician(chart.person.practice, visit.provider)
        frame = observations.frame(chart, encounter, performer, screening.taken)
        _observations(frame, screening, response)


def _response(chart: Chart, visit: Visit, encounter: Reference, screening: Screening) -> Reference:
    id = chart.new_id("screening")
    code, _, _ = _instrument(screening.instrument)
    body = {
        "identifier": {"system": "https://fhir.athena.io/sid/ah-questionnaireresponse", "value": id},
        **_questionnaire(code),
        "status": "completed",
        "subject": chart.subject,
        "encounter": encounter,
        "authored": moments.date_time(screening.taken),
        "author": actors.clinician(chart.person.practice, visit.provider),
        "source": chart.subject,
        "item": _items(screening),
    }
    return chart.add("QuestionnaireResponse", id, screening.taken, body, "us-core-questionnaireresponse")


@cache
def _instrument(key: str) -> tuple[str, str, str]:
    """LOINC of the instrument, LOINC of its total (empty for none), and its category of us-core-category."""
    known = instruments.INSTRUMENTS[key]
    return known.code, known.score, known.category


@cache
def _questionnaire(code: str) -> dict[str, Any]:
    url = f"http://loinc.org/q/{code}"
    named = [
        {"url": _DISPLAY, "valueString": display(LOINC, code)},
        {"url": _URI, "valueUri": url},
    ]
    return {"questionnaire": url, "_questionnaire": {"extension": named}}


def _items(screening: Screening) -> list[dict[str, Any]]:
    """The questions, a question that follows from the answers under the last of these, then the total."""
    code, total, _ = _instrument(screening.instrument)
    questions: list[dict[str, Any]] = []
    for answer in screening.answers:
        if answer.question in _FOLLOWING and questions:
            last = questions[-1]
            questions[-1] = {**last, "answer": [{**last["answer"][0], "item": [_item(answer)]}]}
        else:
            questions.append(_item(answer))
    if questions and screening.instrument in _GROUPED:
        questions = [{"linkId": f"/{code}", "text": display(LOINC, code), "item": questions}]
    if total and screening.score is not None:
        questions.append(_total(total, screening.score))
    return [*questions, _FILLED_IN]


@cache
def _item(answer: Answer) -> dict[str, Any]:
    """A question with its answer. Shared: do not change it."""
    question, given = answer.question, answer.answer
    return {"linkId": f"/{question}", "text": display(LOINC, question), "answer": [_answer(given)]}


def _answer(given: str | float) -> dict[str, Any]:
    if not isinstance(given, str):
        return {"valueDecimal": given}
    return {"valueCoding": coding(LOINC, given)} if _is_code(given) else {"valueString": given}


@cache
def _is_code(given: str) -> bool:
    """Whether an answer is one of LOINC's; these begin with LA."""
    return given.startswith("LA") and given[2:3].isdigit()


def _total(code: str, score: int) -> dict[str, Any]:
    return {"linkId": f"/{code}", "text": display(LOINC, code), "answer": [{"valueDecimal": score}]}


def _observations(frame: Frame, screening: Screening, response: Reference) -> None:
    """One for each answer, one for the total, and one that holds them together."""
    code, total, group = _instrument(screening.instrument)
    members = [
        observations.add(frame, _KIND, _template(answer.question, group), _found(answer, response))
        for answer in screening.answers
    ]
    for answer, member in list(zip(screening.answers, members, strict=True)):
        _conclusion(frame, answer, [member, response])
    if total and screening.score is not None:
        score = {"valueQuantity": {"value": screening.score, **unit("{score}")}, "derivedFrom": [*members, response]}
        members.append(observations.add(frame, _KIND, _template(total, group), score))
    if members and code != total:
        together = {**_severity(screening), "hasMember": members, "derivedFrom": [response]}
        observations.add(frame, _KIND, _template(code, group), together)


def _severity(screening: Screening) -> dict[str, Any]:
    """What the total means, in the words of the instrument's authors."""
    bands = _SEVERITIES.get(screening.instrument)
    if not bands or screening.score is None:
        return {}
    return {"valueString": next(words for least, words in bands if screening.score >= least)}


def _conclusion(frame: Frame, answer: Answer, derived: list[Reference]) -> None:
    """What the clinician puts on record after having talked about an answer."""
    if answer.question not in _CONCLUSIONS or not isinstance(answer.answer, str):
        return
    result = {**_said(answer.question, answer.answer), "derivedFrom": derived}
    observations.add(frame, "socialhistory", _simple(answer.question), result)


@cache
def _said(question: str, answer: str) -> dict[str, Any]:
    if question == _HUNGER_RISK:
        return {"valueBoolean": answer == _AT_RISK}
    return {"valueString": display(LOINC, answer)} if question == _WORK else _value(answer)


@cache
def _simple(code: str) -> Template:
    category = [
        concept(HL7 + "observation-category", "social-history"),
        concept(US_CORE + "us-core-category", "sdoh"),
    ]
    return Template(category, concept(LOINC, code), profiles("us-core-simple-observation"))


def _found(answer: Answer, response: Reference) -> dict[str, Any]:
    return {**_value(answer.answer), "derivedFrom": [response]}


@cache
def _value(given: str | float) -> dict[str, Any]:
    if not isinstance(given, str):
        return {"valueQuantity": {"value": given, **unit("{score}")}}
    return {"valueCodeableConcept": concept(LOINC, given)} if _is_code(given) else {"valueString": given}


@cache
def _template(code: str, group: str) -> Template:
    return Template(_category(group), concept(LOINC, code), profiles(_PROFILE))


@cache
def _category(group: str) -> list[Concept]:
    """Survey, and what it is about where US Core has a word for it."""
    survey = concept(HL7 + "observation-category", "survey")
    return [survey, concept(US_CORE + "us-core-category", group)] if group else [survey]
