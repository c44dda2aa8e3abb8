"""An emulator without limits, and somebody who may write everything there."""

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.writes.writer import Writer


@pytest.fixture
def athena(make_athena: MakeAthena) -> Athena:
    return make_athena(limits="off")


@pytest.fixture
def writer(athena: Athena) -> Writer:
    return Writer(athena)
