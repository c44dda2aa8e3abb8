"""Observations as the rows of a table: https://hl7.org/fhir/R4/observation.html."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from mock_athena.documents import words
from mock_athena.documents.pages import Block, Column, Grid, Paragraph
from mock_athena.fhir.resource import Resource, as_object, as_text, objects

_COLUMNS = (
    Column("Test", 66, 200),
    Column("Result", 36, 160),
    Column("Unit", 26, 60),
    Column("Reference range", 38, 160),
    Column("Flag", 20, 40, alert=True),
)

# https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html
_FLAGS = {
    "H": "high",
    "L": "low",
    "HH": "critically high",
    "LL": "critically low",
    "A": "abnormal",
    "AA": "critically abnormal",
    "POS": "positive",
    "R": "resistant",
    "I": "intermediate",
}
_NO_FLAG = frozenset(("", "N", "NEG", "ND", "S"))


class ResultLine(NamedTuple):
    """One row of the table of results; an empty text where nothing was recorded."""

    name: str
    value: str
    unit: str
    range: str
    flag: str


def results_table(results: Iterable[Resource], *, whole: bool = False) -> tuple[Block, ...]:
    """The table of results, what its flags mean, and the notes on single results.

    Args:
        whole: also the columns of units, reference ranges and flags in which nothing stands.
    """
    found = [result for result in results if result]
    lines = [line for result in found for line in result_lines(result)]
    flagged = frozenset(number for number, line in enumerate(lines) if line.flag)
    meant = {flag: _FLAGS[flag] for line in lines for flag in line.flag.split(", ") if flag in _FLAGS}
    legend = "Flags: " + ", ".join(f"{flag} {word}" for flag, word in meant.items()) if meant else ""
    notes = (f"{words.concept(result.get('code'))}: {note}" for result in found for note in notes_of(result))
    return (
        _grid(lines, flagged, whole=whole),
        Paragraph(legend, quiet=True),
        *(Paragraph(note, quiet=True) for note in notes),
    )


def _grid(lines: list[ResultLine], flagged: frozenset[int], *, whole: bool) -> Grid:
    shown = [n for n in range(len(_COLUMNS)) if whole or n < 2 or any(line[n] for line in lines)]
    columns = tuple(_COLUMNS[n] for n in shown)
    return Grid(columns, tuple(tuple(line[n] for n in shown) for line in lines), flagged)


def notes_of(resource: Resource) -> Iterator[str]:
    """The texts of its notes."""
    for note in objects(resource.get("note")):
        if text := as_text(note.get("text")):
            yield text


def result_lines(result: Resource) -> Iterator[ResultLine]:
    """A row for an Observation, and one for each of its components; none for one that is not to be had."""
    if not result:
        return
    components = objects(result.get("component"))
    name = words.concept(result.get("code"))
    value, unit = value_of(result)
    if value or not (components or result.get("hasMember")):
        yield ResultLine(name, value, unit, _range(result), _flag(result))
    for component in components:
        value, unit = value_of(component)
        part = f"{name}: {words.concept(component.get('code'))}"
        yield ResultLine(part, value, unit, _range(component), _flag(component))


def value_of(result: Resource) -> tuple[str, str]:
    """The value as text, and its unit."""
    if "valueQuantity" in result:
        return words.amount(result["valueQuantity"])
    for element in ("valueCodeableConcept", "dataAbsentReason"):
        if element in result:
            return words.concept(result[element]), ""
    key, value = next(((key, value) for key, value in result.items() if key.startswith("value")), ("", ""))
    return _other_value(key, value), ""


def _other_value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key in ("valueDateTime", "valueTime"):
        return words.readable(value)
    if key == "valuePeriod":
        return words.span(value)
    if key == "valueRange":
        bounds = as_object(value)
        return words.joined(map(words.quantity, (bounds.get("low"), bounds.get("high"))), " – ")
    return as_text(value) if isinstance(value, str | int) else "see record"


def _range(result: Resource) -> str:
    """The reference range: its own words, else its bounds."""
    for range in objects(result.get("referenceRange")):
        low, high = (as_text(as_object(range.get(bound)).get("value")) for bound in ("low", "high"))
        if text := as_text(range.get("text")):
            return text
        if low and high:
            return f"{low} – {high}"
        if low or high:
            return f"≥ {low}" if low else f"≤ {high}"
    return ""


def _flag(result: Resource) -> str:
    """The interpretation's codes, such as ``H``; a normal result has no flag."""
    concepts = objects(result.get("interpretation"))
    found = (as_text(coding.get("code")) for concept in concepts for coding in objects(concept.get("coding"))[:1])
    return ", ".join(code for code in found if code not in _NO_FLAG)
