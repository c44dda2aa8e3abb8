"""A clinic with its first patients, and somebody in front of a browser."""

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import Visitor


@pytest.fixture
def visitor(clinic: Athena) -> Visitor:
    """Somebody who was not here before."""
    return Visitor(clinic)


@pytest.fixture
def alone(make_athena: MakeAthena) -> Visitor:
    """The only visitor of an emulator with two patients, who may move its clock and reset it."""
    return Visitor(make_athena())
