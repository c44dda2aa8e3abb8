"""Which picture belongs to a report, and what is drawn in it: decided by its code, its category and its results.

Codes are those of LOINC; where a code is not known, the words of its display decide.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from mock_athena.documents import words
from mock_athena.documents.sources import Sources
from mock_athena.fhir.resource import Resource, as_object, as_text

Kind = Literal["ecg", "chest", "limb", "spine", "breast", "head", "ultrasound"]

_CAPTIONS: dict[Kind, str] = {
    "ecg": "12-lead electrocardiogram, 25 mm/s, 10 mm/mV",
    "chest": "Chest radiograph",
    "limb": "Radiograph",
    "spine": "Radiograph of the spine",
    "breast": "Mammogram, mediolateral oblique view",
    "head": "Axial section at the level of the lateral ventricles",
    "ultrasound": "Ultrasound, sector view",
}

_BY_CODE: dict[str, Kind] = {
    "11524-6": "ecg",
    "34534-8": "ecg",
    "30745-4": "chest",
    "36643-5": "chest",
    "36554-4": "chest",
    "24648-8": "chest",
    "42272-5": "chest",
}

_ECG = re.compile(r"\b(ecg|ekg|electrocardiogra\w*)\b")
# Without a word for the way in which it was taken, a part of the body alone is no picture (a bone density, say).
_BY_WORDS: tuple[tuple[Kind, re.Pattern[str], re.Pattern[str]], ...] = (
    ("ultrasound", re.compile(r"\b(us|ultraso\w+|echo|echocardiogra\w*|doppler)\b"), re.compile("")),
    ("breast", re.compile(r"\bmammogra\w*"), re.compile("")),
    ("breast", re.compile(r"\bmg\b"), re.compile(r"\bbreast\b")),
    ("head", re.compile(r"\b(ct|mr|mri)\b"), re.compile(r"\b(head|brain|skull)\b")),
    ("chest", re.compile(r"\b(xr|x-ray|radiograph\w*|views?|single view)\b"), re.compile(r"\b(chest|thorax|ribs?)\b")),
    ("spine", re.compile(r"\b(xr|x-ray|radiograph\w*|views?)\b"), re.compile(r"\b(spine|sacrum|neck)\b")),
    (
        "limb",
        re.compile(r"\b(xr|x-ray|radiograph\w*|views?)\b"),
        re.compile(r"\b(knee|ankle|foot|leg|tibia|femur|hand|wrist|finger|elbow|arm|forearm|shoulder|hip|toe)\b"),
    ),
)

_MEASURES = {
    "8867-4": "rate",
    "8889-8": "rate",
    "76282-3": "rate",
    "8625-6": "pr",
    "8633-0": "qrs",
    "8634-8": "qt",
    "8636-3": "qtc",
    "8632-1": "axis",
}


class Picture(NamedTuple):
    """Everything that a picture depends on: the same values are the same picture.

    Attributes:
        seed: id of the report.
        made: when it was taken, in words.
        measures: of an ECG, in ms, degrees and beats a minute: ``rate``, ``pr``, ``qrs``, ``qt``, ``qtc``, ``axis``.
        fibrillating: whether the atria are.
    """

    kind: Kind
    seed: str
    made: str = ""
    measures: tuple[tuple[str, float], ...] = ()
    fibrillating: bool = False

    @property
    def caption(self) -> str:
        """What it shows."""
        return _CAPTIONS[self.kind]


def kind_of(report: Resource) -> Kind | None:
    """The kind of picture that belongs to a DiagnosticReport; None where it has none."""
    code = report.get("code")
    for each in words.codes(code, "loinc"):
        if each in _BY_CODE:
            return _BY_CODE[each]
    said = " ".join((words.concept(code), *_displays(code))).lower()
    if _ECG.search(said):
        return "ecg"
    return next((kind for kind, way, part in _BY_WORDS if way.search(said) and part.search(said)), None)


def picture_of(report: Resource, sources: Sources) -> Picture | None:
    """The picture of a DiagnosticReport; None where it has none."""
    kind = kind_of(report)
    if kind is None:
        return None
    made, seed = words.moment(report, "effective"), as_text(report.get("id"))
    if kind != "ecg":
        return Picture(kind, seed, made)
    results = sources.targets(report.get("result"))
    said = " ".join((as_text(report.get("conclusion")), *_values(results))).lower()
    measures = tuple(sorted(_measures(results).items()))
    return Picture(kind, seed, made, measures, fibrillating=_fibrillates(said))


def _fibrillates(said: str) -> bool:
    found = re.search(r"(\bno |without |\bnot )?[\w ]{0,20}atrial fibrillation", said)
    return bool(found and not re.search(r"\b(no|without|not)\b", found[0]))


def _displays(code: object) -> Iterable[str]:
    codings = as_object(code).get("coding")
    return (as_text(as_object(each).get("display")) for each in (codings if isinstance(codings, list) else ()))


def _values(results: list[Resource]) -> Iterable[str]:
    for result in results:
        yield as_text(result.get("valueString"))
        yield words.concept(result.get("valueCodeableConcept"))


def _measures(results: list[Resource]) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in (part for result in results for part in (result, *_components(result))):
        names = (_MEASURES[code] for code in words.codes(part.get("code"), "loinc") if code in _MEASURES)
        for name in names:
            try:
                found.setdefault(name, float(as_text(as_object(part.get("valueQuantity")).get("value"))))
            except (ValueError, OverflowError):
                continue
    return found


def _components(result: Resource) -> list[Resource]:
    found = result.get("component")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
