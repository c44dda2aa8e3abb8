"""The command: what it says, what it writes, and its exit codes."""

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from athena_fhir_conformance.cli import main
from athena_fhir_conformance.judge_command import CONFORMS, FAILED, INTERRUPTED, NOT_SHOWN
from athena_fhir_conformance.progress import Progress
from athena_fhir_conformance.recording import Result
from tests.emulator import Emulator

Ended = tuple[int, str]
Command = Callable[..., Ended]
SIGNED = ("--client-id", "mock-client", "--client-secret", "mock-secret")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["athena-conformance", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out + told.err

    return command


def document(file: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return told


def test_a_healthy_server_conforms_and_the_report_is_written(
    command: Command, manual_emulator: Emulator, tmp_path: Path
) -> None:
    file = tmp_path / "new" / "report.json"
    code, said = command(manual_emulator.base, *SIGNED, "--group", "read", "--json", str(file))
    assert code == CONFORMS, said
    assert "pass" in said
    assert "mock-secret" not in file.read_text(encoding="utf-8")
    assert document(file)["counts"]["pass"] > 10


def test_a_budget_is_resumed(command: Command, manual_emulator: Emulator, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    asked = (manual_emulator.base, *SIGNED, "--group", "read")
    command(*asked, "--max-requests", "8", "--json", str(first))
    skipped = document(first)["counts"]["skip"]
    assert skipped > 0
    code, said = command(*asked, "--resume", str(first), "--json", str(second))
    assert code == CONFORMS, said
    counts = document(second)["counts"]
    assert counts["skip"] == 0
    assert sum(counts.values()) == sum(document(first)["counts"].values())


def test_a_wrong_expectation_is_red(command: Command, manual_emulator: Emulator, tmp_path: Path) -> None:
    expected = tmp_path / "expected"
    expected.write_text("read.an_unknown_type_is_not_found  # as ever\n")
    code, said = command(manual_emulator.base, *SIGNED, "--group", "read", "--expect", str(expected))
    assert code == FAILED
    assert "take it off the list" in said


def test_what_ends_a_run_leaves_reports_of_what_was_shown(
    command: Command, manual_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM comes when the tenth result is told; another run goes on from there."""
    told = Progress.__call__

    def ended(self: Progress, result: Result, total: int) -> None:
        told(self, result, total)
        if self._seen.total() == 10:
            signal.raise_signal(signal.SIGTERM)

    first, page, second = tmp_path / "first.json", tmp_path / "first.html", tmp_path / "second.json"
    asked = (manual_emulator.base, *SIGNED, "--group", "bulk_manifest")
    with monkeypatch.context() as patched:
        patched.setattr(Progress, "__call__", ended)
        code, said = command(*asked, "--json", str(first), "--html", str(page))
    part = document(first)
    assert (code, part["interrupted"], sum(part["counts"].values())) == (INTERRUPTED, True, 10), said
    assert "Interrupted, so this is a part" in page.read_text(encoding="utf-8")
    assert signal.getsignal(signal.SIGTERM) is not signal.default_int_handler
    assert manual_emulator.control("GET", "jobs")["jobs"][-1]["state"] == "deleted"
    code, said = command(*asked, "--resume", str(first), "--json", str(second))
    assert code == CONFORMS, said
    whole = document(second)
    assert not whole["interrupted"]
    assert {each["id"] for each in part["checks"]} < {each["id"] for each in whole["checks"]}


def test_nobody_there_is_not_shown(command: Command) -> None:
    code, said = command("http://127.0.0.1:1/fhir/r4", "--token", "x", "--group", "read")
    assert code == NOT_SHOWN
    assert "Nothing could be shown: no connection" in said
    assert "Traceback" not in said


def test_a_url_that_is_no_fhir_base_does_not_conform(command: Command, manual_emulator: Emulator) -> None:
    base = manual_emulator.base.removesuffix("/fhir/r4")
    code, said = command(base, "--token", "x", "--group", "read", "-k", "unknown_type")
    assert code != CONFORMS
    assert f"is {base} the FHIR base?" in said


def test_a_report_that_cannot_be_written_is_told_before_the_run(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, said = command("http://127.0.0.1:1/fhir/r4", "--html", str(tmp_path / "file" / "report.html"))
    assert code == 1
    assert "cannot be written" in said
    assert "Nothing could be shown" not in said


def test_progress_is_told_while_checks_run(command: Command, manual_emulator: Emulator) -> None:
    _, said = command(manual_emulator.base, "--group", "athena,documents")
    assert {"athena", "documents"} <= {line.split()[0] for line in said.splitlines() if line}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "FHIR base"),
        (("ftp://x",), "neither http nor https"),
        (("http:///fhir",), "has no host"),
        (("http://[::1/fhir",), "is none"),
        (("http://127.0.0.1:abc/fhir",), "is none"),
        (("http://name:word@127.0.0.1:1/fhir",), "has a user or password in it"),
        (("http://127.0.0.1:1/fhir?x=1",), "has a query"),
        (("http://127.0.0.1:1", "--clients", "/nowhere"), "cannot be read as TOML"),
        (("http://127.0.0.1:1", "--group", "nonsense"), "no group nonsense"),
        (("http://127.0.0.1:1", "--rate", "fast"), "is no rate"),
        (("http://127.0.0.1:1", "--client-id", "x"), "--client-id needs"),
        (("http://127.0.0.1:1", "--profile", "x"), "'mission', 'athena'"),
        (("http://127.0.0.1:1", "--private-key", "/nowhere"), "cannot be read as a JWK"),
    ],
)
def test_a_command_that_cannot_be_understood_is_explained(
    command: Command, arguments: tuple[str, ...], words: str
) -> None:
    code, said = command(*arguments)
    assert code == 2
    assert words in said


def test_checks_are_listed_with_their_requirements(command: Command) -> None:
    code, said = command("--list", "--group", "read")
    assert code == 0
    assert "read.an_unknown_id_is_not_found" in said
    assert "RED-003" in said
