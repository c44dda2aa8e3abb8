"""Logical ids in athena's form, ``a-{practice}.{Kind}-{number}``, computable without a database.

What belongs to a patient is numbered ``n * 100000 + sequence``, one sequence per kind: a new kind, or more of one
kind, never renumbers the others. Kinds are those that the real API shows: ``docs/fidelity.md``.
"""

from datetime import datetime

BLOCK = 100_000
"""Numbers that one patient may use per kind."""


def patient_id(practice: int, n: int) -> str:
    """The id of patient ``n`` (from 1) of a practice, such as ``a-500001.E-1``."""
    return f"a-{practice}.E-{n}"


def local_id(practice: int, kind: str, number: int) -> str:
    """An id within a practice, such as ``a-500001.Provider-3``."""
    return f"a-{practice}.{kind}-{number}"


def open_slot_id(practice: int, provider: int, start: datetime) -> str:
    """The id of a time that is free to be booked, such as ``a-500001.OpenSlot-3.20261102.1200``.

    A booked time has the next ``Slot`` of its patient, so the two never meet.
    """
    return f"a-{practice}.OpenSlot-{provider}.{start:%Y%m%d}.{start:%H%M}"


def practice_id(practice: int) -> str:
    """The Organization that is the practice; practices are global objects (``a-1``)."""
    return f"a-1.Practice-{practice}"


def group_id(practice: int) -> str:
    """The Group of all patients of a practice."""
    return f"a-1.C-{practice}"


LABORATORY_ID = "a-1.CP-1"
"""The reference laboratory, one clinical provider for every practice."""

PHARMACY_ID = "a-1.CP-2"
"""The pharmacy that dispenses what is prescribed."""

COMMERCIAL_PLAN_ID, MEDICARE_ID, MEDICAID_ID = "a-1.CP-11", "a-1.CP-12", "a-1.CP-13"
"""Who pays."""
