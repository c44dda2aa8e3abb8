import socket
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any, ClassVar

import pytest
import requests

from mock_athena.errors import ConfigurationError
from mock_athena.testing import AthenaTestCase, serve_athena
from mock_athena.testing.running import Running


def test_it_serves_for_a_block_and_leaves_nothing(cache_dir: str) -> None:
    before = set(threading.enumerate())
    with serve_athena(cache_dir=cache_dir, patients=2) as athena:
        assert requests.get(f"{athena.base_url}/metadata", timeout=20).status_code == 200
        port = int(athena.origin.rpartition(":")[2])
    assert set(threading.enumerate()) <= before
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", port)) != 0


def test_what_is_held_does_not_hold_it_up(cache_dir: str) -> None:
    with serve_athena(cache_dir=cache_dir, clock="manual") as athena:
        athena.fault("stall")
        with pytest.raises(requests.Timeout):
            requests.get(f"{athena.base_url}/metadata", timeout=0.2)


def test_it_is_kept_as_it_is_and_restored(cache_dir: str) -> None:
    with serve_athena(cache_dir=cache_dir, patients=2) as athena:
        assert athena.snapshot() == "snapshot-1"
        client = athena.client_credentials()
        assert athena.diff("snapshot-1")["state"]["client"]["added"] == [client.client_id]
        athena.restore("snapshot-1")
        assert athena.diff()["state"] == {}
        with pytest.raises(ConfigurationError, match="no snapshot 'nope'"):
            athena.restore("nope")


def test_whoever_forbids_sockets_is_named(cache_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise RuntimeError("A test tried to use a socket.")

    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    with (
        pytest.raises(ConfigurationError, match=r"A test tried to use a socket\. Allow 127.*or use intercept_athena"),
        serve_athena(cache_dir=cache_dir),
    ):
        pass


def test_two_are_two_worlds(cache_dir: str) -> None:
    with serve_athena(cache_dir=cache_dir) as one, serve_athena(cache_dir=cache_dir) as other:
        requests.get(f"{one.base_url}/metadata", timeout=20)
        assert (len(one.calls()), len(other.calls())) == (1, 0)


def test_settings_that_cannot_be(cache_dir: str) -> None:
    with pytest.raises(ConfigurationError, match="no-such-policy"), serve_athena(limits="no-such-policy"):
        pass


def test_several_workers_are_refused_with_the_way_out() -> None:
    with pytest.raises(ConfigurationError, match=r"workers 2: .*mock-athena serve"), serve_athena(workers=2):
        pass


def test_a_scenario_that_is_not_there_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(ConfigurationError, match="no-such-scenario"), serve_athena(scenario="no-such-scenario"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_setting_may_be_a_list(cache_dir: str) -> None:
    settings = {"cache_dir": cache_dir, "trusted_proxies": ["127.0.0.1"]}
    with Running() as running:
        assert running.as_at_the_start(settings) is running.as_at_the_start(dict(settings))


def test_unittest_has_it_too() -> None:
    class Mine(AthenaTestCase):
        athena_settings: ClassVar[dict[str, Any]] = {"patients": 2, "clock": "manual"}

        def test_one(self) -> None:
            assert requests.get(f"{self.athena.base_url}/metadata", timeout=20).status_code == 200
            self.athena.assert_called("GET", "*/metadata", times=1)

        def test_other(self) -> None:
            self.athena.assert_never_called()

        def test_unmatched(self) -> None:
            requests.get(f"{self.athena.origin}/nothing", timeout=20)

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Mine).run(result)
    assert result.testsRun == 3
    ((case, told),) = result.failures
    assert case.id().endswith("test_unmatched")
    assert "no route answers this request: GET /nothing → 404" in told
    assert not result.errors
