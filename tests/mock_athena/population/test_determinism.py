import json
from datetime import date

import pytest

from mock_athena.population import patient, population, practice_resources


def as_bytes(resources: list[dict[str, object]]) -> bytes:
    return "\n".join(json.dumps(made) for made in resources).encode()


def test_a_patient_alone_is_the_same_as_in_a_run() -> None:
    run = list(population(1, 500001, 8))
    start = len(practice_resources(1, 500001, 8))
    for n in range(1, 9):
        alone = patient(1, 500001, n)
        assert as_bytes(run[start : start + len(alone)]) == as_bytes(alone)
        start += len(alone)
    assert start == len(run)


def test_the_order_in_which_patients_are_made_does_not_matter() -> None:
    assert as_bytes(patient(1, 500001, 7)) == as_bytes(patient(1, 500001, 7))
    backwards = {n: as_bytes(patient(1, 500001, n)) for n in (5, 3, 4)}
    assert backwards == {n: as_bytes(patient(1, 500001, n)) for n in (3, 4, 5)}


@pytest.mark.parametrize(("seed", "practice"), [(2, 500001), (1, 500002)])
def test_another_seed_or_practice_gives_other_patients(seed: int, practice: int) -> None:
    def faces(made: list[dict[str, object]]) -> list[object]:
        return [(one["name"], one["birthDate"]) for one in made if one["resourceType"] == "Patient"]

    ours = faces(list(population(1, 500001, 5)))
    theirs = faces(list(population(seed, practice, 5)))
    assert not [one for one in theirs if one in ours]


def test_the_day_taken_for_today_moves_the_record() -> None:
    earlier = patient(1, 500001, 3, as_of=date(2025, 3, 1))
    assert max(str(made["meta"]["lastUpdated"]) for made in earlier) < "2025-03-01"


@pytest.mark.parametrize("n", [0, -1])
def test_patients_are_numbered_from_one(n: int) -> None:
    with pytest.raises(ValueError, match="numbered from 1"):
        patient(1, 500001, n)


def test_a_practice_may_have_no_patients() -> None:
    group = next(made for made in population(1, 500001, 0) if made["resourceType"] == "Group")
    assert group["quantity"] == 0
    assert "member" not in group
