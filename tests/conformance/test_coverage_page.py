"""docs/conformance-coverage.md lists the requirements and checks that there are; `make conform` writes it."""

from pathlib import Path

from athena_fhir_conformance import listed
from athena_fhir_conformance.reports.coverage import page
from athena_fhir_conformance.requirements import requirements
from athena_fhir_conformance.running import asked_of_clients

PAGE = (Path(__file__).parents[2] / "docs" / "conformance-coverage.md").read_text(encoding="utf-8").splitlines()
WORSE = {"fail", "error"}


def test_it_lists_what_there_is() -> None:
    expected = page({**listed(), **asked_of_clients()}, {}).splitlines()
    stale = [line for line, ours in zip(PAGE, expected, strict=False) if not line.startswith(ours)]
    assert (stale[:3], len(PAGE)) == ([], len(expected)), "make conform writes it anew"


def test_every_requirement_is_in_it_and_none_fails() -> None:
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in PAGE if line.startswith("| ")}
    assert requirements().keys() <= rows.keys()
    verdicts = {id: line.rstrip("|").split("|")[-2:] for id, line in rows.items()}
    assert [id for id, said in verdicts.items() if WORSE & {each.strip() for each in said}] == []
