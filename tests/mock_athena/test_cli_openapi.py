"""``mock-athena openapi`` prints what a server with the same options would serve."""

import json

from mock_athena.environments import SANDBOX
from mock_athena.settings import Settings
from mock_athena.web.described import described
from tests.mock_athena.command_line import Run, complaint


def test_it_prints_the_document_of_the_options(run: Run) -> None:
    ended = run("openapi", "--environment", "sandbox", "--port", "9", "--no-writable", "--limits", "off")
    assert (ended.code or 0, ended.err) == (0, "")
    told = described(Settings(writable=False, limits="off"), SANDBOX, "http://127.0.0.1:9")
    assert json.loads(ended.out) == told


def test_the_external_url_is_where_it_is(run: Run) -> None:
    told = json.loads(run("openapi", "--external-url", "https://ehr.test/").out)
    assert told["servers"][0]["url"] == "https://ehr.test"


def test_what_is_unknown_is_refused(run: Run) -> None:
    assert "moon" in complaint(run("openapi", "--environment", "moon"))
    assert "moon" in complaint(run("openapi", "--profile", "moon"))
