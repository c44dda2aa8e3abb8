"""Vital signs: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-vital-signs.html.

US Core 3.1.1 takes most of its vital signs from FHIR itself, so these name the profiles of both.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from mock_athena.population.chart import Chart, Reference, profiles
from mock_athena.population.codes import LOINC, coding, concept, quantity, unit
from mock_athena.population.content import actors, observations
from mock_athena.population.content.observations import Frame, Template
from mock_athena.population.story import Visit, Vitals

_R4 = "http://hl7.org/fhir/StructureDefinition/"
_GROUP = "vital-signs"
_KIND = "vitalamb"
SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
_PRESSURE, _OXIMETRY = "85354-9", "59408-5"
# Between these ages it is said that blood pressure was not taken: earlier nobody expects it, later it is done.
_TRIED_FROM, _DONE_FROM = 1.0, 4.0


class _Sign(NamedTuple):
    """A field of :class:`Vitals`, its LOINC code, UCUM unit and profiles."""

    field: str
    code: str
    unit: str
    names: tuple[str, ...]


_SIGNS = (
    _Sign("height", "8302-2", "cm", ("us-core-body-height", _R4 + "bodyheight")),
    _Sign("weight", "29463-7", "kg", ("us-core-body-weight", _R4 + "bodyweight")),
    _Sign("bmi", "39156-5", "kg/m2", ("us-core-bmi", _R4 + "bmi")),
    _Sign("temperature", "8310-5", "[degF]", ("us-core-body-temperature", _R4 + "bodytemp")),
    _Sign("pulse", "8867-4", "/min", ("us-core-heart-rate", _R4 + "heartrate")),
    _Sign("breaths", "9279-1", "/min", ("us-core-respiratory-rate", _R4 + "resprate")),
    _Sign("head", "9843-4", "cm", ("us-core-head-circumference", _R4 + "headcircum")),
    _Sign("bmi_percentile", "59576-9", "%", ("pediatric-bmi-for-age",)),
    _Sign("weight_for_height_percentile", "77606-2", "%", ("pediatric-weight-for-height",)),
    _Sign("head_percentile", "8289-1", "%", ("head-occipital-frontal-circumference-percentile",)),
    _Sign("pain", "72514-3", "{score}", ("us-core-vital-signs",)),
)


@cache
def _signs() -> tuple[tuple[int, Template, dict[str, str]], ...]:
    """Place of the field in :class:`Vitals`, template and unit of each sign."""
    return tuple(
        (
            Vitals._fields.index(sign.field),
            observations.template(LOINC, sign.code, _GROUP, *sign.names),
            unit(sign.unit),
        )
        for sign in _SIGNS
    )


def record(chart: Chart, visit: Visit, encounter: Reference) -> None:
    """Add the Observations of what was measured at a visit."""
    found = visit.vitals
    if not found:
        return
    performer = actors.clinician(chart.person.practice, visit.provider)
    frame = observations.frame(chart, encounter, performer, found.taken)
    _pressure(frame, found)
    for place, template, measured_in in _signs():
        if (value := found[place]) is not None:
            observations.add(frame, _KIND, template, {"valueQuantity": {"value": value, **measured_in}})
    observations.add(frame, _KIND, _oximetry(), dict(_saturation(found)))


def _pressure(frame: Frame, found: Vitals) -> None:
    """The blood pressure; where it was tried in vain, why its parts are missing."""
    parts = found.systolic, found.diastolic
    age = frame.chart.person.age_on(found.taken.date())
    if parts == (None, None) and not _TRIED_FROM <= age < _DONE_FROM:
        return
    # The real API numbers a blood pressure as the two readings that it is made of.
    first, second = frame.chart.number("vitalamb-bp"), frame.chart.number("vitalamb-bp")
    id = f"a-{frame.chart.person.practice}.vitalamb-bp-{first}-{second}"
    template = observations.template(LOINC, _PRESSURE, _GROUP, "us-core-blood-pressure", _R4 + "bp")
    components = [_part(code, value) for code, value in zip((SYSTOLIC, DIASTOLIC), parts, strict=True)]
    observations.add_as(frame, id, template, {"component": components})


def _part(code: str, value: int | None) -> dict[str, Any]:
    if value is None:
        return {"code": concept(LOINC, code), "dataAbsentReason": observations.absent("not-performed")}
    return {"code": concept(LOINC, code), "valueQuantity": {"value": value, **unit("mm[Hg]")}}


@cache
def _oximetry() -> Template:
    """US Core asks for both codes, by pulse oximetry and in arterial blood."""
    both = [coding(LOINC, _OXIMETRY), coding(LOINC, "2708-6")]
    code = {"coding": both, "text": both[0]["display"]}
    return Template(observations.category(_GROUP), code, profiles("us-core-pulse-oximetry"))


def _saturation(found: Vitals) -> Iterator[tuple[str, Any]]:
    yield "valueQuantity", {"value": found.saturation, **unit("%")}
    if found.oxygen:
        flow, concentration = found.oxygen
        yield (
            "component",
            [
                {"code": concept(LOINC, "3151-8"), "valueQuantity": quantity(flow, "L/min")},
                {"code": concept(LOINC, "3150-0"), "valueQuantity": quantity(concentration, "%")},
            ],
        )
