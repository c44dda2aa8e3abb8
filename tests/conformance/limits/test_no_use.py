"""Whoever cannot be probed is told in words, before anything is sent where it should not be."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner

from athena_fhir_conformance.limits.cli import NOTHING, UNSURE, command

STATEMENT = b'{"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"}'


class Server(BaseHTTPRequestHandler):
    """Below each path it is of no use in another way; it keeps who asked for what."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        way, _, rest = self.path.removeprefix("/").partition("/")
        if way == "broken":
            self.close_connection = True
        elif way == "website":
            self._answer(200, b"<html>hello</html>")
        elif way == "moved" or (way == "elsewhere" and rest != "metadata"):
            host = self.headers["Host"].replace("127.0.0.1", "localhost")
            self._answer(302, Location=f"http://{host}/there")
        else:
            self._answer(200 if rest == "metadata" else int(way if way.isdecimal() else 404), STATEMENT)

    def _answer(self, status: int, body: bytes = b"", **fields: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def inferred(base: str, folder: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, report and what was shown."""
    given = [base, "--token", "secret", "--json", str(folder / "limits.json"), "--toml", str(folder / "limits.toml")]
    done = CliRunner().invoke(command, [*given, *options], catch_exceptions=False)
    return done.exit_code, json.loads((folder / "limits.json").read_text(encoding="utf-8")), done.output


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("website", "is no CapabilityStatement"),
        ("401", "the token is missing, expired or not accepted"),
        ("403", "this client may not ask that"),
        ("503", "while it is out of order"),
        ("broken", "no answer"),
        ("moved", "metadata redirects to http://localhost"),
        ("elsewhere", "redirects to http://localhost"),
    ],
)
def test_what_is_of_no_use_is_told(way: str, said: str, server: str, tmp_path: Path) -> None:
    Server.asked.clear()
    code, report, shown = inferred(f"{server}/{way}", tmp_path)
    assert (code, report["policy"], said in report["problem"], said in shown) == (NOTHING, None, True, True), report
    assert not (tmp_path / "limits.toml").exists()
    assert all(path.startswith(f"/{way}") or path == "/_mock/clock" for path, _ in Server.asked), Server.asked


@pytest.mark.parametrize("base", ["http://127.0.0.1:9/fhir/r4", "no-url"])
def test_a_server_that_is_not_there_is_told(base: str, tmp_path: Path) -> None:
    code, report, _ = inferred(base, tmp_path)
    assert (code, report["policy"], "no connection" in report["problem"]) == (NOTHING, None, True), report


def test_a_token_goes_to_no_other_host(server: str, tmp_path: Path) -> None:
    code, report, _ = inferred(f"{server}/404", tmp_path, "--probe", "http://localhost:9/elsewhere")
    assert (code, "on another host" in report["problem"]) == (NOTHING, True), report


def test_a_budget_that_is_small_learns_little_and_says_so(server: str, tmp_path: Path) -> None:
    code, report, shown = inferred(f"{server}/website", tmp_path, "--probe", "index.html", "--budget", "40")
    assert (code, report["policy"], report["confidence"] < 0.5) == (UNSURE, "off", True), report
    assert report["requests"] <= 40
    assert "Not identified for sure" in shown
    assert "[ 40 requests]" in shown


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--budget", "0"), "Invalid value for '--budget'"),
        (("--seconds", "0"), "Invalid value for '--seconds'"),
        (("--toml", "/no/such/folder/limits.toml"), "cannot be written"),
    ],
)
def test_what_cannot_be_asked_for_is_told_at_once(options: tuple[str, str], said: str) -> None:
    done = CliRunner().invoke(command, ["http://127.0.0.1:9", *options])
    assert (done.exit_code, said in done.output) == (2, True), done.output
