from collections.abc import Iterator

import pytest

from mock_athena.population import instruments, laboratory, operations, referrals, studies
from mock_athena.population.codes import ICD10CM, LOINC, SNOMED, UCUM, table
from mock_athena.population.conditions import CONDITIONS, ILLNESSES, PROGRAMMES
from mock_athena.population.conditions.module import Admission, Condition, Illness, Order, Programme
from mock_athena.population.devices import DEVICES
from mock_athena.population.formulary import FORMULARY

MODULES: tuple[Condition | Illness | Programme, ...] = (*CONDITIONS, *ILLNESSES, *PROGRAMMES)
KNOWN: dict[str, frozenset[str]] = {
    "panel": frozenset(laboratory.PANELS),
    "study": frozenset(studies.STUDIES),
    "screening": frozenset(instruments.INSTRUMENTS),
    "operation": frozenset(operations.OPERATIONS),
    "referral": frozenset(referrals.REFERRALS),
}


def has(system: str, code: str) -> bool:
    return code in table()[system]["codes"]


def admissions() -> Iterator[Admission]:
    for condition in CONDITIONS:
        yield from condition.admissions
    yield from (illness.admission for illness in ILLNESSES if illness.admission)


def orders() -> Iterator[Order]:
    for module in MODULES:
        yield from module.orders
    for admission in admissions():
        yield from admission.orders


def test_every_order_is_of_something_that_there_is() -> None:
    assert [order for order in orders() if order.what not in KNOWN[order.kind]] == []


def test_every_remedy_is_in_the_formulary() -> None:
    given = [remedy.drug for illness in ILLNESSES for remedy in (*illness.remedies, *illness.second)]
    given += [remedy.drug for admission in admissions() for remedy in (*admission.remedies, *admission.discharge)]
    assert set(given) <= set(FORMULARY)


def test_keys_are_unique() -> None:
    keys = [module.key for module in MODULES]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("illness", ILLNESSES, ids=[illness.key for illness in ILLNESSES])
def test_an_illness_is_coded_from_the_table(illness: Illness) -> None:
    for icd10, snomed in ((illness.icd10, illness.snomed), *(site[:2] for site in illness.sites)):
        assert has(ICD10CM, icd10)
        assert not snomed or has(SNOMED, snomed)
        if illness.follow_up_icd10 == "D":
            assert has(ICD10CM, icd10[:-1] + "D")


def test_laboratory_codes_and_units_are_in_the_table() -> None:
    for made in laboratory.ANALYTES.values():
        assert has(LOINC, made.code), made
        assert (made.kind == "quantity") == bool(made.unit)
        assert not made.unit or has(UCUM, made.unit), made
        assert made.kind != "qualitative" or not made.normal or has(SNOMED, made.normal), made
    for spec in laboratory.PANELS.values():
        assert has(LOINC, spec.code), spec
        assert has(SNOMED, spec.specimen), spec
        assert set(spec.members) <= set(laboratory.ANALYTES)


def test_codes_of_studies_and_instruments_are_in_the_table() -> None:
    for study in studies.STUDIES.values():
        assert has(LOINC, study.code), study
    for made in instruments.INSTRUMENTS.values():
        assert has(LOINC, made.code)
        assert not made.score or has(LOINC, made.score)
        for item in made.items:
            assert has(LOINC, item.code), item
            assert all(has(LOINC, answer) for answer in item.answers), item


def test_codes_of_operations_referrals_and_devices_are_in_the_table() -> None:
    for operation in operations.OPERATIONS.values():
        assert has(operation.system, operation.code), operation
        assert not operation.device or operation.device in DEVICES
    for referral in referrals.REFERRALS.values():
        assert has(SNOMED, referral.code), referral
        assert has(SNOMED, referral.category), referral
    for device in DEVICES.values():
        assert has(SNOMED, device.code), device
