"""What problems are called on a list.

ICD-10-CM has one code for diabetes with a complication and for the complication of diabetes: the second of the two goes
by its name in SNOMED CT, so that no line stands twice.
"""

from collections.abc import Iterable, Iterator

from mock_athena.population.codes import ICD10CM, SNOMED, display
from mock_athena.population.story import Problem


def listed(problems: Iterable[Problem]) -> Iterator[tuple[Problem, str]]:
    """Those that are on the problem list, each with its name."""
    codes: set[str] = set()
    for problem in problems:
        if problem.listed:
            yield problem, _name(problem, known=problem.icd10 in codes)
            codes.add(problem.icd10)


def _name(problem: Problem, *, known: bool) -> str:
    return display(SNOMED, problem.snomed) if known and problem.snomed else display(ICD10CM, problem.icd10)
