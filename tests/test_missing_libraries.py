"""Commands whose extra is not installed say which, in a line."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator import clean_environment

WITHOUT = """
import sys
from importlib import import_module

program, library, *arguments = sys.argv[1:]
sys.modules[library] = None
sys.argv = [program, *arguments]
import_module(program).main()
"""


@pytest.mark.parametrize(
    ("extra", "library", "command"),
    [
        ("conformance", "pytest", "athena_fhir_conformance.cli http://127.0.0.1:1/fhir/r4"),
        ("client", "platformdirs", "athena_fhir_client.cli.main login"),
        ("gateway", "jsonschema", "athena_fhir_client.cli.main gateway"),
    ],
)
def test_it_says_what_to_install(extra: str, library: str, command: str, tmp_path: Path) -> None:
    program, *arguments = command.split()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, program, library, *arguments],
        env=clean_environment(tmp_path)
        | {"ATHENAHEALTH_CLIENT_ID": "a", "ATHENAHEALTH_FHIR_ENDPOINT": "http://127.0.0.1:1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode not in (0, 1)
    assert f"{library} is not installed" in done.stderr
    assert f"pip install 'mock-athena[{extra}]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
