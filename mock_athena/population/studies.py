"""Imaging, ECG and lung function: what is done, what is found and what is measured; findings fit the conditions.

A study's readings are tried in order; the first whose shift (of the visit's illness) or condition is there is what the
report says, the last is the normal one. https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-diagnosticreport-note.html
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from mock_athena.population.story import Study

Measures = tuple[tuple[str, float, str], ...]
Measure = Callable[[Any, date, Mapping[str, float], Random], Measures]

EJECTION_FRACTION, T_SCORE = "10230-1", "80948-3"
PR, QRS, QT, QTC, RATE = "8625-6", "8633-0", "8634-8", "8636-3", "8867-4"
FEV1, FVC, FEV1_FVC = "20150-9", "19868-9", "19926-5"


class Reading(NamedTuple):
    """What a report may say. ``shift``, ``condition``: what it takes, none for the normal reading."""

    findings: str
    conclusion: str
    shift: str = ""
    condition: str = ""


class StudySpec(NamedTuple):
    """A study.

    Attributes:
        code: LOINC. category: ``radiology``, ``cardiology`` or ``pulmonary``. minutes: (fewest, most) to the report.
        readings: the first that fits is reported. measure: what is measured, None for nothing.
        picture: True where the report has an image.
    """

    code: str
    category: str
    minutes: tuple[int, int]
    readings: tuple[Reading, ...]
    measure: Measure | None = None
    picture: bool = False


def _electrocardiogram(who: Any, day: date, shifts: Mapping[str, float], random: Random) -> Measures:
    """The corrected QT is Bazett's; there is no PR interval without sinus rhythm."""
    flutters = who.has("atrial-fibrillation", day)
    rate = round(max(45, who.level("pulse", day) + shifts.get("pulse", 0.0) + random.gauss(6 if flutters else 0, 3)))
    corrected = max(370, min(458, random.gauss(412, 14)))
    beat = (60 / rate) ** 0.5
    duration = round(corrected * beat)
    wide = 14 if who.has("heart-failure", day) else 0
    found: Measures = (
        (RATE, rate, "/min"),
        (QRS, round(max(74, min(128, random.gauss(90 + wide, 7)))), "ms"),
        (QT, duration, "ms"),
        (QTC, round(duration / beat), "ms"),
    )
    return found if flutters else ((PR, round(max(124, min(204, random.gauss(158, 15)))), "ms"), *found)


def _echocardiogram(who: Any, day: date, _: Mapping[str, float], random: Random) -> Measures:
    return (
        (EJECTION_FRACTION, round(max(15, min(75, who.level("ejection_fraction", day) + random.gauss(0, 1)))), "%"),
    )


def _spirometry(who: Any, day: date, shifts: Mapping[str, float], random: Random) -> Measures:
    """Volumes of a body of ordinary height: predicted FEV1 by age and sex, the ratio lower where airways are narrow."""
    age = who.person.age_on(day)
    peak = 3.3 if who.person.gender == "female" else 4.4
    predicted = peak * (age / 20) ** 0.85 if age < 20 else peak - 0.027 * max(0.0, age - 25)
    percent = max(22, min(120, who.level("fev1", day) + shifts.get("fev1", 0.0) + random.gauss(0, 1.5)))
    first = round(predicted * percent / 100, 2)
    narrow = max(0.0, 85 - percent) * (0.55 if who.has("copd", day) else 0.3)
    share = max(34, min(69 if who.has("copd", day) else 89, 84 - max(0.0, age - 30) * 0.13 - narrow))
    total = round(first * 100 / share, 2)
    return (FEV1, first, "L"), (FVC, total, "L"), (FEV1_FVC, round(first * 100 / total), "%")


def _bone_density(who: Any, day: date, _: Mapping[str, float], random: Random) -> Measures:
    age = who.person.age_on(day)
    if who.has("osteoporosis", day):
        score = random.gauss(-2.9, 0.25)
        return ((T_SCORE, round(max(-4.2, min(-2.5, score)), 1), "{Tscore}"),)
    score = -0.2 - max(0.0, age - 50) * 0.035 + random.gauss(0, 0.35)
    return ((T_SCORE, round(max(-2.4, min(1.5, score)), 1), "{Tscore}"),)


def _film(code: str, joint: str, *others: Reading) -> StudySpec:
    """An X-ray of a joint: broken, otherwise changed, or normal."""
    return StudySpec(
        code,
        "radiology",
        (30, 240),
        (
            Reading(
                f"Callus across the fracture of the {joint}; alignment is kept.",
                f"Healing fracture of the {joint}",
                shift="healing",
            ),
            Reading(
                f"Fracture of the {joint}, minimally displaced. Alignment of the joint is kept. Soft tissue swelling.",
                f"Acute fracture of the {joint}",
                shift="fracture",
            ),
            *others,
            Reading(
                "No fracture or dislocation. Joint spaces are preserved. Soft tissues are unremarkable.",
                f"Normal X-ray of the {joint}",
            ),
        ),
        picture=True,
    )


def _worn(joint: str, condition: str) -> Reading:
    return Reading(
        "Narrowed joint space with osteophytes and subchondral sclerosis. No fracture.",
        f"Moderate osteoarthritis of the {joint}",
        condition=condition,
    )


STUDIES: dict[str, StudySpec] = {
    "chest-x-ray": StudySpec(
        "36643-5",
        "radiology",
        (30, 180),
        (
            Reading(
                "Patchy airspace opacity in the right lower lobe. No pleural effusion. Heart size is normal.",
                "Right lower lobe pneumonia",
                shift="infiltrate",
            ),
            Reading(
                "Enlarged heart with vascular congestion and small pleural effusions.",
                "Congestion consistent with heart failure",
                shift="congestion",
            ),
            Reading("The heart is enlarged. Lungs are clear.", "Cardiomegaly", condition="heart-failure"),
            Reading(
                "Hyperinflated lungs with flattened diaphragms. No consolidation.",
                "Hyperinflation consistent with COPD; no acute disease",
                condition="copd",
            ),
            Reading(
                "Lungs are clear. Heart size and mediastinum are normal. No pleural effusion.",
                "No acute cardiopulmonary disease",
            ),
        ),
        picture=True,
    ),
    "wrist-x-ray": _film("37925-5", "wrist"),
    "ankle-x-ray": _film("24540-7", "ankle"),
    "knee-x-ray": _film("44198-0", "knee", _worn("knee", "osteoarthritis-knee")),
    "hip-x-ray": _film("36663-3", "hip", _worn("hip", "osteoarthritis-hip")),
    "lumbar-x-ray": StudySpec(
        "36670-8",
        "radiology",
        (30, 240),
        (
            Reading(
                "Disc space narrowing at L4-L5 and L5-S1 with facet arthropathy. No compression fracture.",
                "Degenerative changes of the lumbar spine",
                condition="chronic-back-pain",
            ),
            Reading("Vertebral heights and disc spaces are preserved.", "Normal lumbar spine"),
        ),
        picture=True,
    ),
    "mammogram": StudySpec(
        "24606-6",
        "radiology",
        (600, 2800),
        (
            Reading(
                "Irregular mass with spiculated margins in the upper outer quadrant.",
                "BI-RADS category 5: highly suggestive of malignancy; biopsy recommended",
                shift="breast_mass",
            ),
            Reading(
                "Post-treatment changes, stable. No suspicious mass or calcification.",
                "BI-RADS category 2: benign findings",
                condition="breast-cancer",
            ),
            Reading(
                "Scattered fibroglandular densities. No suspicious mass, calcification or distortion.",
                "BI-RADS category 1: negative",
            ),
        ),
        picture=True,
    ),
    "bone-density": StudySpec(
        "38268-9",
        "radiology",
        (600, 2800),
        (
            Reading(
                "Density of the femur is well below that of young adults.",
                "Osteoporosis by the T-score",
                condition="osteoporosis",
            ),
            Reading("Density of the femur is as expected for age.", "No osteoporosis by the T-score"),
        ),
        _bone_density,
    ),
    "abdominal-ultrasound": StudySpec(
        "24558-9",
        "radiology",
        (40, 240),
        (
            Reading(
                "Gallstones with a thickened gallbladder wall and pericholecystic fluid. Bile ducts are not dilated.",
                "Acute calculous cholecystitis",
                shift="gallstones",
            ),
            Reading(
                "Blind-ending, non-compressible tubular structure of 9 mm in the right lower quadrant.",
                "Acute appendicitis",
                shift="appendix",
            ),
            Reading("Liver, gallbladder, kidneys and spleen are unremarkable.", "Normal abdominal ultrasound"),
        ),
        picture=True,
    ),
    "obstetric-ultrasound": StudySpec(
        "11525-3",
        "radiology",
        (60, 600),
        (
            Reading(
                "Single living intrauterine pregnancy. Heart activity is seen. Anatomy and fluid are appropriate "
                "for the gestational age.",
                "Single intrauterine pregnancy, size equal to dates",
            ),
        ),
        picture=True,
    ),
    "echocardiogram": StudySpec(
        "42148-7",
        "cardiology",
        (120, 1500),
        (
            Reading(
                "Dilated left ventricle with global hypokinesis. Mild mitral regurgitation.",
                "Reduced left ventricular systolic function",
                condition="heart-failure",
            ),
            Reading(
                "Normal chamber sizes, but for a mildly dilated left atrium. Valves are unremarkable.",
                "Mildly dilated left atrium, preserved systolic function",
                condition="atrial-fibrillation",
            ),
            Reading("Normal chamber sizes and valves.", "Normal left ventricular systolic function"),
        ),
        _echocardiogram,
        picture=True,
    ),
    "ecg": StudySpec(
        "11524-6",
        "cardiology",
        (10, 60),
        (
            Reading(
                "Sinus rhythm with ST segment depression in the lateral leads.",
                "ST depression, consider ischemia",
                shift="troponin",
            ),
            Reading(
                "Irregularly irregular rhythm without P waves.",
                "Atrial fibrillation",
                condition="atrial-fibrillation",
            ),
            Reading(
                "Sinus rhythm with left ventricular hypertrophy by voltage.",
                "Sinus rhythm, left ventricular hypertrophy",
                condition="heart-failure",
            ),
            Reading("Sinus rhythm with normal intervals and axis.", "Normal ECG"),
        ),
        _electrocardiogram,
    ),
    "spirometry": StudySpec(
        "18759-1",
        "pulmonary",
        (15, 60),
        (
            Reading(
                "Scooped expiratory limb; little change after a bronchodilator.",
                "Airflow obstruction, not fully reversible",
                condition="copd",
            ),
            Reading(
                "Good effort; improves after a bronchodilator.",
                "Consistent with asthma",
                condition="asthma",
            ),
            Reading("Good effort, reproducible curves.", "Normal spirometry"),
        ),
        _spirometry,
    ),
    "head-ct": StudySpec(
        "30799-1",
        "radiology",
        (30, 90),
        (
            Reading(
                "Generalized volume loss with widened sulci. No hemorrhage or mass.",
                "Cerebral atrophy; no acute intracranial process",
                condition="dementia",
            ),
            Reading("No hemorrhage, mass or midline shift.", "No acute intracranial process"),
        ),
        picture=True,
    ),
}
"""Key → study; the keys are those of ``conditions.module.Order``."""


def reading(key: str, who: Any, day: date, shifts: Mapping[str, float]) -> Reading:
    """The first of a study's readings that fits."""
    readings = STUDIES[key].readings
    for found in readings[:-1]:
        if (found.shift and shifts.get(found.shift, 0.0) > 0) or (found.condition and who.has(found.condition, day)):
            return found
    return readings[-1]


def perform(key: str, who: Any, day: date, shifts: Mapping[str, float], random: Random, performed: datetime) -> Study:
    """The study as it is done at the instant ``performed`` of ``day``; ``who`` is a ``conditions.module.Prospect``.

    Raises:
        KeyError: there is no such study.
    """
    spec = STUDIES[key]
    found = reading(key, who, day, shifts)
    return Study(
        code=spec.code,
        category=spec.category,
        performed=performed,
        issued=performed + timedelta(minutes=random.randint(*spec.minutes)),
        findings=found.findings,
        conclusion=found.conclusion,
        measures=spec.measure(who, day, shifts, random) if spec.measure else (),
        picture=spec.picture,
    )
