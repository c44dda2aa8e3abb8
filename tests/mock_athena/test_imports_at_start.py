"""What a start imports: start-up speed is a feature, and one careless import costs more than all of our code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mock_athena.environments import ENVIRONMENTS
from mock_athena.population.prebuilt import prebuilt_population

# Everything from outside the standard library that may be imported before the first answer.
EXPECTED = {
    "blinker", "click", "flask", "itsdangerous", "jinja2", "markupsafe", "mock_athena", "waitress", "werkzeug",
}  # fmt: skip

FORBIDDEN = {
    "joserfc", "cryptography", "fpdf", "PIL", "rich", "jsonschema", "fhir.resources", "pydantic", "faker", "requests",
    "sqlalchemy", "asyncio", "email.mime", "email.mime.text", "multiprocessing", "unittest", "xml",
    "mock_athena.population.content", "mock_athena.documents.report_pdf", "mock_athena.token_request",
}  # fmt: skip

PROGRAM = """
import json, sys
before = set(sys.modules)
import mock_athena.cli, mock_athena.serving
from mock_athena import Settings, create_app
from waitress.server import create_server
app = create_app(Settings(patients=2, cache_dir=sys.argv[1]))
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/_mock/health", "REMOTE_ADDR": "127.0.0.1", "SERVER_NAME": "x",
           "SERVER_PORT": "1", "wsgi.url_scheme": "http", "wsgi.input": sys.stdin.buffer}
said = []
body = b"".join(app(environ, lambda status, headers, exc_info=None: said.append(status)))
app.close()
print(json.dumps([said[0], sorted(set(sys.modules) - before), sorted(sys.stdlib_module_names)]))
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """(modules that a start up to the first answer imports, names of the standard library)."""
    cache = tmp_path_factory.mktemp("prebuilt")
    for practice in (facts.practice for facts in ENVIRONMENTS.values()):
        prebuilt_population(1, practice, 2, str(cache))
    command = [sys.executable, "-c", PROGRAM, str(cache)]
    root = Path(__file__).parents[2]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL, cwd=root)
    status, modules, standard = json.loads(ran.stdout)
    assert status == "200 OK"
    return set(modules), set(standard)


def test_nothing_heavy_is_imported_at_start(imported: tuple[set[str], set[str]]) -> None:
    modules, _ = imported
    assert modules & FORBIDDEN == set()


def test_the_packages_imported_at_start_are_the_known_ones(imported: tuple[set[str], set[str]]) -> None:
    modules, standard = imported
    packages = {module.partition(".")[0] for module in modules} - standard
    assert packages == EXPECTED
