from mock_athena.population.codes import ICD10CM, SNOMED, problem_code
from mock_athena.population.codes.tables import load, pairs


def test_both_sides_of_a_pair_are_in_their_tables() -> None:
    assert set(pairs()) <= set(load(ICD10CM).rows)
    assert set(pairs().values()) <= set(load(SNOMED).rows)


def test_a_condition_has_its_concept_and_what_is_no_condition_has_none() -> None:
    assert problem_code("E11.9") == "44054006"
    assert problem_code("Z00.00") == ""
