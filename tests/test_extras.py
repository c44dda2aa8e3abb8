"""What ``pip install`` of the wheel with its extras brings: programs that start, and types that others can check."""

import os
import re
import socket
import subprocess
import venv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
import requests
from urllib3.util import Retry

from tests.emulator import clean_environment
from tests.test_wheel import wheel  # noqa: F401 - a fixture

pytestmark = pytest.mark.long

TYPED = """
from typing import assert_type

from athena_fhir_client import AthenaClient
from mock_athena import Settings, create_app
from mock_athena.app import MockAthena
from mock_athena.testing import intercept_athena, serve_athena
from mock_athena.testing.athena import Athena

assert_type(create_app(Settings(patients=1, limits="off")), MockAthena)
assert_type(Settings().port, int)
assert_type(AthenaClient.from_env(), AthenaClient)
with serve_athena(tls=True) as athena:
    assert_type(athena, Athena)
    assert_type(athena.base_url, str)
with intercept_athena() as reached:
    assert_type(reached.token_url, str)
Settings(prot=1)  # type: ignore[call-arg]
"""
PROGRAMS = (("mock-athena", "--version"), ("athena-fhir", "--help"), ("athena-fhir", "gateway", "--help"))


class Environment:
    """A new virtual environment."""

    def __init__(self, folder: Path, *install: str) -> None:
        self._bin, self._home = folder / "venv" / "bin", folder / "home"
        self._home.mkdir()
        venv.create(folder / "venv", with_pip=True)
        command = [str(self._bin / "pip"), "install", "--quiet", "--disable-pip-version-check", *install]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": ""}, timeout=500)

    def run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._home,
            env=clean_environment(self._home),
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def running(self, program: str, *arguments: str, **settings: str) -> Iterator[None]:
        environment = clean_environment(self._home) | settings
        process = subprocess.Popen([str(self._bin / program), *arguments], cwd=self._home, env=environment)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def of_extra(name: str) -> list[str]:
    """The libraries that an extra names."""
    marked = re.compile(rf"extra == ['\"]{name}['\"]")
    return [each.partition(";")[0].strip() for each in requires("mock-athena") or () if marked.search(each)]


def test_the_client_alone_needs_no_flask(wheel: Path, tmp_path: Path) -> None:  # noqa: F811
    libraries = {*of_extra("client"), *of_extra("gateway"), "click>=8.1.7", "cryptography>=43"}
    alone = Environment(tmp_path, "--no-deps", str(wheel))
    subprocess.run([str(tmp_path / "venv/bin/pip"), "install", "--quiet", *sorted(libraries)], check=True, timeout=500)
    for program in PROGRAMS[1:]:
        alone.run(*program)
    assert alone.run("python", "-c", "from athena_fhir_client import AthenaClient; print(AthenaClient)")
    assert "False" in alone.run("python", "-c", "import importlib.util as u; print(u.find_spec('flask') is not None)")


def test_every_extra_is_what_it_says(wheel: Path, tmp_path: Path) -> None:  # noqa: F811
    extras = "client,gateway,conformance,fast,valkey,postgres,granian"
    whole = Environment(tmp_path, f"mock-athena[{extras}] @ {wheel.as_uri()}", "mypy", "types-requests")
    for program in (*PROGRAMS, ("athena-conformance", "--help")):
        whole.run(*program)
    told = whole.run("mock-athena", "doctor", "--port", "0", "--patients", "25")
    assert all(name in told.partition("not installed")[0] for name in extras.split(",")), told
    (tmp_path / "home" / "typed.py").write_text(TYPED)
    assert "Success" in whole.run("mypy", "--strict", "typed.py")
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
    served = ("--interface", "wsgi", "--factory", "--port", port, "mock_athena.app:from_environment")
    with whole.running("granian", *served, MOCK_ATHENA_PATIENTS="2", MOCK_ATHENA_LIMITS="off"), requests.Session() as s:
        patience: Any = Retry(total=None, connect=12, backoff_factor=0.1)
        s.mount("http://", requests.adapters.HTTPAdapter(max_retries=patience))
        assert s.get(f"http://127.0.0.1:{port}/_mock/health", timeout=20).json()["status"] == "ok"
        # It took the settings: no limits, so no word of them.
        assert "X-RateLimit-Limit" not in s.get(f"http://127.0.0.1:{port}/fhir/r4/Patient", timeout=20).headers
