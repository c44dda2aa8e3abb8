"""The command ``athena-fhir``: output, exit codes, and what it explains."""

import json
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner, Result

from athena_fhir_client.cli.explain import explanation
from athena_fhir_client.cli.main import COMMANDS, main
from athena_fhir_client.errors import ConfigurationError
from tests.emulator import PATIENT, Emulator, RegisteredClient


@pytest.fixture
def environment(client: RegisteredClient, tmp_path: Path) -> dict[str, str]:
    return {
        "ATHENAHEALTH_CLIENT_ID": client.id,
        "ATHENAHEALTH_CLIENT_SECRET": client.secret,
        "ATHENAHEALTH_FHIR_ENDPOINT": client.emulator.base,
        "ATHENAHEALTH_STATE": str(tmp_path / "state"),
    }


def run(environment: dict[str, str], *arguments: str, monkeypatch: pytest.MonkeyPatch | None = None) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["athena-fhir", *arguments])
        return CliRunner().invoke(main, arguments, env=environment)


def test_help_names_every_command_and_imports_none() -> None:
    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    assert all(name in shown.stdout for name in COMMANDS)
    for name in COMMANDS:
        told = CliRunner().invoke(main, [name, "--help"])
        assert (told.exit_code, "Usage" in told.stdout) == (0, True), name


def test_commands_and_options_are_completed() -> None:
    complete = BashComplete(main, {}, "athena-fhir", "_ATHENA_FHIR_COMPLETE").get_completions
    assert [each.value for each in complete([], "ex")] == ["export"]
    assert "--since-last" in [each.value for each in complete(["export"], "--s")]


def test_read_search_and_count(environment: dict[str, str]) -> None:
    patient = json.loads(run(environment, "read", "Patient", PATIENT).stdout)
    assert patient["id"] == PATIENT
    lines = run(environment, "search", "Observation", f"patient={PATIENT}", "--limit", "3").stdout.splitlines()
    assert [json.loads(line)["resourceType"] for line in lines] == ["Observation"] * 3
    assert int(run(environment, "search", "Observation", f"patient={PATIENT}", "--count").stdout) > 100


def test_the_token_and_the_pace_are_kept_for_the_next_command(environment: dict[str, str], emulator: Emulator) -> None:
    for _ in range(2):
        run(environment, "read", "Patient", PATIENT)
    journal = emulator.control("GET", f"journal?client={environment['ATHENAHEALTH_CLIENT_ID']}&route=oauth")
    assert len(journal["entries"]) == 1
    kept = sorted(
        each.name.split("-")[0] for each in Path(environment["ATHENAHEALTH_STATE"]).iterdir() if not each.suffix
    )
    assert kept == ["pace"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["read", "Patient", "nobody"], 5, "not-found"),
        (["read", "Patient"], 2, "Missing argument"),
        (["search", "Patient", "family"], 2, "expected NAME=VALUE"),
        (["read", "Patient", "x", "--client-secret", "wrong"], 3, "invalid_client"),
        (["search", "Observation", "--scope", "system/Patient.rs", f"patient={PATIENT}"], 4, "forbidden"),
        (["read", "Patient", "x", "--endpoint", "http://127.0.0.1:1/fhir"], 7, "the connection failed"),
        (["read", "Patient", "x", "--provider", "nobody", "--endpoint", ""], 2, "expected one of"),
        (["nothing"], 2, "No such command"),
    ],
)
def test_exit_codes(environment: dict[str, str], arguments: list[str], code: int, said: str) -> None:
    told = run(environment, *arguments)
    assert (told.exit_code, said in told.stderr) == (code, True), told.output


def test_errors_are_json_on_wish_and_say_what_was_lacking(environment: dict[str, str]) -> None:
    told = run(
        environment,
        "search",
        "Observation",
        f"patient={PATIENT}",
        "--scope",
        "system/Patient.rs",
        "--json",
        "--explain",
    )
    error = json.loads(told.stderr)
    assert (error["error"], error["status"]) == ("Forbidden", 403)
    assert "system/Observation.rs" in " ".join(error["explained"])


def test_capabilities_need_nobody(emulator: Emulator, tmp_path: Path) -> None:
    told = run({"ATHENAHEALTH_STATE": str(tmp_path), "COLUMNS": "200"}, "capabilities", "--endpoint", emulator.base)
    assert told.exit_code == 0, told.output
    assert "AllergyIntolerance" in told.stdout
    assert "private_key_jwt" in told.stdout


def test_login_for_a_service_and_sign_out(environment: dict[str, str]) -> None:
    told = run(environment, "login", "--service")
    assert "granted: system/*.read" in told.stderr
    assert run(environment, "login", "--service", "--forget").exit_code == 0
    assert not list(Path(environment["ATHENAHEALTH_STATE"]).glob("token-*.json"))


def test_what_cannot_be_explained_is_not() -> None:
    assert explanation(ConfigurationError("x")) == []


@pytest.mark.parametrize(
    ("arguments", "changed", "code", "said"),
    [
        (("export", "--out", "/proc/nothing", "--type", "Patient"), {}, 1, "/proc/nothing"),
        (("sync", "--out", "/proc/nothing", "--type", "Patient"), {}, 1, "/proc/nothing"),
        (("read", "Patient", PATIENT), {"ATHENAHEALTH_STATE": "/proc/nothing"}, 1, "/proc/nothing"),
        (("login", "--no-browser", "--redirect-uri", "http://127.0.0.1:99999/x"), {}, 2, "expected one on this"),
        (("login", "--no-browser", "--redirect-uri", "http://[::1"), {}, 2, "expected one on this machine"),
        (("read", "Patient", "1", "--private-key", sys.executable), {}, 2, "expected a JWK"),
        (("read", "Patient", "1", "--endpoint", "http://[::1"), {}, 2, "expected an absolute URL"),
        (("read", "Patient", "1", "--endpoint", "http://127.0.0.1:99999"), {}, 2, "expected an absolute URL"),
        (("search", "../../x", "a=b"), {}, 2, "expected a resource type"),
        (("read", "Patient", ".."), {}, 2, "expected a type and an id"),
    ],
)
def test_what_cannot_be_is_one_line(
    environment: dict[str, str], arguments: tuple[str, ...], changed: dict[str, str], code: int, said: str
) -> None:
    found = run(environment | changed, *arguments)
    assert (found.exit_code, "Traceback" in found.stderr) == (code, False), found.stderr
    assert said in found.stderr


def test_a_state_that_is_damaged_is_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    for name, damaged in ((".athena-export.json", '{"format": 1, "base": 5}'), ("mirror.sqlite", "no database")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_text(damaged * 100 if name.endswith("sqlite") else damaged)
        command = "sync" if name.endswith("sqlite") else "export"
        found = run(environment, command, "--out", str(folder), "--type", "Patient")
        assert (found.exit_code, found.exception.__class__) == (1, SystemExit), found.stderr
        assert found.stderr.startswith("athena-fhir: ")
