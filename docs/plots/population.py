"""Draws what the population looks like, from the resources alone: ``python docs/plots/population.py [PATIENTS]``.

Needs matplotlib, which nothing else here does.
"""

import sys
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from mock_athena.population import AS_OF, patient

SEED, PRACTICE = 1, 500001
HERE = Path(__file__).parent
INK, FEMALE, MALE, ACCENT = "#212b36", "#b65d7a", "#3f7ea6", "#00697a"
CONDITIONS = {
    "38341003": "hypertension",
    "59621000": "hypertension",
    "44054006": "type 2 diabetes",
    "55822004": "hyperlipidemia",
    "195967001": "asthma",
    "35489007": "depression",
    "239873007": "knee osteoarthritis",
    "13645005": "COPD",
    "84114007": "heart failure",
}

Record = list[dict[str, Any]]


def codes(concept: dict[str, Any]) -> set[str]:
    return {coding["code"] for coding in concept.get("coding", [])}


def age(record: Record, day: date = AS_OF) -> float:
    return (day - date.fromisoformat(record[0]["birthDate"])).days / 365.25


def problems(record: Record) -> set[str]:
    """Names of the conditions on the problem list."""
    listed = (made for made in record if made["resourceType"] == "Condition" and "encounter" not in made)
    return {CONDITIONS[code] for made in listed for code in codes(made["code"]) if code in CONDITIONS}


def observed(record: Record, code: str) -> list[dict[str, Any]]:
    return [made for made in record if made["resourceType"] == "Observation" and code in codes(made["code"])]


def pyramid(records: list[Record]) -> None:
    living = [record for record in records if "deceasedDateTime" not in record[0]]
    figure, axes = pyplot.subplots(figsize=(6.4, 4.6))
    bands = range(0, 100, 5)
    for gender, colour, sign in (("female", FEMALE, 1), ("male", MALE, -1)):
        ages = [age(record) for record in living if record[0]["gender"] == gender]
        counts = [sign * sum(low <= each < low + 5 for each in ages) for low in bands]
        axes.barh([low + 2.5 for low in bands], counts, height=4.4, color=colour, label=gender)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    finish(figure, axes, "Age pyramid", "patients", "age in years", "age-pyramid")


def prevalence(records: list[Record]) -> None:
    bands = ((0, 18), (18, 40), (40, 60), (60, 75), (75, 100))
    figure, axes = pyplot.subplots(figsize=(7.6, 4.6))
    found = [(age(record), problems(record)) for record in records]
    for name in dict.fromkeys(CONDITIONS.values()):
        shares = []
        for low, high in bands:
            there = [has for years, has in found if low <= years < high]
            shares.append(100 * sum(name in has for has in there) / max(1, len(there)))
        axes.plot(range(len(bands)), shares, marker="o", label=name)
    axes.set_xticks(range(len(bands)), [f"{low}-{high - 1}" for low, high in bands])
    finish(figure, axes, "Prevalence by age", "age in years", "percent of patients", "prevalence")


def a1c(records: list[Record]) -> None:
    figure, axes = pyplot.subplots(figsize=(6.4, 4.2))
    values: defaultdict[bool, list[float]] = defaultdict(list)
    for record in records:
        diabetic = "type 2 diabetes" in problems(record)
        values[diabetic] += [
            made["valueQuantity"]["value"] for made in observed(record, "4548-4") if "valueQuantity" in made
        ]
    bins = [4 + 0.25 * step for step in range(36)]
    for diabetic, colour, label in ((False, MALE, "without diabetes"), (True, FEMALE, "with type 2 diabetes")):
        axes.hist(
            values[diabetic], bins=bins, color=colour, alpha=0.7, label=f"{label} ({len(values[diabetic])} tests)"
        )
    finish(figure, axes, "Hemoglobin A1c", "percent", "tests", "a1c")


def pressure(records: list[Record]) -> None:
    figure, axes = pyplot.subplots(figsize=(6.4, 4.2))
    for code, colour, label in (("8480-6", FEMALE, "systolic"), ("8462-4", MALE, "diastolic")):
        points = [
            (age(record, date.fromisoformat(made["effectiveDateTime"][:10])), part["valueQuantity"]["value"])
            for record in records
            for made in observed(record, "85354-9")
            for part in made.get("component", [])
            if code in codes(part["code"]) and "valueQuantity" in part
        ]
        axes.scatter(*zip(*points, strict=True), s=2, alpha=0.25, color=colour, label=label)
    finish(figure, axes, "Blood pressure by age", "age in years", "mmHg", "blood-pressure")


def finish(figure: Any, axes: Any, title: str, x: str, y: str, name: str) -> None:
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, markerscale=2)
    figure.tight_layout()
    figure.savefig(HERE / f"{name}.png", dpi=110, metadata={"Software": None})
    pyplot.close(figure)


if __name__ == "__main__":
    everybody = [patient(SEED, PRACTICE, n) for n in range(1, int([*sys.argv, "1000"][1]) + 1)]
    for draw in (pyramid, prevalence, a1c, pressure):
        draw(everybody)
