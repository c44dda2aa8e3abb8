"""The access log: one line for each request, in the format that was asked for, and no secret in any."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mock_athena.errors import ConfigurationError
from tests.mock_athena.web.in_process import Athena

COMMON = r'127\.0\.0\.1 - (\S+) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000)\] "([^"]*)" (\d{3}) (\d+|-)'


class Closing(Athena):
    """Closes each answer once it was read, as servers do."""

    def send(self, *arguments: Any, **options: Any) -> TestResponse:
        answer = super().send(*arguments, **options)
        answer.get_data()
        answer.close()
        return answer


@pytest.fixture
def logged(make_athena: Any, tmp_path: Path) -> Any:
    """Makes an emulator that logs into a file, and reads its lines."""
    path = tmp_path / "access.log"

    def make(name: str, **settings: Any) -> tuple[Athena, Any]:
        athena = make_athena(access_log=name, access_log_file=str(path), start="2026-11-25T04:05:06.789Z", **settings)
        return Closing(athena.app), lambda: path.read_text("ascii").splitlines()

    return make


def test_common_and_combined_are_what_other_tools_read(logged: Any) -> None:
    athena, lines = logged("combined")
    body = athena.get("/Patient?_count=1").data
    athena.send("GET", "/fhir/r4/Patient", headers={"Referer": 'http://x/"?code=s3cret&a=b', "User-Agent": "Ünter"})
    athena.control("GET", "health")
    first, second, third = lines()
    assert re.fullmatch(COMMON + ' "-" ".*"', first)
    assert re.match(COMMON, first).groups() == (  # type: ignore[union-attr]
        "mock-client",
        "25/Nov/2026:04:05:06 +0000",
        "GET /fhir/r4/Patient?_count=1 HTTP/1.1",
        "200",
        str(len(body)),
    )
    assert " - - [" in second
    assert second.endswith('"http://x/\\"\\x0a?code=***&a=b" "\\xc3\\x9cnter"') or "\\xc3" in second
    assert "s3cret" not in second
    assert '"GET /_mock/health HTTP/1.1" 200' in third


def test_json_has_what_was_decided(logged: Any) -> None:
    athena, lines = logged("json", limits="mission")
    for _ in range(17):
        athena.get("/Patient?_count=1")
    told = [json.loads(line) for line in lines()]
    assert [(each["status"], each["verdict"]) for each in told] == [(200, "admitted")] * 16 + [(429, "refused")]
    assert told[0]["time"] == "2026-11-25T04:05:06.789000000Z"
    assert (told[0]["client_id"], told[0]["target"]) == ("mock-client", "/fhir/r4/Patient?_count=1")
    assert told[0]["bytes"] > 500
    assert [each["seq"] for each in told] == [entry.seq for entry in athena.journal()]


def test_dev_says_why(logged: Any) -> None:
    athena, lines = logged("dev", limits="off", allow_fault_header=True)
    athena.get("/Patient/a-500001.E-1")
    athena.get("/Patient/unknown")
    athena.send("GET", "/fhir/r4/P%0Aat%E2%80%A8ient%22?access_token=abc")
    with pytest.raises(Exception, match="the connection is to break"):
        athena.send("GET", "/fhir/r4/Patient", athena.token(), headers={"X-Mock-Fault": "connection-reset"})
    read, unknown, odd, broken = lines()
    assert re.match(r"04:05:06\.789 200 +[\d.]+ ms +[\d.]+ k?B  GET /fhir/r4/Patient/a-500001.E-1  mock-client ", read)
    assert re.search(r"404 .* mock-client \w+: .*unknown", unknown)
    assert "GET /fhir/r4/P%0Aat%E2%80%A8ient%22?access_token=***" in odd
    assert "abc" not in odd
    assert re.search(r" 000 .*, fault connection-reset: ", broken)


def test_a_file_that_is_sent_is_logged_with_its_size(logged: Any) -> None:
    athena, lines = logged("json", limits="off")
    kick_off = athena.get("/$export?_type=Patient", headers={"Prefer": "respond-async"})
    athena.control("POST", "clock", {"advance": 10})
    files = athena.send("GET", kick_off.headers["Content-Location"], athena.token()).get_json()["output"]
    assert len(athena.send("GET", files[0]["url"], athena.token()).data) == json.loads(lines()[-1])["bytes"] > 1000


def test_standard_output_and_nothing_unless_asked(make_athena: Any, capfd: pytest.CaptureFixture[str]) -> None:
    make_athena().get("/Patient")
    assert capfd.readouterr() == ("", "")
    Closing(make_athena(access_log="dev").app).get("/Patient")
    told = capfd.readouterr()
    assert (told.out.count("\n"), told.err) == (1, "")


def test_what_cannot_be(make_athena: Any, tmp_path: Path) -> None:
    for settings, said in (
        ({"access_log": "apache"}, "expected 'off', 'dev', 'common', 'combined' or 'json'"),
        ({"access_log_file": "x"}, "say which lines with --access-log"),
        ({"access_log": "dev", "access_log_file": str(tmp_path)}, "cannot be written: Is a directory"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            make_athena(**settings)
