"""What an installation brings: exactly our packages, with the data and the files that they need at run time."""

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import requests

from tests.emulator import FHIR_PATH, READY, clean_environment

ROOT = Path(__file__).parent.parent
IGNORED = shutil.ignore_patterns("__pycache__", "_prebuilt")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources in which nothing was built before."""
    source, out = tmp_path_factory.mktemp("source") / "mock-athena", tmp_path_factory.mktemp("wheel")
    source.mkdir()
    for path in ROOT.iterdir():
        if path.name in ("mock_athena", "client", "conformance", "fixtures"):
            shutil.copytree(path, source / path.name, ignore=IGNORED)
        elif path.is_file():
            shutil.copy(path, source)
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="session")
def content(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def below(content: set[str], folder: str) -> set[str]:
    return {name.removeprefix(folder) for name in content if name.startswith(folder)}


def test_nothing_but_our_packages_reaches_site_packages(content: set[str], wheel: Path) -> None:
    distribution = "-".join(wheel.name.split("-")[:2])
    expected = {"mock_athena", "athena_fhir_client", "athena_fhir_conformance", f"{distribution}.dist-info"}
    assert {name.partition("/")[0] for name in content} <= expected
    assert {"mock_athena", f"{distribution}.dist-info"} <= {name.partition("/")[0] for name in content}


def test_every_module_is_in(content: set[str]) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mock_athena").rglob("*.py")}
    assert modules <= content


def test_the_fixtures_are_in_but_for_the_patients_that_are_prebuilt_anyway(content: set[str]) -> None:
    folder = ROOT / "fixtures"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    files = {name for name in files if not name.startswith("population/")}
    assert below(content, "mock_athena/_fixtures/") == files
    assert "clients.json" in files


def test_both_default_populations_are_in(content: set[str]) -> None:
    populations = below(content, "mock_athena/_prebuilt/")
    practices = {match[1] for name in populations if (match := re.fullmatch(r"population-.*-(\d+)-25\.sqlite", name))}
    assert practices == {"500001", "195900"}
    assert len(populations) == 2


def test_templates_tables_and_the_typing_marker_are_in(content: set[str]) -> None:
    package = ROOT / "mock_athena"
    left_out = {"__pycache__", "_prebuilt", "_fixtures"}
    data = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and path.suffix != ".py" and not left_out & set(path.parts)
    }
    assert data <= content
    assert {"mock_athena/py.typed", "mock_athena/web/portal/portal.css"} <= data


def test_the_gateways_schemas_are_in(content: set[str]) -> None:
    schemas = ROOT / "client" / "athena_fhir_client" / "gateway" / "schemas"
    assert below(content, "athena_fhir_client/gateway/schemas/") == {path.name for path in schemas.iterdir()}


def test_the_lists_and_tables_of_the_conformance_suite_are_in(content: set[str]) -> None:
    package = ROOT / "conformance" / "athena_fhir_conformance"
    files = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
    assert below(content, "athena_fhir_conformance/") == {name for name in files if "__pycache__" not in name}


def test_the_command_and_the_licences_are_in(content: set[str], wheel: Path) -> None:
    (entry_points,) = (name for name in content if name.endswith(".dist-info/entry_points.txt"))
    with zipfile.ZipFile(wheel) as archive:
        assert "mock-athena = mock_athena.cli:main" in archive.read(entry_points).decode()
    assert {"LICENSE", "NOTICE"} <= {name.rpartition("/")[2] for name in content if ".dist-info/licenses/" in name}


@pytest.mark.long
def test_installed_alone_it_starts_in_an_empty_folder_and_writes_nothing_at_home(wheel: Path, tmp_path: Path) -> None:
    """As somebody has it who installs the wheel: no checkout, no development tools, an empty home."""
    environment, home, folder = tmp_path / "venv", tmp_path / "home", tmp_path / "empty"
    home.mkdir()
    folder.mkdir()
    venv.create(environment, with_pip=True)
    install = [str(environment / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", str(wheel)]
    subprocess.run(install, check=True, cwd=folder, env={**os.environ, "PYTHONPATH": ""})
    process = subprocess.Popen(
        [str(environment / "bin" / "mock-athena"), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=clean_environment(home),
        process_group=0,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline().rstrip()
        assert line.startswith(READY)
        origin = line.removeprefix(READY).removesuffix(FHIR_PATH)
        assert requests.get(f"{origin}/_mock/health").json()["status"] == "ok"
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert list(home.iterdir()) == []
    assert list(folder.iterdir()) == []
