"""Before, after, within each other, from threads: interception changes nothing for longer than its block."""

import asyncio
import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpcore
import pytest
import requests
import urllib3.connection
import vcr
from aiohttp.connector import TCPConnector

from mock_athena.testing import RealHostRefused, intercept_athena
from tests.mock_athena.testing.conftest import Intercept
from tests.mock_athena.testing.ways import WAYS

BASE = "https://api.platform.athenahealth.com/fhir/r4"


def state() -> dict[str, Any]:
    owners = (
        *(http.client.HTTPConnection, http.client.HTTPSConnection, urllib3.connection.HTTPConnection),
        *(urllib3.connection.HTTPSConnection, httpcore.SyncBackend, httpcore.AnyIOBackend, TCPConnector),
    )
    found = {f"{owner}.{name}": value for owner in owners for name, value in vars(owner).items() if callable(value)}
    sleeping = (vars(time)["sleep"], asyncio.sleep)
    return found | {"environ": dict(os.environ), "path": list(sys.meta_path), "sleep": sleeping}


def status(session: requests.Session | None = None) -> int:
    return (session or requests).get(f"{BASE}/metadata", timeout=20).status_code


def test_everything_is_as_it_was(intercept: Intercept) -> None:
    before = state()
    with intercept(virtual_sleep=True):
        assert state() != before
    assert state() == before


def test_everything_is_as_it_was_after_an_error(intercept: Intercept) -> None:
    before = state()
    with pytest.raises(ZeroDivisionError), intercept(virtual_sleep=True):
        _ = 1 / 0
    with pytest.raises(TypeError), intercept(no_such_setting=1):
        pass
    assert state() == before


def test_a_library_that_is_not_as_expected_leaves_the_others_as_they_were(
    intercept: Intercept, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = vars(TCPConnector)["_create_connection"]
    monkeypatch.delattr(TCPConnector, "_create_connection")
    before = state()
    with pytest.raises(KeyError, match="_create_connection"), intercept():
        pass
    assert state() == before
    monkeypatch.setattr(TCPConnector, "_create_connection", create, raising=False)
    with intercept():  # the first left nothing behind that says that all is done
        assert status() == 200


@pytest.mark.parametrize("library", ["requests", "urllib"])
def test_within_a_cassette_of_vcr(intercept: Intercept, tmp_path: Path, library: str) -> None:
    """Whoever records puts connections of his own in the place of those that are led elsewhere."""
    before = state()
    with vcr.use_cassette(str(tmp_path / "calls.yaml")) as cassette, intercept() as athena:
        assert WAYS[library]("GET", f"{BASE}/metadata", {}, None, 20.0).status == 200
        athena.assert_called("GET", "/fhir/r4/metadata", times=1)
        assert len(cassette) == 1
    assert state() == before


def test_the_innermost_answers(intercept: Intercept) -> None:
    with intercept() as outer:
        with intercept() as inner:
            assert status() == 200
        assert len(inner.calls()) == 1
        assert not outer.calls()
        assert status() == 200
        assert len(outer.calls()) == 1


def test_threads_reach_the_same_emulator(intercept: Intercept) -> None:
    found: list[int] = []
    with intercept() as athena:
        threads = [threading.Thread(target=lambda: found.append(status())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [200] * 8
        athena.assert_called("GET", "/fhir/r4/metadata", times=8)


def test_a_session_that_lives_on_does_not_talk_to_what_is_gone(intercept: Intercept) -> None:
    with requests.Session() as session:
        with intercept() as first:
            assert status(session) == 200
        with intercept() as second:
            assert status(session) == 200
        assert (len(first.calls()), len(second.calls())) == (1, 1)


def test_a_function_can_be_decorated(cache_dir: str) -> None:
    @intercept_athena(cache_dir=cache_dir)
    def called(expected: int) -> bool:
        return status() == expected

    @intercept_athena(cache_dir=cache_dir)
    async def called_async(expected: int) -> bool:
        return await asyncio.to_thread(status) == expected

    before = state()
    assert called(200)
    assert asyncio.run(called_async(200))
    assert state() == before


def test_a_library_that_is_imported_later_is_led_too(cache_dir: str) -> None:
    program = f"""
import sys
from mock_athena.testing import intercept_athena
with intercept_athena(cache_dir={cache_dir!r}):
    assert "urllib3" not in sys.modules and "httpx" not in sys.modules and "aiohttp" not in sys.modules
    import httpx, requests
    assert requests.get("{BASE}/metadata").status_code == 200
    assert httpx.get("{BASE}/metadata").status_code == 200
import http.client, urllib3.connection
assert "connecting" not in urllib3.connection.HTTPSConnection.connect.__qualname__
assert "connecting" not in http.client.HTTPSConnection.connect.__qualname__
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60)


def test_nothing_is_refused_outside() -> None:
    assert issubclass(RealHostRefused, RuntimeError)
    assert "guide" not in http.client.HTTPConnection.connect.__code__.co_freevars


def test_a_generator_is_inside_of_the_block_until_it_ends(cache_dir: str) -> None:
    before = state()

    @intercept_athena(cache_dir=cache_dir)
    def fixture() -> Iterator[int]:
        yield status()

    for found in fixture():
        assert (found, status()) == (200, 200)
    assert state() == before


def test_what_a_decorator_cannot_surround_is_refused() -> None:
    async def stream() -> AsyncIterator[int]:
        yield 1

    for what in (type("Mine", (), {}), stream):
        with pytest.raises(TypeError, match=r"decorates functions.*with intercept_athena"):
            intercept_athena()(what)
