"""Every requirement that our own tests are to hold has a test that names it, or a reason why it has none.

What is required is in the conformance suite's list; ``requirements.csv`` beside this file says which of it our own
tests hold, or why not. A test names what it proves with ``@pytest.mark.requirement("SRC-012")``; which do is read from
their text, so that nothing has to be imported or run to know it.
"""

import ast
import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from athena_fhir_conformance.requirements import LEVELS, requirements
from tests.together import together

TESTS = Path(__file__).parent
ROWS = list(csv.DictReader((TESTS / "requirements.csv").read_text(encoding="utf-8").splitlines()))
REQUIREMENTS = requirements()
AREAS = {id.partition("-")[0] for id in REQUIREMENTS}


def named_in(path: Path) -> Iterator[str]:
    """The ids in every ``requirement(…)`` of a file."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)) if "requirement(" in text else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "requirement":
            for each in (each for part in node.args for each in ast.walk(part)):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value


@pytest.fixture(scope="module")
def named() -> dict[str, list[str]]:
    """Id → the files that name it."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for id in named_in(path):
            found.setdefault(id, []).append(path.relative_to(TESTS).as_posix())
    return found


def test_the_table_is_well_formed() -> None:
    assert [id for id, times in Counter(row["id"] for row in ROWS).items() if times > 1] == []
    assert [row["id"] for row in ROWS if row["id"] not in REQUIREMENTS] == []


def test_the_list_of_requirements_is_well_formed() -> None:
    assert all(row.level in LEVELS and row.statement.strip() for row in REQUIREMENTS.values())


@together("row", ROWS)
def test_each_has_a_test_or_a_reason(row: dict[str, str], named: dict[str, list[str]]) -> None:
    tests, reason = named.get(row["id"], []), row["no_test_because"]
    assert bool(tests) != bool(reason), (
        f"{row['id']} ({REQUIREMENTS[row['id']].statement}): tests {tests}, reason {reason!r}"
    )


def test_no_test_names_what_is_not_in_the_table(named: dict[str, list[str]]) -> None:
    wrong = {id: files for id, files in named.items() if id.partition("-")[0] in AREAS and id not in REQUIREMENTS}
    assert wrong == {}
