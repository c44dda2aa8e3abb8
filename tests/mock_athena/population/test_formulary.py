"""What the patient is told, what the timing says and what the code means agree."""

import re

import pytest

from mock_athena.population.codes import RXNORM, display
from mock_athena.population.content.medications import dosage, timing
from mock_athena.population.formulary import FORMULARY, Drug
from tests.together import together

DRUGS = tuple(FORMULARY.values())
# How a sig says how often → doses a day.
OFTEN = {
    "every 4 hours": 6,
    "every 6 hours": 4,
    "every 8 hours": 3,
    "every 12 hours": 2,
    "every 12 weeks": 1 / 84,
    "four times a day": 4,
    "up to 4 times a day": 4,
    "three times a day": 3,
    "up to 3 times a day": 3,
    "before each meal": 3,
    "twice a day": 2,
    "up to 2 times a day": 2,
    "once a day": 1,
}
AMOUNT = re.compile(r"(?:Take|Give|Inject|Inhale|Dissolve) ([\d.]+) (tablet|capsule|mL|unit|puff|vial|injection)")
STRENGTH = re.compile(r"([\d.]+) (MG|UNT)/ML")
GIVEN = re.compile(r"\(([\d.]+) (mg|units)\)")
every = together("drug", DRUGS)


@every
def test_the_sig_says_as_often_as_the_timing(drug: Drug) -> None:
    said = [times for words, times in OFTEN.items() if words in drug.sig]
    assert said or drug.key == "epinephrine-injector", drug.sig
    assert all(times == pytest.approx(drug.times) for times in said), drug.sig
    repeat = timing(drug)
    days = {"d": 1, "wk": 7}[repeat["periodUnit"]] * repeat["period"]
    assert repeat["frequency"] / days == pytest.approx(drug.times)


@every
def test_the_sig_says_as_much_as_the_dose(drug: Drug) -> None:
    found = AMOUNT.search(drug.sig)
    if "Apply" not in drug.sig and "by nebulizer" not in drug.sig:
        assert found, drug.sig
        assert (float(found[1]), found[2]) == (drug.dose, drug.form)


@every
def test_what_is_taken_as_needed_says_so(drug: Drug) -> None:
    assert drug.as_needed == ("as needed" in drug.sig)
    assert dosage(drug).get("asNeededBoolean", False) == drug.as_needed


@every
def test_the_strength_of_the_code_gives_the_milligrams_of_the_sig(drug: Drug) -> None:
    found, strength = GIVEN.search(drug.sig), STRENGTH.search(display(RXNORM, drug.code))
    if found and strength:
        assert float(found[1]) == pytest.approx(drug.dose * float(strength[1])), drug.sig


@every
def test_the_key_names_what_the_code_is(drug: Drug) -> None:
    name, key = display(RXNORM, drug.code).lower(), drug.key.split("-")
    aliases = {"suspension", "injection", "injector", "inhaler", "nebulizer", "cream", "regular", "v"}
    words = [word for word in key if not word.isdigit() and word not in aliases]
    assert all(word in name for word in words), (drug.key, name)
    several = len(words) > 1 and {"salmeterol", "clavulanate", "sulfamethoxazole"} & set(words)
    assert ("/ " in name) == bool(several or drug.key == "nitrofurantoin-100"), (drug.key, name)


def test_nitrofurantoin_taken_twice_a_day_is_the_form_for_that() -> None:
    assert display(RXNORM, FORMULARY["nitrofurantoin-100"].code).startswith(
        "nitrofurantoin, macrocrystals 25 MG / nitro"
    )
