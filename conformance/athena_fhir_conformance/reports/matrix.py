"""From the JSON report to the matrix: each requirement, the checks that show it, and what they found together."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from athena_fhir_conformance.requirements import REASONS, Requirement, requirements
from athena_fhir_conformance.verdicts import Verdict

Json = dict[str, Any]

NOT_RUN = "not run"
"""In place of a verdict, where none of a requirement's checks was in the run."""

WORST_FIRST = (*(verdict.value for verdict in Verdict), NOT_RUN)


@dataclass(frozen=True)
class Row:
    """A requirement in a run.

    Attributes:
        checks: those that show it, as the JSON report has them.
        verdict: the worst of theirs; what was only skipped or omitted does not hide a pass.
    """

    requirement: Requirement
    checks: tuple[Json, ...]
    verdict: str

    @property
    def seconds(self) -> float:
        """Time of its checks."""
        return sum(float(check["seconds"]) for check in self.checks)

    @property
    def why_not(self) -> str:
        """Why no check shows it; empty where one does, or where it was merely not run."""
        return "" if self.checks else REASONS.get(self.requirement.reason, "")


def matrix(document: Mapping[str, Any]) -> list[Row]:
    """The rows of all requirements that the profile of the run asks, in the order of the list."""
    shown = by_requirement(document["checks"])
    profile = document["target"]["profile"]
    return [
        Row(each, tuple(shown.get(each.id, ())), united(check["verdict"] for check in shown.get(each.id, ())))
        for each in requirements().values()
        if each.profile in ("", profile) or each.id in shown
    ]


def by_requirement(checks: Iterable[Json]) -> dict[str, list[Json]]:
    """Requirement → its checks."""
    found: dict[str, list[Json]] = {}
    for check in checks:
        for id in check["requirements"]:
            found.setdefault(id, []).append(check)
    return found


def united(verdicts: Iterable[str]) -> str:
    """What several checks of a requirement say together."""
    there = set(verdicts)
    bad = next((each for each in ("error", "fail", "warning") if each in there), "")
    return bad or next((each for each in ("pass", "skip", "omit") if each in there), NOT_RUN)


def exchanges_of(document: Mapping[str, Any], check: Json) -> Iterator[Json]:
    """The evidence of a check, as far as the report has it."""
    for number in check["evidence"]:
        exchange = document["exchanges"].get(str(number))
        if exchange:
            yield exchange


def unshown(document: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Why checks could not be done, and how many: the most frequent reason first."""
    found = Counter(check["reason"] for check in document["checks"] if check["verdict"] == Verdict.SKIP)
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def headline(document: Mapping[str, Any]) -> str:
    """What came of a run, in one sentence or two; never a bare pass where something could not be shown."""
    if document.get("interrupted"):
        return f"Interrupted, so this is a part. {_headline(document)}"
    return _headline(document)


def _headline(document: Mapping[str, Any]) -> str:
    counts = document["counts"]
    if document["unreachable"]:
        return f"Nothing could be shown: {document['unreachable']}"
    if document["broken"] or counts["error"]:
        return f"The suite went wrong in {counts['error'] or len(document['broken'])} places, so this says little."
    shown = counts["pass"] + counts["warning"] + counts["fail"]
    unshown = f"; {counts['skip']} could not be shown" if counts["skip"] else ""
    if counts["fail"]:
        return f"Does not conform: {counts['fail']} of {shown} checks failed{unshown}."
    if not shown:
        return "Nothing could be shown: no check could be done."
    advice = f", {counts['warning']} with a warning" if counts["warning"] else ""
    return f"Conforms in all {shown} checks that could be done{advice}{unshown}."
