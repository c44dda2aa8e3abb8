"""The fixtures, as a project that installed Mock Athena sees them: each test runs a small project of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator import clean_environment

PATIENT = "/Patient/a-500001.E-1"
HEAD = """
import pytest, requests

def get(athena, path="/Patient/a-500001.E-1"):
    return requests.get(athena.base_url + path, headers={"Authorization": "Bearer " + athena.token()}, timeout=20)
"""


def project(tmp_path: Path, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "test_mine.py").write_text(HEAD + program, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers", "-q", *options]
    return subprocess.run(
        command, cwd=tmp_path, env=clean_environment(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )


def test_a_project_gets_an_emulator_that_is_new_for_every_test(tmp_path: Path) -> None:
    done = project(
        tmp_path,
        """
origins = set()

@pytest.mark.parametrize("time", range(3))
def test_each_has_the_whole_quota_and_an_empty_journal(athena, time):
    assert [get(athena).status_code for _ in range(16)] == [200] * 16
    assert get(athena).status_code == 429
    athena.assert_called("GET", "/fhir/r4/Patient/*", times=17)
    origins.add(athena.origin)

def test_they_share_one_server(athena):
    assert origins == {athena.origin}

@pytest.mark.athena(limits="off", patients=3)
def test_a_mark_asks_for_another(athena):
    assert athena.origin not in origins
    assert get(athena, "/Patient?_summary=count").json()["total"] == 3
    assert {get(athena).status_code for _ in range(20)} == {200}

def test_time_stands_where_the_clock_is_asked_for(athena, athena_clock):
    before = athena_clock.now()
    athena.advance(86400)
    assert athena_clock.now() - before == 86_400 * 10**9

def test_a_client_of_ones_own(athena, athena_client_credentials):
    answer = requests.post(athena.token_url, {"grant_type": "client_credentials"}, auth=athena_client_credentials)
    assert answer.json()["scope"]
    athena.assert_token_reused()

def test_others_beside_it(athena, athena_factory):
    assert len({athena.origin, athena_factory(patients=3).origin, athena_factory(patients=3).origin}) == 3
""",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 passed" in done.stdout


def test_what_the_api_does_not_have_fails_the_test_and_says_so(tmp_path: Path) -> None:
    done = project(
        tmp_path,
        """
def test_a_typing_error_is_found(athena):
    requests.get(athena.origin + "/fhir/r5/Patient", timeout=20)

@pytest.mark.athena(strict=False)
def test_unless_it_is_meant(athena):
    requests.get(athena.origin + "/fhir/r5/Patient", timeout=20)

def test_faults_are_meant(athena):
    athena.fault("status", **{"with": {"status": 503}})
    assert get(athena).status_code == 503

def test_what_was_asked_is_shown(athena):
    get(athena, "/Condition/1")
    athena.assert_called("GET", "/fhir/r4/Condition/2")

def test_the_real_host_is_refused(athena):
    requests.get("https://api.platform.athenahealth.com/fhir/r4/metadata", timeout=20)

@pytest.mark.athena("off")
def test_a_mark_without_a_name_is_explained(athena): ...

@pytest.mark.athena(limts="off")
def test_so_is_one_that_is_misspelt(athena): ...
""",
    )
    assert done.returncode == 1
    # The typing error is found after the test, which counts as an error of its own; a mark before it.
    assert "2 failed, 3 passed, 3 errors" in done.stdout, done.stdout
    assert "no route answers this request: GET /fhir/r5/Patient → 404" in done.stdout
    assert "nearest:\n" in done.stdout
    assert "GET /fhir/r4/Condition/1 → 404 admitted" in done.stdout
    assert "RealHostRefused: a test was about to connect to api.platform.athenahealth.com" in done.stdout
    assert "takes names, such as patients=5, not ('off',)" in done.stdout
    assert "limts" in done.stdout
    assert "expected" in done.stdout


@pytest.mark.long
def test_workers_of_xdist_do_not_meet(tmp_path: Path) -> None:
    done = project(
        tmp_path,
        """
@pytest.mark.parametrize("time", range(6))
def test_each_has_the_whole_quota(athena, time):
    assert [get(athena).status_code for _ in range(17)] == [200] * 16 + [429]
""",
        "-n",
        "2",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_who_does_not_ask_pays_nothing() -> None:
    program = """
import sys
before = set(sys.modules)
import mock_athena.testing, mock_athena.testing.plugin
mine = {name for name in set(sys.modules) - before if name.startswith(("mock_athena", "flask", "werkzeug", "waitress"))}
assert mine == {"mock_athena", "mock_athena._version", "mock_athena.testing", "mock_athena.testing.plugin"}, mine
"""
    subprocess.run([sys.executable, "-c", "import pytest" + program], check=True, timeout=60)


def test_an_unknown_name_of_the_package_is_an_error() -> None:
    import mock_athena.testing

    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = mock_athena.testing.no_such_thing
