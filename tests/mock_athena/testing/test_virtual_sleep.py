import asyncio
import time

import anyio
import pytest
import requests
from urllib3.util import Retry

from mock_athena.clock import NANOSECONDS
from mock_athena.errors import ConfigurationError
from tests.mock_athena.testing.conftest import Intercept


def test_a_client_that_obeys_retry_after_waits_on_the_emulators_clock(intercept: Intercept) -> None:
    with intercept(virtual_sleep=True) as athena, requests.Session() as session:
        retry = Retry(total=3, status_forcelist=[429], respect_retry_after_header=True, allowed_methods=None)
        session.mount("https://", requests.adapters.HTTPAdapter(max_retries=retry))
        session.headers["Authorization"] = f"Bearer {athena.token()}"
        began = athena.clock.now()
        for _ in range(40):
            assert session.get(f"{athena.base_url}/Patient/a-500001.E-1", timeout=20).status_code == 200
        assert athena.clock.now() - began == 4 * NANOSECONDS
        athena.assert_obeyed_retry_after()
        athena.assert_called("GET", "/fhir/r4/Patient/*", times=42)


def test_asyncio_sleeps_likewise(intercept: Intercept) -> None:
    with intercept(virtual_sleep=True) as athena:
        began = athena.clock.now()
        assert asyncio.run(asyncio.sleep(86_400, "slept")) == "slept"
        assert athena.clock.now() - began == 86_400 * NANOSECONDS


def test_so_does_anyio(intercept: Intercept) -> None:
    before = anyio.sleep
    with intercept(virtual_sleep=True) as athena:
        began = athena.clock.now()
        anyio.run(anyio.sleep, 86_400)
        assert athena.clock.now() - began == 86_400 * NANOSECONDS
    assert anyio.sleep is before


def test_no_time_is_slept_backward(intercept: Intercept) -> None:
    with intercept(virtual_sleep=True), pytest.raises(ValueError, match="non-negative"):
        vars(time)["sleep"](-1)


def test_a_clock_that_runs_cannot_be_moved_so(intercept: Intercept) -> None:
    with (
        pytest.raises(ConfigurationError, match="virtual_sleep needs a clock that stands"),
        intercept(virtual_sleep=True, clock="system"),
    ):
        pass
