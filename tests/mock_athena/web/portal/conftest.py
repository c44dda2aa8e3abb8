"""A clinic with its first patients, and somebody in front of a browser."""

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import Visitor


@pytest.fixture
def clinic(make_athena: MakeAthena) -> Athena:
    """An emulator with all the patients of the golden population."""
    return make_athena(patients=25)


@pytest.fixture
def visitor(clinic: Athena) -> Visitor:
    """Somebody who was not here before."""
    return Visitor(clinic)
