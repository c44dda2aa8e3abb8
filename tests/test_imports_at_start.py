"""What is imported from process start to the first answer: start-up speed is a feature, and imports are most of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator import clean_environment

ROOT = Path(__file__).parent.parent

SCRIPT = """
import json, sys
import mock_athena.cli, mock_athena.serving
from mock_athena import Settings, create_app

app = create_app(Settings(cache_dir=sys.argv[1]))
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/_mock/health", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
           "wsgi.url_scheme": "http", "wsgi.input": sys.stdin.buffer, "REMOTE_ADDR": "127.0.0.1"}
seen = []
body = b"".join(app(environ, lambda status, headers: seen.append(status)))
assert seen == ["200 OK"], (seen, body)
app.close()
print(json.dumps(sorted(sys.modules)))
"""

LIBRARIES = {"blinker", "click", "flask", "itsdangerous", "jinja2", "markupsafe", "waitress", "werkzeug"}

# What a site-packages .pth file loads has no part in it.
NOT_OURS = {"__main__", "_distutils_hack", "sitecustomize"}

# Loaded by the first request that needs them. The name of a package stands for everything in it.
LATER = {
    "mock_athena.board",
    "mock_athena.commons",
    "mock_athena.completion",
    "mock_athena.supervisor",
    "mock_athena.nodes",
    "mock_athena.postgres",
    "mock_athena.state.directory",
    "mock_athena.state.postgres",
    "mock_athena.store.postgres",
    "mock_athena.faults.catalogue",
    "mock_athena.faults.kinds",
    "mock_athena.faults.rules",
    "mock_athena.faults.scenarios",
    "mock_athena.faults.schema",
    "mock_athena.journal.assertions",
    "mock_athena.journal.filters",
    "mock_athena.fhir.openapi",
    "mock_athena.population.chart",
    "mock_athena.population.content",
    "mock_athena.population.files",
    "mock_athena.population.names",
    "mock_athena.population.record",
    "mock_athena.health",
    "mock_athena.job_requests",
    "mock_athena.token_request",
    "mock_athena.token_explanation",
    "mock_athena.auth.explained",
    "mock_athena.web.rehearsal",
    "mock_athena.documents.rendering",
    "mock_athena.tls",
    "mock_athena.writes",
    "mock_athena.web.control.jumps",
    "mock_athena.web.faulty",
    "mock_athena.web.portal",
    "mock_athena.web.console",
}
SLOW_PARTS_OF_PYTHON = {
    "asyncio",
    "concurrent",
    "ctypes",
    "multiprocessing",
    "statistics",
    "tomllib",
    "unittest",
    "xml",
}


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the modules that were imported when the first request was answered."""
    home, cache = tmp_path_factory.mktemp("home"), tmp_path_factory.getbasetemp().parent / "populations"
    command = [sys.executable, "-c", SCRIPT, str(cache)]
    # The first run may have to make the population, which needs more.
    for _ in range(2):
        done = subprocess.run(command, env=clean_environment(home), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_these_libraries_are_imported_and_no_others(modules: set[str]) -> None:
    packages = {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) - NOT_OURS
    assert packages == LIBRARIES | {"mock_athena"}


def test_slow_parts_of_python_are_not_imported(modules: set[str]) -> None:
    assert modules & SLOW_PARTS_OF_PYTHON == set()


def test_what_the_first_answer_does_not_need_comes_later(modules: set[str]) -> None:
    assert {name for name in LATER if name in modules} == set()
    for name in LATER:
        path = ROOT.joinpath(*name.split("."))
        assert path.is_dir() or path.with_suffix(".py").is_file(), f"{name} is gone: take it off the list"
