"""Diagnoses against an independent copy of the classification: the tabular list that simple-icd-10-cm carries."""

import warnings

from mock_athena.population.codes import ICD10CM
from mock_athena.population.codes.tables import load
from tests.together import together

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it reads its files in an old way when it is imported
    import simple_icd_10_cm


@together("code", sorted(load(ICD10CM).rows))
def test_a_diagnosis_is_billable_and_called_what_the_classification_calls_it(code: str) -> None:
    assert simple_icd_10_cm.is_valid_item(code)
    assert simple_icd_10_cm.is_leaf(code)
    assert load(ICD10CM).rows[code].display == simple_icd_10_cm.get_description(code)
