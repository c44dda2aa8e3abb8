"""An emulator whose console somebody has open, alone: it may be moved, broken and reset."""

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import Visitor


@pytest.fixture
def visitor(make_athena: MakeAthena) -> Visitor:
    """Somebody in front of a console without scripts; two patients, a clock that stands."""
    return Visitor(make_athena())


@pytest.fixture
def reader(clinic: Athena) -> Visitor:
    """Somebody in front of the console of one with all patients, who only looks."""
    return Visitor(clinic)
