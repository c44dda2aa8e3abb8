"""How a check is written::

    @check("RED-003")
    def an_unknown_id_is_not_found(target: Target) -> None:
        answer = target.get("Patient/does-not-exist")
        assert answer.status == 404, f"{answer}, expected 404"

The ids are rows of ``requirements.csv``. Where all of them are SHOULD or MAY, a failed assertion is a warning.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., Any])


def check(
    *requirements: str, profiles: tuple[str, ...] = (), slow: bool = False, destructive: bool = False
) -> Callable[[F], F]:
    """Make a function a check.

    Args:
        requirements: the rows that it shows. More can be given to each case with :func:`case`.
        profiles: names of the profiles that it holds for; empty for all. In others it is omitted.
        slow: it waits minutes of the target's time, and runs on a virtual clock or with ``--slow``.
        destructive: it writes, and runs only with ``--destructive``.
    """

    def decorate(function: F) -> F:
        function.__test__ = True  # type: ignore[attr-defined]  # what pytest looks at
        marked: F = pytest.mark.check(*requirements, profiles=profiles, slow=slow, destructive=destructive)(function)
        return marked

    return decorate


def case(*values: Any, requirements: tuple[str, ...] = (), id: str = "") -> Any:
    """One case of :func:`cases`, with requirements of its own."""
    marks = [pytest.mark.check(*requirements)] if requirements else []
    return pytest.param(*values, marks=marks, id=id or None)


cases = pytest.mark.parametrize
"""``@cases("name", [case(…), …])`` below ``@check`` makes one check for each case."""
