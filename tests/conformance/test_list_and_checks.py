"""The list of requirements and the checks fit together: every row has a check, or a reason of the closed list."""

import ast
from collections import Counter
from pathlib import Path

import pytest

import athena_fhir_conformance
from athena_fhir_conformance import PROFILES, Selection, listed
from athena_fhir_conformance.requirements import LEVELS, REASONS, requirements
from athena_fhir_conformance.running import asked_of_clients

CHECKS = Path(athena_fhir_conformance.__file__).parent / "checks"
MODULES = sorted(CHECKS.glob("[a-z]*.py"))


@pytest.fixture(scope="module")
def shown() -> Counter[str]:
    """Requirement → how many checks of servers, in either profile, or questions to clients show it."""
    return Counter(
        id for checks in (*map(listed, PROFILES), asked_of_clients()) for ids in checks.values() for id in ids
    )


def test_rows_are_whole() -> None:
    for row in requirements().values():
        assert row.level in LEVELS, row.id
        assert row.actor in ("server", "client"), row.id
        assert row.profile in ("", *PROFILES), row.id
        assert all((row.area, row.statement, row.source, row.link)), row.id
        assert row.reason in ("", *REASONS), row.id


def test_checks_name_only_what_is_in_the_list(shown: Counter[str]) -> None:
    assert set(shown) - set(requirements()) == set()


def test_each_row_has_a_check_or_a_reason(shown: Counter[str]) -> None:
    wrong = {
        row.id: (shown[row.id], row.reason)
        for row in requirements().values()
        if bool(shown[row.id]) == bool(row.reason)
    }
    assert wrong == {}


def test_few_binding_rows_have_only_a_reason(shown: Counter[str]) -> None:
    binding = [row for row in requirements().values() if row.binding]
    checked = [row for row in binding if shown[row.id]]
    assert len(checked) / len(binding) >= 0.95
    assert sum(bool(row.reason) for row in binding) / len(binding) <= 0.05


def test_every_check_shows_something(shown: Counter[str]) -> None:
    assert [id for id, ids in listed().items() if not ids] == []


def test_groups_are_selected() -> None:
    assert {id.partition(".")[0] for id in listed(selection=Selection(groups=("read",)))} == {"read"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_assertion_says_what_is_wrong(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert) and node.msg is None]
    assert silent == []
