"""An emulator that shows the real API's behaviour, without limits."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena


@pytest.fixture
def real(make_athena: Callable[..., Athena]) -> Athena:
    return make_athena(profile="athena", limits="off")


@pytest.fixture
def get(real: Athena) -> Callable[..., Any]:
    """A GET in the practice of production."""

    def get(path: str, token: str | None = None, **options: Any) -> Any:
        joined = f"{path}{'&' if '?' in path else '?'}ah-practice=Organization/a-1.Practice-500001"
        return real.get(joined, token, **options)

    return get
