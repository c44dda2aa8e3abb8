"""``athena-fhir export``, ``sync`` and ``gateway`` as a user types them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from athena_fhir_client.cli.main import main
from tests.emulator import Emulator, RegisteredClient, clean_environment


@pytest.fixture
def environment(manual_client: RegisteredClient, tmp_path: Path) -> dict[str, str]:
    return {
        "ATHENAHEALTH_CLIENT_ID": manual_client.id,
        "ATHENAHEALTH_CLIENT_SECRET": manual_client.secret,
        "ATHENAHEALTH_FHIR_ENDPOINT": manual_client.emulator.base,
        "ATHENAHEALTH_STATE": str(tmp_path / "state"),
    }


def run(environment: dict[str, str], *arguments: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["athena-fhir", *arguments])
        return CliRunner().invoke(main, [*arguments, "--emulator-clock"], env=environment)


def test_an_export_then_only_what_changed(environment: dict[str, str], tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    told = run(environment, "export", "--out", out, "--type", "Patient,Goal", "--json")
    assert told.exit_code == 0, told.output
    report = json.loads(told.stdout)
    assert [file["name"] for file in report["files"]] == ["Patient.ndjson", "Goal.ndjson"]
    assert report == json.loads((tmp_path / "out" / "export.json").read_text())
    assert report["resources"]["Patient"] == len((tmp_path / "out" / "Patient.ndjson").read_bytes().splitlines())

    delta = run(environment, "export", "--out", out, "--type", "Patient,Goal", "--since-last", "--json")
    assert json.loads(delta.stdout)["request"]["since"] == report["transactionTime"]

    again = run(environment, "export", "--out", out, "--type", "Patient,Goal")
    assert "has this export already" in again.stderr
    other = run(environment, "export", "--out", out, "--type", "Condition")
    assert (other.exit_code, "holds another export" in other.stderr) == (1, True)


def test_a_job_is_cancelled(environment: dict[str, str], manual_client: RegisteredClient, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    manual_client.emulator.control(
        "POST", "faults", {"kind": "export-stuck", "match": {"client": manual_client.id}, "times": 1}
    )
    try:
        stuck = run(environment, "export", "--out", out, "--type", "Patient", "--patience", "1")
    finally:
        manual_client.emulator.control("DELETE", "faults")
    assert (stuck.exit_code, "run the same again to go on polling" in stuck.stderr) == (1, True), stuck.output
    assert "cancelled" in run(environment, "export", "--out", out, "--type", "Patient", "--cancel").stderr
    assert "no job to cancel" in run(environment, "export", "--out", out, "--type", "Patient", "--cancel").stderr
    jobs = manual_client.emulator.control("GET", "jobs")["jobs"]
    assert [job["state"] for job in jobs if job["client_id"] == manual_client.id] == ["cancelled"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--since", "yesterday"], "expected an instant"),
        (["--since", "2024-01-01T00:00:00Z", "--since-last"], "give one"),
        (["--level", "Group"], "needs the id of a group"),
        (["--type", "patient"], "expected names of resource types"),
    ],
)
def test_what_cannot_be_is_a_wrong_option(arguments: list[str], says: str, environment: dict[str, str]) -> None:
    told = CliRunner().invoke(main, ["export", "--out", "out", *arguments], env=environment)
    assert (told.exit_code, says in told.stderr) == (2, True), told.output


def test_a_copy_is_kept(environment: dict[str, str], tmp_path: Path) -> None:
    out, files = str(tmp_path / "mirror"), tmp_path / "files"
    first = json.loads(run(environment, "sync", "--out", out, "--type", "Goal", "--json").stdout)
    second = run(environment, "sync", "--out", out, "--type", "Goal", "--ndjson", str(files), "--json")
    told = json.loads(second.stdout)
    assert (told["since"], told["counts"]) == (first["transaction_time"], first["counts"])
    assert len((files / "Goal.ndjson").read_bytes().splitlines()) == told["counts"]["Goal"]


@pytest.mark.requirement("E5")
def test_the_demo_has_the_guides_ids(emulator: Emulator, tmp_path: Path) -> None:
    application = emulator.register()
    told = {
        **clean_environment(tmp_path),
        "ATHENAHEALTH_CLIENT_ID": application.id,
        "ATHENAHEALTH_CLIENT_SECRET": application.secret,
        "ATHENAHEALTH_FHIR_ENDPOINT": emulator.base,
    }
    command = [sys.executable, "-m", "athena_fhir_client.cli", "gateway", "--demo", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=told, cwd=tmp_path)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        athena = line.partition("is ready: ")[2].strip()
        job = requests.get(f"{athena}/bulk-export/job_123", timeout=30).json()
        assert job["data"]["id"] == "job_123"
        found = requests.get(f"{athena}/capabilities?connectionId=conn_123", timeout=30).json()
        assert found["data"]["rateLimit"] == "8 requests/second"
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 0
    assert os.stat(tmp_path / ".local/state/athena-fhir/service/service.key").st_mode & 0o077 == 0


def test_a_gateway_without_an_application_says_so(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["gateway"], env={"ATHENAHEALTH_CLIENT_ID": "", "HOME": str(tmp_path)})
    assert (told.exit_code, "ATHENAHEALTH_CLIENT_ID is not set" in told.stderr) == (2, True)
