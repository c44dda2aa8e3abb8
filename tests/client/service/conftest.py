"""A service of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from athena_fhir_client.service import AthenaHealthEnhancedService
from athena_fhir_client.service.demo import connect_application
from tests.client.gateway.conftest import service_of
from tests.emulator import Emulator


@pytest.fixture
def service_names(manual_emulator: Emulator, tmp_path: Path) -> Iterator[AthenaHealthEnhancedService]:
    """With ``conn_123``."""
    with service_of(manual_emulator.register(), tmp_path) as service:
        connect_application(service)
        yield service
