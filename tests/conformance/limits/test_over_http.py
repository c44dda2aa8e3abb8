"""Over HTTP, in real time and within its budget, the command names the policy of a server."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mock_athena.ratelimit.policy_files import parse_policy
from tests.emulator import Emulator, Emulators, clean_environment

_COMMAND = str(Path(sys.executable).with_name("athena-conformance"))
_PATIENCE = 330  # seconds


def inferred(base: str, folder: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, report and policy file."""
    files = ["--json", str(folder / "limits.json"), "--toml", str(folder / "limits.toml")]
    client = ["--client-id", "mock-client", "--client-secret", "mock-secret"]
    done = subprocess.run(
        [_COMMAND, "infer-limits", base, *client, *files, *options],
        env=clean_environment(folder),
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    report: dict[str, Any] = json.loads((folder / "limits.json").read_text(encoding="utf-8"))
    return done.returncode, report, (folder / "limits.toml").read_text(encoding="utf-8")


def started(emulators: Emulators, policy: str) -> Emulator:
    return emulators.start("--patients", "3", "--limits", policy)


def test_a_limit_is_named(emulators: Emulators, tmp_path: Path) -> None:
    code, report, toml = inferred(started(emulators, "sliding-1s").base, tmp_path, "--budget", "110")
    assert (code, report["policy"], report["per"]["value"]) == (0, "sliding-1s", "client"), report
    assert report["requests"] <= 110
    assert [limit.quota for limit in parse_policy(tomllib.loads(toml), "limits.toml").limits] == [8, 100_000]


@pytest.mark.long
@pytest.mark.parametrize(
    "policy",
    [
        "mission", "sliding-1s", "token-bucket", "gcra", "fixed-window", "athena-preview", "athena-prod", "lockout",
        "concurrency", "off", "mission+per-token", "mission+charge-denied",
    ],
)  # fmt: skip
def test_every_policy_is_named_within_the_default_budget_and_so_is_what_its_file_makes(
    policy: str, emulators: Emulators, tmp_path: Path
) -> None:
    code, report, _ = inferred(started(emulators, policy).base, tmp_path)
    assert (code, report["policy"], report["requests"] <= 300) == (0, policy, True), report
    written = tmp_path / "limits.toml"
    code, again, _ = inferred(started(emulators, str(written.rename(tmp_path / "found.toml"))).base, tmp_path)
    assert (code, again["policy"], shapes(again)) == (0, policy, shapes(report)), again


def shapes(report: dict[str, Any]) -> list[tuple[str, int, float | None]]:
    return [(limit["kind"], limit["quota"], limit.get("window")) for limit in report["limits"]]
