"""``docs/search.md`` has one row for each resource type, with the parameters that the registry has."""

import re
from pathlib import Path

from mock_athena.fhir.registry import COMMON, RESOURCE_TYPES, ResourceType

PAGE = (Path(__file__).parents[2] / "docs" / "search.md").read_text(encoding="utf-8")


def test_the_table_has_exactly_the_rows_that_the_registry_makes() -> None:
    table = PAGE.partition("| Type | Parameters |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    made = [_row(kind) for kind in RESOURCE_TYPES.values()]
    assert table == made, "docs/search.md is out of date; its rows should be:\n" + "\n".join(made)


def test_the_parameters_of_every_type_are_named_before_the_table() -> None:
    introduction = PAGE.partition("## Parameters by type")[2].partition("| Type |")[0]
    assert set(COMMON) == set(re.findall(r"`(_\w+)`", introduction))


def _row(kind: ResourceType) -> str:
    parameters = " ".join(f"`{code}`" for code in kind.parameters) if kind.searchable else "none: read by id only"
    return f"| {kind.name} | {parameters} |"
