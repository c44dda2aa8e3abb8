"""Failures that are known: a file says which, and why. One that passes is as red as a new one.

A line of the file is a check's id or ``requirement:ID``, then ``#`` and the reason::

    read.an_unknown_type_is_not_found  # the gateway answers 403, vendor's case 1234
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import click

from athena_fhir_conformance.recording import Result
from athena_fhir_conformance.verdicts import Verdict

_EXPECTED = (Verdict.FAIL, Verdict.WARNING)
_NAMED = 3
"""Checks that are named where many are skipped for one reason."""


@dataclass(frozen=True)
class Expectation:
    """A known failure: ``pattern`` is a check's id, maybe with ``*``, or ``requirement:ID``."""

    pattern: str
    reason: str

    def meets(self, result: Result) -> bool:
        """Whether it is about this result."""
        return self.names(result.id, result.requirements)

    def names(self, check: str, requirements: tuple[str, ...]) -> bool:
        """Whether it is about this check."""
        kind, _, id = self.pattern.partition(":")
        return id in requirements if kind == "requirement" else fnmatchcase(check, self.pattern)


@dataclass(frozen=True)
class Conclusion:
    """Whether a run is red, and what to say of it."""

    bad: bool
    lines: tuple[str, ...]


def read_expectations(file: str) -> tuple[Expectation, ...]:
    """The lines of a file; every one needs its reason."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file} cannot be read: {error}") from error
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        pattern, _, reason = (part.strip() for part in line.partition("#"))
        if pattern and not reason:
            raise click.UsageError(f"{file}, line {number}: {pattern} has no reason; write it behind a #")
        if pattern:
            found.append(Expectation(pattern, reason))
    return tuple(found)


def compared(
    results: Sequence[Result],
    expectations: tuple[Expectation, ...],
    strict: bool,
    checks: Mapping[str, tuple[str, ...]] | None = None,
) -> Conclusion:
    """What is red: a failure that is not expected, an expected one that did not come, with ``strict`` also the rest.

    Args:
        checks: id → requirements of those that there are, besides those that were run.
    """
    red = {Verdict.FAIL, Verdict.ERROR} | ({Verdict.WARNING, Verdict.SKIP} if strict else set())
    bad, lines = False, []
    skipped: dict[str, list[str]] = {}
    for result in results:
        known = next((each for each in expectations if each.meets(result)), None)
        if result.verdict in (Verdict.PASS, Verdict.OMIT):
            continue
        if known and result.verdict in _EXPECTED:
            lines.append(_line(result, f"expected: {known.reason}"))
        else:
            bad = bad or result.verdict in red
            if result.verdict == Verdict.SKIP:
                skipped.setdefault(result.reason, []).append(result.id)
            else:
                lines.append(_line(result))
    unmet = [line for each in expectations if (line := _unmet(each, results, checks or {}))]
    return Conclusion(bad or bool(unmet), (*(_skips(reason, ids) for reason, ids in skipped.items()), *lines, *unmet))


def _unmet(expectation: Expectation, results: Sequence[Result], checks: Mapping[str, tuple[str, ...]]) -> str:
    """What is wrong with an expectation; nothing where it was met, or what it is about was not run or not shown."""
    verdicts = {each.verdict for each in results if expectation.meets(each)}
    if not verdicts and not any(expectation.names(id, shown) for id, shown in checks.items()):
        return f"unknown   {expectation.pattern}: no check has this name or requirement; take it off the list"
    if verdicts & {*_EXPECTED} or not verdicts & {Verdict.PASS, Verdict.OMIT}:
        return ""
    return f"passed    {expectation.pattern}: was expected to fail ({expectation.reason}); take it off the list"


def _skips(reason: str, ids: list[str]) -> str:
    """Checks that could not be done for the same reason."""
    return (
        f"skip      {reason}: {', '.join(ids[:_NAMED])}{f' and {len(ids) - _NAMED} more' if len(ids) > _NAMED else ''}"
    )


def _line(result: Result, note: str = "") -> str:
    ids = f" [{' '.join(result.requirements)}]" if result.requirements else ""
    return f"{result.verdict.value:9} {result.id}{ids}: {result.reason}{f' ({note})' if note else ''}"
