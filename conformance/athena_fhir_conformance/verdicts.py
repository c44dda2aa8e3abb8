"""What a check can find, and how it says so.

pass, fail, warning (a SHOULD does not hold), skip (could not be shown, with the reason), omit (the target does not
declare it, or its profile does not ask for it), error (the suite itself went wrong). A check passes by returning, fails
by a failed ``assert``, and leaves otherwise by :func:`skip` or :func:`omit`.
"""

from enum import StrEnum
from typing import NoReturn


class Verdict(StrEnum):
    """The six verdicts, worst first."""

    ERROR = "error"
    FAIL = "fail"
    WARNING = "warning"
    SKIP = "skip"
    OMIT = "omit"
    PASS = "pass"  # noqa: S105 - not a password


class Skipped(Exception):
    """It could not be shown, and the text says why."""


class Omitted(Exception):
    """The target does not declare it, or is not asked for it."""


class Warned(Exception):
    """It holds, but not as it should."""


def skip(reason: str) -> NoReturn:
    """The check cannot be done here: what it needs is not there."""
    raise Skipped(reason)


def omit(reason: str) -> NoReturn:
    """The check does not apply: optional, and not declared by the target."""
    raise Omitted(reason)


def warn(reason: str) -> NoReturn:
    """What is required holds, what is advised does not. Ends the check."""
    raise Warned(reason)


def should(condition: object, message: str) -> None:
    """An assertion about advice: where it fails the verdict is a warning whatever the level of the check."""
    if not condition:
        raise Warned(message)
