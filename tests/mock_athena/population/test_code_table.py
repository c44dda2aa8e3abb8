import re
from typing import Any

import pytest

from mock_athena.population import guide, population
from mock_athena.population.codes import CDCREC, CVX, ICD10CM, ICD10PCS, LOINC, MVX, RXNORM, SNOMED, row, table
from mock_athena.population.codes.tables import load, sources, systems
from tests.together import together

GUIDE = {guide.REPORT_ID, guide.PLAN_ID, guide.ENCOUNTER_ID}
NOT_CODED = {"CPT": "http://www.ama-assn.org/go/cpt", "NUCC": "http://nucc.org/provider-taxonomy"}
# Forms of the codes; those of LOINC and SNOMED CT have check digits besides (test_code_check_digits.py).
FORMS = {
    LOINC: r"\d{1,6}-\d|(LA|LP)\d{1,6}-\d",
    SNOMED: r"\d{6,18}",
    ICD10CM: r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?",
    ICD10PCS: r"[0-9A-HJ-NP-Z]{7}",
    CVX: r"\d{2,3}",
    MVX: r"[A-Z]{2,3}",
    RXNORM: r"\d{3,7}",
    CDCREC: r"\d{4}-\d",
}


@together("system", systems())
def test_every_system_has_its_release_and_licence_and_every_code_its_display_and_source(system: str) -> None:
    found = load(system)
    assert found.release
    assert found.licence
    assert found.rows
    for code, (display, source) in found.rows.items():
        assert display, code
        assert display == " ".join(display.split()), code
        assert source in sources(), code


def test_every_source_is_described_and_used() -> None:
    used = {source for system in systems() for _, source in load(system).rows.values()}
    assert used == set(sources())
    assert all(set(described) == {"title", "licence", "publisher"} for described in sources().values())


@pytest.mark.parametrize("system", FORMS)
def test_codes_have_the_form_of_their_system(system: str) -> None:
    wrong = [code for code in load(system).rows if not re.fullmatch(FORMS[system], code)]
    assert not wrong


def test_a_system_stands_in_one_file() -> None:
    listed = list(systems())
    assert len(listed) == len(set(listed))


def test_systems_that_may_not_be_shipped_are_not_used() -> None:
    assert not set(NOT_CODED.values()) & set(table())


@pytest.mark.parametrize("found", [("http://loinc.org", "1-8"), ("http://www.ama-assn.org/go/cpt", "99213")])
def test_what_is_in_no_table_cannot_be_emitted(found: tuple[str, str]) -> None:
    with pytest.raises(KeyError, match=re.escape(found[0])):
        row(*found)


def test_every_code_emitted_is_in_the_table_with_its_display(resources: list[dict[str, Any]], objects_in: Any) -> None:
    for made in [*resources, *population(3, 500002, 60)]:
        for part in objects_in(made):
            if "system" not in part or "code" not in part:
                continue
            display = row(part["system"], part["code"]).display
            if "display" in part and made["id"] not in GUIDE:
                assert part["display"] == display, made["id"]
