"""The traffic screen: the latest exchanges, filters that are in the address, and one exchange word for word."""

import re
import shlex
from base64 import b64encode
from urllib.parse import urlsplit

import pytest
import requests

from mock_athena.errors import OAuthError, Refusal
from mock_athena.journal import Entry
from mock_athena.web.console.words import REQUIREMENTS
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.portal.visitor import Visitor

TRAFFIC = "/console/traffic"
FORM = {"grant_type": "client_credentials", "scope": "system/*.read"}
BASIC = ("mock-client", "mock-secret")
JSON = {"Accept": "application/fhir+json"}


def rows(visitor: Visitor, address: str = TRAFFIC) -> list[int]:
    """The numbers of the exchanges that a page shows."""
    page = visitor.open(address)
    assert page.status_code == 200, page.text
    return [int(seq) for seq in re.findall(r'<a id="x(\d+)"', page.text)]


def spent(visitor: Visitor) -> None:
    """17 reads of which one is refused, an unknown token, an unknown patient in the sandbox."""
    visitor.athena.fill()
    visitor.athena.get("/Organization")
    visitor.athena.get("/Patient", "nobody's token")
    visitor.athena.get("/sandbox/Patient/nobody", headers={"X-Request-Id": "find-me"})


def test_the_latest_come_first_and_are_bounded(visitor: Visitor) -> None:
    assert "Nothing came in yet" in visitor.open(TRAFFIC).text
    for _ in range(130):
        visitor.athena.send("GET", "/fhir/r4/Patient")
    assert rows(visitor) == list(range(130, 30, -1))
    assert "<strong>130</strong> in all" in visitor.page.text


def test_filters_are_in_the_address_and_in_the_links(visitor: Visitor) -> None:
    spent(visitor)
    journal = visitor.athena.journal
    for name, value in (
        ("status", "4xx"),
        ("verdict", "refused"),
        ("client", "mock-client"),
        ("environment", "sandbox"),
        ("path", "/fhir/r4/sandbox/*"),
        ("requirement", "C2"),
        ("text", "FIND-me"),
        ("text", "quota of client"),
    ):
        wanted = [entry.seq for entry in journal(**{name: value})]
        assert wanted, (name, value)
        assert rows(visitor, f"{TRAFFIC}?{name}={value}&method=") == wanted[::-1]
        (export,) = re.findall(r'href="(/console/traffic/journal.ndjson\?[^"]+)"', visitor.page.text)
        assert len(visitor.open(export).text.splitlines()) == len(wanted)
    counters = re.findall(r'href="(/console/traffic\?[^"]+)"[^>]*><strong>(\d+)</strong>', visitor.open(TRAFFIC).text)
    assert len(counters) >= 6
    assert all(len(rows(visitor, address)) == int(count) for address, count in counters)


def test_the_form_filters_and_says_when_nothing_matches(visitor: Visitor) -> None:
    spent(visitor)
    visitor.open(TRAFFIC)
    page = visitor.press("text", verdict="refused", text="quota")
    assert 'value="quota"' in page.text
    assert "<option selected>refused</option>" in page.text
    assert "None of the latest 19 matches" in visitor.press("text", text="no such words").text


@pytest.mark.parametrize(("query", "said"), [("colour=red", "Unknown filter"), ("status=9", "expected a status")])
def test_a_filter_that_cannot_be_is_said(visitor: Visitor, query: str, said: str) -> None:
    page = visitor.open(f"{TRAFFIC}?{query}")
    assert page.status_code == 400
    assert said in page.text


def test_what_is_lost_is_said(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(journal_size=10))
    for _ in range(12):
        visitor.athena.send("GET", "/fhir/r4/Patient")
    assert len(rows(visitor)) == 10
    assert "keeps the last 10, and 2 older ones are gone" in visitor.page.text
    page = visitor.open(f"{TRAFFIC}/1")
    assert page.status_code == 404
    assert "has no exchange &#39;1&#39;: it keeps the last 10" in page.text
    assert visitor.open(f"{TRAFFIC}/one").status_code == 404


def test_every_requirement_that_a_refusal_names_has_words() -> None:
    found, waiting = set(), [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        found |= {kind.requirement} if kind.requirement else set()
    assert OAuthError in Refusal.__subclasses__()
    assert found == set(REQUIREMENTS)


def test_one_exchange_is_told_whole(visitor: Visitor) -> None:
    rows(visitor)
    spent(visitor)
    refused = visitor.athena.journal(verdict="refused")[0]
    page = visitor.open(f"{TRAFFIC}/{refused.seq}?client=mock-client").text
    for text in (
        "to wait <strong>2 s</strong>",
        "0 of 16",
        "99,984 of 100,000",
        "Retry-After: 2",
        "&#34;resourceType&#34;: &#34;OperationOutcome&#34;",
        "429 Too Many Requests",
        REQUIREMENTS["C2"],
    ):
        assert text in page, text
    assert f'rel="prev" href="{TRAFFIC}/{refused.seq - 1}?client=mock-client"' in page
    # The one without a client is passed over.
    assert f'rel="next" href="{TRAFFIC}/{refused.seq + 2}?client=mock-client"' in page
    unknown = visitor.open(f"{TRAFFIC}/{refused.seq + 1}").text
    assert "nobody knew whose quota it would be" in unknown


def test_nothing_is_kept_unless_somebody_looks(visitor: Visitor) -> None:
    visitor.athena.get("/Patient")
    assert "were not kept" in visitor.open(f"{TRAFFIC}/1").text
    visitor.athena.get("/Patient")
    page = visitor.open(f"{TRAFFIC}/2").text
    assert "were not kept" not in page
    assert "&#34;searchset&#34;" in page


def test_never_or_from_the_start(make_athena: MakeAthena) -> None:
    never, always = Visitor(make_athena(journal_bodies="0")), Visitor(make_athena(journal_bodies="2"))
    never.open(TRAFFIC)
    for visitor in (never, always):
        for _ in range(3):
            visitor.athena.get("/Patient")
    assert "--journal-bodies 0" in never.open(f"{TRAFFIC}/3").text
    assert ["were not kept" in always.open(f"{TRAFFIC}/{seq}").text for seq in (1, 2, 3)] == [True, False, False]


def commands(page: str) -> list[str]:
    found = re.findall(r'<pre tabindex="0" aria-label="as [^"]+">(.*?)</pre>', page, re.DOTALL)
    return [each.replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&") for each in found]


def test_the_commands_make_the_request_again(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.open(TRAFFIC)
    path = "/Observation?patient=a-500001.E-1&code=http%3A%2F%2Floinc.org%7C8302-2&_count=1"
    first = visitor.athena.get(path, headers=JSON | {"Prefer": "handling=strict"})
    curl, *python = commands(visitor.open(f"{TRAFFIC}/1").text)
    words = shlex.split(curl.replace("$TOKEN", visitor.athena.token()).replace("\\\n", ""))
    sent = dict(word.split(": ", 1) for at, word in enumerate(words) if words[at - 1] == "-H")
    url = urlsplit(words[-1])
    again = visitor.athena.send("GET", f"{url.path}?{url.query}", headers=sent)
    assert (again.status_code, again.get_json()["total"]) == (200, first.get_json()["total"])

    asked: list[tuple[object, ...]] = []

    def request(method: str, url: str, **options: object) -> requests.Response:
        asked.append((method, url, options["headers"]))
        answer = requests.Response()
        answer.status_code = 200
        return answer

    monkeypatch.setattr("requests.request", request)
    monkeypatch.setattr("httpx.request", request)
    for code in python:
        exec(compile(code, "copied", "exec"), {})  # noqa: S102 - what a person would paste
    assert asked == [("GET", words[-1], sent | {"Authorization": "Bearer …"})] * 2


def test_a_body_is_copied_with_it(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(journal_bodies="5"))
    visitor.athena.send("POST", "/oauth2/v1/token", data=FORM, auth=BASIC)
    visitor.athena.send(
        "POST", "/fhir/r4/Patient/_search", visitor.athena.token(), data={"name": "O'Hara", "_count": "1"}
    )
    token, _, _ = commands(visitor.open(f"{TRAFFIC}/1").text)
    assert '-u "$CLIENT_ID:$CLIENT_SECRET"' in token
    assert shlex.split(token.replace("\\\n", ""))[-2:] == [
        "grant_type=client_credentials&scope=system/*.read",
        "http://localhost/oauth2/v1/token",
    ]
    search, python, _ = commands(visitor.open(f"{TRAFFIC}/2").text)
    assert "name=O'Hara&_count=1" in shlex.split(search.replace("\\\n", ""))
    assert """data="name=O'Hara&_count=1".encode(),""" in python


def test_no_secret_is_on_a_screen(make_athena: MakeAthena) -> None:
    """Tokens, codes, secrets and cookies of a whole sign-in, of a registration and of the control of tokens."""
    visitor = Visitor(make_athena(journal_bodies="200"))
    visitor.sign_in("a-500001.E-1", state="opaque-state-1234")
    came = visitor.allow()
    told = visitor.redeem(came["code"])
    refreshed = visitor.athena.send(
        "POST",
        "/oauth2/v1/token",
        data={"grant_type": "refresh_token", "client_id": "mock-public", "refresh_token": told["refresh_token"]},
    )
    made = visitor.athena.send("POST", "/oauth2/v1/register", json={"redirect_uris": ["https://app.example/"]})
    assert refreshed.status_code == 200
    assert made.status_code == 201, made.text
    visitor.athena.get("/Patient", told["access_token"])
    visitor.athena.send("POST", "/oauth2/v1/token", data=FORM, auth=BASIC)
    secrets = [
        b64encode(":".join(BASIC).encode()).decode(),
        came["code"],
        told["access_token"],
        told["refresh_token"],
        refreshed.get_json()["refresh_token"],
        made.get_json()["client_secret"],
        "opaque-state-1234",
        "test-E-1",
        *(cookie.value for cookie in (visitor.client._cookies or {}).values()),
    ]
    entries: list[Entry] = visitor.athena.journal()
    assert len(entries) >= 7
    for entry in entries:
        page = visitor.open(f"{TRAFFIC}/{entry.seq}").text
        assert "were not kept" not in page, entry
        assert [secret for secret in secrets if secret and secret in page] == [], entry
