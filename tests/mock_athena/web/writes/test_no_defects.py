"""Whatever is written, the answer is no defect of ours: resources with one thing changed, all ways of writing them."""

import random
from collections import Counter

import pytest

from tests.mock_athena.web.in_process import ADA, Athena
from tests.mock_athena.web.writes.writer import Writer, entry
from tests.mock_athena.writes.mutants import mutants

TYPES = ("Patient", "Observation", "Condition", "Appointment", "Slot", "Provenance", "DocumentReference", "CarePlan")


def written(athena: Athena, each: int) -> Counter[int]:
    """How often each status was answered."""
    chance = random.Random(11)  # noqa: S311 - the same every time
    seen: Counter[int] = Counter()
    for writer in (Writer(athena), Writer(athena, "patient/*.cruds", patient=ADA)):
        for type in TYPES:
            for found in writer.get(f"{type}?_count={each}").get_json()["entry"]:
                for mutant in mutants(found["resource"], chance):
                    path = f"{type}/{mutant['id']}"
                    book = {"resourceType": "Parameters", "parameter": [{"name": "appt-resource", "resource": mutant}]}
                    answers = (
                        writer.send("POST", type, mutant),
                        writer.send("PUT", path, mutant),
                        writer.bundle("transaction", entry("PUT", path, mutant), entry("POST", type, mutant)),
                        writer.send("POST", "Appointment/$book", book),
                    )
                    seen.update(answer.status_code for answer in answers)
                    assert all(answer.status_code < 500 for answer in answers), (mutant, athena.last_reason())
    return seen


def test_a_few(athena: Athena) -> None:
    seen = written(athena, 2)
    assert {200, 201, 400, 403, 422} <= set(seen)


@pytest.mark.long
def test_many(athena: Athena) -> None:
    assert sum(written(athena, 40).values()) > 5000
