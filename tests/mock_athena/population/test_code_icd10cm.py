"""Diagnoses against an independent copy of the classification: the tabular list that simple-icd-10-cm carries."""

import warnings
from functools import cache
from types import ModuleType

from mock_athena.population.codes import ICD10CM
from mock_athena.population.codes.tables import load
from tests.together import together


@cache
def tabular_list() -> ModuleType:
    """What takes a second to import, where these tests are run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it reads its files in an old way when it is imported
        import simple_icd_10_cm
    return simple_icd_10_cm  # type: ignore[no-any-return]


@together("code", sorted(load(ICD10CM).rows))
def test_a_diagnosis_is_billable_and_called_what_the_classification_calls_it(code: str) -> None:
    assert tabular_list().is_valid_item(code)
    assert tabular_list().is_leaf(code)
    assert load(ICD10CM).rows[code].display == tabular_list().get_description(code)
