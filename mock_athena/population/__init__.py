"""The synthetic patients: patient ``n`` of a practice is a pure function of ``(seed, practice, n, as_of)``.

Any patient can be made alone, in any order, on any machine, and is byte for byte the same. Nothing here reads a
clock: the record ends before ``as_of``, and what is planned comes after it.

Resources are R4 dicts (https://hl7.org/fhir/R4/) that share parts with each other: read them, never change them.
"""

from collections.abc import Iterator
from datetime import date

from mock_athena.fhir.resource import Resource

__all__ = ["AS_OF", "GENERATOR_VERSION", "Resource", "patient", "population", "practice_resources"]

GENERATOR_VERSION = "5"
"""Changes whenever the same arguments would give other bytes."""

AS_OF = date(2026, 11, 1)
"""The day that the generator takes for today."""


def patient(seed: int, practice: int, n: int, as_of: date = AS_OF) -> list[Resource]:
    """Every resource of patient ``n``, the Patient first.

    Args:
        n: from 1; patients 1 to 25 have roles (``cast``), the first is that of the integration guide's examples.

    Raises:
        ValueError: there is no such patient number.
    """
    if n < 1:
        message = f"patient {n} does not exist: patients are numbered from 1"
        raise ValueError(message)
    from mock_athena.population import record

    return record.write(seed, practice, n, as_of)


def practice_resources(seed: int, practice: int, patients: int, as_of: date = AS_OF) -> list[Resource]:
    """What the practice has besides its patients; its Group has patients 1 to ``patients`` as members."""
    from mock_athena.population import practice as practices

    return practices.write(seed, practice, patients, as_of)


def population(seed: int, practice: int, patients: int, as_of: date = AS_OF) -> Iterator[Resource]:
    """A whole practice: its own resources, then those of patients 1 to ``patients`` in order."""
    yield from practice_resources(seed, practice, patients, as_of)
    for n in range(1, patients + 1):
        yield from patient(seed, practice, n, as_of)
