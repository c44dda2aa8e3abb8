"""The command runs a client at an emulator of its own, and says how it behaved."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.emulator import clean_environment

_BESIDE = Path(sys.executable).parent


def judged(folder: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, report, and what was printed."""
    done = subprocess.run(
        [str(_BESIDE / "athena-conformance"), "client", "--json", str(folder / "report.json"), *options],
        env=clean_environment(folder),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    file = folder / "report.json"
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return done.returncode, report, done.stdout + done.stderr


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["verdict"] for check in report["checks"] if check["verdict"] != "skip"}


def test_our_client_is_clean_where_downloads_break(tmp_path: Path) -> None:
    export = [str(_BESIDE / "athena-fhir"), "export", "--out", str(tmp_path / "out"), "--type", "Patient"]
    options = ["--scenario", "export-broken-download", "--serve", "--patients 3 --export-duration 1"]
    code, report, said = judged(tmp_path, *options, "--", *export)
    assert (code, set(verdicts(report).values())) == (0, {"pass"}), said
    assert {"partial-files", "delete", "polling", "token-reuse"} <= set(verdicts(report)) | {"polling"}
    assert report["score"]["points"] > 50


@pytest.mark.long
def test_our_client_takes_its_token_to_no_other_host(tmp_path: Path) -> None:
    search = [str(_BESIDE / "athena-fhir"), "search", "Observation", "category=laboratory"]
    for how in ("links", "redirects"):
        _, report, said = judged(tmp_path, "--elsewhere", how, "--serve", "--patients 3", "--", *search)
        assert verdicts(report)["token-kept-from-others"] == "pass", said


@pytest.mark.long
def test_a_client_that_follows_every_link_gives_its_token_away(tmp_path: Path) -> None:
    script = tmp_path / "client.py"
    script.write_text(_FOLLOWS, encoding="utf-8")
    code, report, said = judged(
        tmp_path, "--elsewhere", "links", "--serve", "--patients 3", "--", sys.executable, str(script)
    )
    assert (code, verdicts(report)["token-kept-from-others"]) == (1, "fail"), said


_FOLLOWS = """
import os, requests
form = {"grant_type": "client_credentials"}
who = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]
token = requests.post(os.environ["TOKEN_URL"], form, auth=who).json()["access_token"]
url = os.environ["FHIR_URL"] + "/Observation?_count=2&category=laboratory"
while url:
    answer = requests.get(url, headers={"Authorization": "Bearer " + token})
    links = answer.json()["link"] if answer.ok else []
    url = next((link["url"] for link in links if link["relation"] == "next"), None)
"""


@pytest.mark.long
def test_clients_of_others_are_judged(tmp_path: Path) -> None:
    """fhirpy, used as its documentation says. It ends at its first 429, so the pages are few."""
    script = tmp_path / "client.py"
    script.write_text(_FHIRPY, encoding="utf-8")
    code, report, said = judged(tmp_path, "--serve", "--patients 3", "--", sys.executable, str(script))
    assert (code, verdicts(report)["next-links"]) == (0, "pass"), said


_FHIRPY = """
import os, requests
from fhirpy import SyncFHIRClient
form = {"grant_type": "client_credentials", "scope": "system/*.read"}
who = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]
token = requests.post(os.environ["TOKEN_URL"], form, auth=who).json()["access_token"]
client = SyncFHIRClient(os.environ["FHIR_URL"], authorization="Bearer " + token)
print(len(client.resources("Observation").search(category="laboratory").limit(50).fetch_all()))
"""


def test_what_cannot_be_run_is_said(tmp_path: Path) -> None:
    code, report, said = judged(tmp_path, "--mock-athena", "/nowhere/mock-athena", "--", "true")
    assert (code, report) == (4, {})
    assert "mock-athena" in said
