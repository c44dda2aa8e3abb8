"""Over HTTP, in real time and within its budget, the command names the policy of a server."""

import json
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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
    code, report, toml = inferred(started(emulators, "sliding-1s").base, tmp_path)
    assert (code, report["policy"], report["per"]["value"]) == (0, "sliding-1s", "client"), report
    assert [limit.quota for limit in parse_policy(tomllib.loads(toml), "limits.toml").limits] == [8, 100_000]


@pytest.mark.long
@pytest.mark.parametrize(
    "policy",
    [
        "mission", "token-bucket", "gcra", "fixed-window", "athena-preview", "athena-prod", "lockout", "concurrency",
        "off", "mission+per-token", "mission+charge-denied",
    ],
)  # fmt: skip
def test_every_policy_is_named_within_the_default_budget(policy: str, emulators: Emulators, tmp_path: Path) -> None:
    code, report, _ = inferred(started(emulators, policy).base, tmp_path)
    assert (code, report["policy"]) == (0, policy), report
    assert report["requests"] <= 310


@pytest.mark.parametrize(
    ("base", "said"),
    [("http://127.0.0.1:9/fhir/r4", "no connection"), ("no-url", "no connection")],
    ids=["closed", "no URL"],
)
def test_a_server_that_is_not_there_is_a_statement(base: str, said: str, tmp_path: Path) -> None:
    code, report, _ = inferred(base, tmp_path)
    assert (code, report["policy"], said in report["problem"]) == (3, None, True), report


class _Page(BaseHTTPRequestHandler):
    """Answers whatever is asked with a page for people."""

    def do_GET(self) -> None:
        page = b"<html>hello</html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def website() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_website_is_a_statement_and_can_be_probed_all_the_same(website: str, tmp_path: Path) -> None:
    options = ("--token", "x", "--client-id", "", "--client-secret", "")
    code, report, _ = inferred(f"{website}/fhir", tmp_path, *options)
    assert (code, report["policy"], "is no CapabilityStatement" in report["problem"]) == (3, None, True), report
    _, report, _ = inferred(website, tmp_path, *options, "--probe", "index.html", "--budget", "40")
    assert report["policy"] == "off", report
    assert report["requests"] <= 40


def test_a_token_that_is_not_accepted_is_a_statement(emulators: Emulators, tmp_path: Path) -> None:
    code, report, _ = inferred(started(emulators, "mission").base, tmp_path, "--client-secret", "wrong")
    assert (code, report["policy"]) == (3, None)
    assert report["problem"]
