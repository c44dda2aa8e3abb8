"""What all screens share: who may see them, what a page may load, and how it says what was done."""

import json
import re

import pytest

from mock_athena.web.console.console import SCREENS, STATIC
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.portal.visitor import Visitor

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.5"}
PATHS = [path for path, _, _ in SCREENS]


@pytest.mark.parametrize("path", PATHS)
def test_a_screen_loads_only_what_is_ours_and_cannot_be_framed(visitor: Visitor, path: str) -> None:
    page = visitor.open(path)
    assert page.status_code == 200
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["form-action"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in str(policy)
    assert page.headers["Cache-Control"] == "no-store"
    for text in (" style=", " onclick=", "javascript:", "<script>"):
        assert text not in page.text
    assert set(re.findall(r'(?:src|href)="(https?://[^"]+)"', page.text)) <= set(
        re.findall(r'"(http://localhost/[^"]*)"', page.text)
    )


def test_a_screen_leaves_no_trace_in_the_journal_and_spends_nothing(visitor: Visitor) -> None:
    for path in PATHS:
        visitor.open(path)
    assert visitor.athena.world.journal.counters() == {}
    assert visitor.athena.world.limiter.standings() == []


def test_from_elsewhere_there_is_a_greeting_and_no_console(visitor: Visitor) -> None:
    page = visitor.open("/", environ=ELSEWHERE)
    assert page.status_code == 200
    assert 'The <a href="/">console</a> is not shown: the control API answers this machine only' in page.text
    assert "mock-secret" not in page.text
    for path in PATHS[1:]:
        assert visitor.open(path, environ=ELSEWHERE).status_code == 403


def test_a_page_of_another_site_neither_sees_nor_moves_it(visitor: Visitor) -> None:
    for fields in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert visitor.open(PATHS[1], headers=fields).status_code == 403
    assert "is not shown" in visitor.open("/", headers={"Host": "evil.example"}).text


def test_with_a_control_token_it_is_told_first(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(control_token="let me in"))
    for path in PATHS:
        assert "mock-secret" not in visitor.open(path, environ=ELSEWHERE).text
    assert visitor.press("control_token", control_token="guess").status_code == 403
    assert "Mock Athena is running" in visitor.press("control_token", control_token="let me in").text
    assert "Mock Athena is running" in visitor.open("/", environ=ELSEWHERE).text


def test_what_is_not_there_is_said(visitor: Visitor) -> None:
    for path in ("/console/nowhere", "/console/static/console.py"):
        page = visitor.open(path)
        assert page.status_code == 404
        assert "There is no" in page.text


def test_files_are_kept_until_they_change(visitor: Visitor) -> None:
    page = visitor.open("/console/data/production/Observation").text
    for name, kind in STATIC.items():
        (address,) = re.findall(rf'"(/console/static/{name}\?v=[0-9a-f]+)"', page)
        file = visitor.open(address)
        assert (file.status_code, file.headers["Content-Type"].partition(";")[0]) == (200, kind)
        assert "immutable" in file.headers["Cache-Control"]


def test_the_overview_tells_what_can_be_copied_and_how_it_stands(visitor: Visitor) -> None:
    assert "none admitted yet" in visitor.open("/").text
    visitor.athena.get("/Patient")
    page = visitor.open("/").text
    for text in ("http://localhost/fhir/r4/sandbox", "mock-secret", "policy mission", "1 admitted"):
        assert text in page
    assert "CURL_CA_BUNDLE" not in page


def test_over_https_the_overview_says_how_its_commands_come_to_trust_the_server(make_athena: MakeAthena) -> None:
    assert "export CURL_CA_BUNDLE=FILE" in Visitor(make_athena(tls=True)).open("/").text


def test_a_screen_answers_head_as_get(visitor: Visitor) -> None:
    assert {path: visitor.open(path, "HEAD").status_code for path in PATHS} == dict.fromkeys(PATHS, 200)


def test_who_told_the_control_token_need_not_tell_it_again(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(control_token="let me in"))
    visitor.open("/")
    visitor.press("control_token", control_token="let me in")
    visitor.open("/console/clock")
    assert "<h1>Clock" in visitor.do("advance", seconds="86400").text
    visitor.open("/console/snapshots")
    visitor.do("take", name="early")
    for button in ("reset", "restore"):
        assert "<h1>Snapshots" in visitor.do(button).text
    forms = visitor.forms()
    visitor.client.delete_cookie("mock_athena_80")
    visitor.open("/console/snapshots")
    assert "<h1>Control token" in visitor.send(forms[0], forms[0].fields).text


def test_a_form_outlives_a_jump_of_the_clock(visitor: Visitor) -> None:
    visitor.open("/console/clock")
    form = next(form for form in visitor.forms() if form.fields.get("seconds") == "86400")
    for _ in range(2):
        assert "moved by 1 d" in visitor.send(form, form.fields).text


def test_with_a_control_token_nothing_leads_where_a_browser_is_refused(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(control_token="let me in"))
    visitor.athena.get("/Patient/nobody")
    visitor.open("/")
    visitor.press("control_token", control_token="let me in")
    for path in PATHS:
        assert 'href="/_mock' not in visitor.open(path).text
    page = visitor.open("/console/traffic?status=404").text
    (export,) = re.findall(r'href="(/console/traffic/journal.ndjson[^"]*)"', page)
    found = visitor.open(export)
    assert found.headers["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line)["status"] for line in found.text.splitlines()] == [404]
