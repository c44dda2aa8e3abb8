"""What a test pays: the fixture, and a request without a socket against one through a socket."""

from typing import Any

import pytest
import requests
from pytest_benchmark.fixture import BenchmarkFixture

from mock_athena.testing import intercept_athena, serve_athena
from mock_athena.testing.running import Running

READ = "/Patient/a-500001.E-1"


@pytest.mark.parametrize("way", ["intercepted", "served"])
def test_a_read(benchmark: BenchmarkFixture, way: str) -> None:
    """A read with ``requests``."""
    block = intercept_athena(limits="off") if way == "intercepted" else serve_athena(limits="off")
    with block as athena, requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {athena.token()}"
        url = athena.base_url + READ
        assert benchmark(lambda: session.get(url, timeout=20).status_code) == 200


def test_the_fixture_after_the_first(benchmark: Any) -> None:
    """As at the start, after a test that wrote a journal and spent a quota."""
    with Running() as running:
        athena = running.as_at_the_start({})
        bearer = {"Authorization": f"Bearer {athena.token()}"}

        def spent() -> None:
            requests.get(athena.base_url + READ, headers=bearer, timeout=20)

        benchmark.pedantic(lambda: running.as_at_the_start({}), setup=spent, rounds=20)
        assert not athena.calls()
