"""What the policies do over HTTP: other headers, other keys, costs, the token endpoint, requests in flight."""

import json
from pathlib import Path
from typing import Any

import pytest

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit import Decision, QuotaKey, policy_named
from mock_athena.ratelimit.history import report
from mock_athena.web.refuse import render
from mock_athena.web.throttle import prepared, throttled, wait_text
from tests.mock_athena.web.in_process import ADA, BO, LOOPBACK, Athena, outcome

BASIC = {"Authorization": "Basic bW9jay1jbGllbnQ6bW9jay1zZWNyZXQ="}  # mock-client:mock-secret
GRANT = {"grant_type": "client_credentials"}


def test_the_short_way_of_a_refusal_says_the_same_as_the_long_one(athena: Athena) -> None:
    athena.fill()
    key = QuotaKey("production", "client", "mock-client")
    decision: Decision = athena.world.limiter.hit(key)
    for spenders in ("", "The last 16", 'a "name" — of somebody\'s\\own'):
        refusal = throttled(decision, str(key), spenders, "fhir")
        long = render(refusal)
        short = prepared(decision, str(key), spenders, "me")
        wait = wait_text(decision)
        assert short.body(wait) == long.body
        assert short.because(wait) == refusal.reason
        assert dict(short.headers) | {"Content-Length": str(len(long.body))} | dict(short.told) == dict(
            long.headers
        ) | dict(short.told)


def test_a_refusal_is_told_anew_when_a_second_has_passed(athena: Athena) -> None:
    athena.fill()
    told = []
    for _ in range(20):
        refused = athena.get("/Patient")
        entry = athena.journal()[-1]
        waited = outcome(refused)["diagnostics"].partition("Come back in ")[2].partition(" s")[0]
        assert f"Retry-After: {refused.headers['Retry-After']})" in refused.text
        assert refused.headers["RateLimit"].startswith(f'"burst";r=0;t={refused.headers["Retry-After"]}')
        assert entry.reason.endswith(f"{waited} s to wait")
        told.append((refused.headers["Retry-After"], waited))
        athena.clock.advance(99_900_000)
    assert told[0] == ("2", "2.000")
    assert told[10] == ("2", "1.001")
    assert told[11] == ("1", "0.902")
    assert told[-1] == ("1", "0.102")


def test_a_refusal_says_who_spent_the_quota(athena: Athena) -> None:
    first, second = athena.token(), athena.token("system/Patient.read")
    athena.fill(first)
    assert "The last 16 admitted requests of this quota were all sent with your token" in athena.get("/Patient").text
    athena.clock.advance(2 * NANOSECONDS)
    for _ in range(10):
        athena.get("/Patient?_count=1", second)
    for _ in range(6):
        athena.get("/Patient?_count=1", first)
    token_id = athena.world.authorization.identify(f"Bearer {second}").token_id
    text = athena.get("/Patient", first).text
    assert "Of the last 32 admitted requests of this quota, 22 were sent with your token, 10 with token " in text
    assert f"{token_id[:8]}… from 127.0.0.1" in text
    assert token_id not in text


def test_the_athena_profile_is_limited_as_the_gateway_was_seen_to(make_athena: Any) -> None:
    athena = make_athena(profile="athena")
    answer = athena.get(f"/Patient/{ADA}")
    assert answer.headers["X-RateLimit-Limit"] == answer.headers["RateLimit-Limit"] == "150"
    assert answer.headers["X-RateLimit-Remaining"] == answer.headers["RateLimit-Remaining"] == "149"
    assert answer.headers["RateLimit-Reset"] == "1"
    for _ in range(150):
        refused = athena.get(f"/Patient/{ADA}")
    assert refused.status_code == 429
    assert refused.headers["RateLimit-Remaining"] == "0"
    for name in ("Retry-After", "X-RateLimit-Reset", "RateLimit-Policy"):
        assert name not in answer.headers
        assert name not in refused.headers
    sandbox = athena.send("GET", "/fhir/r4/sandbox/Patient?_count=1", athena.token())
    assert sandbox.headers["X-RateLimit-Limit"] == "15"


@pytest.mark.parametrize("by_form", [True, False])
def test_the_token_endpoint_has_a_bucket_of_its_own(make_athena: Any, by_form: bool) -> None:
    athena = make_athena(limits="athena-preview", start="2026-01-01T00:00:30Z")
    form = GRANT | ({"client_id": "mock-client", "client_secret": "mock-secret"} if by_form else {})
    sent = {} if by_form else BASIC

    def ask() -> Any:
        return athena.send("POST", "/oauth2/v1/token", data=form, headers=sent)

    for left in range(4, -1, -1):
        answer = ask()
        assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (200, str(left))
    refused = ask()
    assert (refused.status_code, refused.get_json()["error"]) == (429, "temporarily_unavailable")
    assert "the quota 'minute' of 5 requests in 60 s is used up. Come back in 30.000 s" in refused.text
    assert athena.journal()[-1].reason.startswith("minute quota of client mock-client at production (token-endpoint)")
    assert (athena.journal()[-1].verdict, athena.journal()[-1].client_id) == ("refused", "mock-client")
    other = GRANT | {"client_id": "mock-readonly", "client_secret": "mock-readonly-secret"}
    assert athena.send("POST", "/oauth2/v1/token", data=other).status_code == 200
    assert athena.get("/Patient?_count=1").status_code == 200
    athena.clock.advance(30 * NANOSECONDS)
    assert ask().status_code == 200


def test_a_token_request_without_a_client_goes_by_its_address(make_athena: Any) -> None:
    athena = make_athena(limits="athena-preview")
    for headers in (BASIC | {"Authorization": "Basic ???"}, {}):
        for _ in range(3):
            athena.send("POST", "/oauth2/v1/token", data=GRANT, headers=headers)
    assert athena.journal()[-1].status == 429
    assert athena.journal()[-1].quota == "address 127.0.0.1 at production (token-endpoint)"


@pytest.mark.parametrize(
    ("per", "shared", "apart"),
    [
        ("client", {"scope": "patient/*.read", "patient": BO}, {"client": "mock-readonly"}),
        ("token", {}, {"scope": "system/Patient.read"}),
        ("user", {"scope": "patient/Patient.read", "patient": ADA}, {"scope": "patient/*.read", "patient": BO}),
    ],
)
def test_whose_quota_it_is(make_athena: Any, per: str, shared: dict[str, str], apart: dict[str, str]) -> None:
    athena = make_athena(limits=f"mission+per-{per}")
    first = athena.token(**(shared if per == "user" else {}))
    for _ in range(16):
        assert athena.get("/Patient?_count=1", first).status_code == 200
    assert athena.get("/Patient", athena.token(**shared)).status_code == 429
    assert athena.get("/Patient", athena.token(**apart)).status_code == 200
    assert athena.world.limiter.standings()[0].key.kind == per


def test_a_quota_of_the_address_or_the_practice_is_everybodys(make_athena: Any) -> None:
    for per, id in (("address", "127.0.0.1"), ("practice", "500001")):
        athena = make_athena(limits=f"mission+per-{per}")
        athena.fill()
        refused = athena.get("/Patient", athena.token(client="mock-readonly"))
        assert refused.status_code == 429
        assert f"every request of this {per} is refused" in refused.text
        assert athena.world.limiter.standings()[0].key.id == id
        elsewhere = athena.get("/Patient?_count=1", environ={"REMOTE_ADDR": "10.0.0.9"})
        assert elsewhere.status_code == (200 if per == "address" else 429)


def test_routes_cost_what_the_policy_says(make_athena: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        "[costs]\nbulk = 4\npublic = 2\noauth = 1\nfhir = 0\n"
        '[[limits]]\nkind = "sliding-window"\nname = "burst"\nquota = 16\nwindow = 2\n'
    )
    athena = make_athena(limits=str(path))
    assert athena.get("/bulkstatus/none").headers["X-RateLimit-Remaining"] == "12"
    assert athena.get("/bulkstatus/none").headers["X-RateLimit-Remaining"] == "8"
    assert "X-RateLimit-Remaining" not in athena.get("/Patient?_count=1").headers
    assert athena.send("GET", "/fhir/r4/metadata").headers["X-RateLimit-Remaining"] == "14"
    assert athena.send("GET", "/oauth2/v1/keys").headers["X-RateLimit-Remaining"] == "13"
    assert [(entry.cost, entry.verdict) for entry in athena.journal()] == [
        (4, "admitted"), (4, "admitted"), (0, "unlimited"), (2, "admitted"), (1, "admitted"),
    ]  # fmt: skip


def test_a_lock_out_is_told_in_the_body_alone(make_athena: Any) -> None:
    athena = make_athena(limits="lockout")
    athena.fill()
    refused = [athena.get("/Patient") for _ in range(11)]
    assert {answer.status_code for answer in refused} == {429}
    assert "it was refused 10 times in 60 s, so 'lockout' locks it out. Come back in 900.000 s" in refused[-1].text
    told = {name.lower() for name, _ in refused[-1].headers}
    assert not any(name.startswith(("retry", "x-ratelimit", "ratelimit")) for name in told)
    athena.clock.advance(899 * NANOSECONDS)
    assert "Come back in 1.000 s" in athena.get("/Patient").text
    athena.clock.advance(NANOSECONDS)
    assert athena.get("/Patient?_count=1").status_code == 200


def test_requests_in_flight_are_counted_until_their_answers_are_sent(make_athena: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[[limits]]\nkind = "concurrency"\nname = "in-flight"\nquota = 3\n')
    athena = make_athena(limits=str(path))
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": f"/fhir/r4/Patient/{ADA}", "SERVER_NAME": "x", "SERVER_PORT": "80",
        "wsgi.url_scheme": "http", "HTTP_AUTHORIZATION": f"Bearer {athena.token()}", **LOOPBACK,
    }  # fmt: skip

    def ask() -> tuple[str, Any]:
        seen: list[str] = []
        answer = athena.app(dict(environ), lambda status, *_: seen.append(status))
        return seen[0], answer

    unfinished = [ask()[1] for _ in range(3)]
    status, body = ask()
    assert status.startswith("429")
    assert b"3 requests in flight is used up" in b"".join(body)
    assert json.loads(b"".join(unfinished[0]))["id"] == ADA
    assert ask()[0].startswith("429")
    unfinished[0].close()
    unfinished[0] = ask()[1]
    assert ask()[0].startswith("429")
    unfinished[1].close()  # given up before the first byte
    for _ in range(5):
        assert athena.get("/Patient/nobody", buffered=True).status_code == 404
    athena.control("POST", "faults", {"kind": "status", "times": 1})
    for expected in (503, 200, 200):
        assert athena.get("/Patient?_count=1", buffered=True).status_code == expected
    # One is in flight still, so the journal lacks it, and what it may have caused is not judged.
    policy, journal = policy_named(str(path)), athena.control("GET", "journal").text
    told, right = report(journal, "journal", policy)
    assert right
    assert told.splitlines()[:2] == [
        "10 admitted and 3 refused by policy 'mine'",
        "3 refusals may have been caused by what is not in the journal",
    ]
    for answer in unfinished:
        answer.close()
    text, right = report(athena.control("GET", "journal").text, "journal", policy)
    assert (text.splitlines(), right) == (["12 admitted and 3 refused by policy 'mine'", "no violation"], True)


def test_a_bundle_whose_entries_cost_is_in_flight_once(make_athena: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[limits]]\nkind = "concurrency"\nname = "in-flight"\nquota = 1\n'
        '[[limits]]\nkind = "sliding-window"\nname = "burst"\nquota = 16\nwindow = 2\n'
    )
    athena = make_athena(limits=str(path), batch_cost="entry")
    get = {"request": {"method": "GET", "url": f"Patient/{ADA}"}}
    for remaining in (11, 6, 1):
        bundle = {"resourceType": "Bundle", "type": "batch", "entry": [get] * 5}
        answer = athena.send("POST", "/fhir/r4", athena.token(), json=bundle, buffered=True)
        assert (answer.status_code, f'"burst";r={remaining}' in answer.headers["RateLimit"]) == (200, True)
    text, right = report(athena.control("GET", "journal").text, "journal", policy_named(str(path)))
    assert right, text


def test_control_shows_everybody(athena: Athena) -> None:
    athena.fill()
    athena.clock.advance(NANOSECONDS)
    athena.get("/Patient?_count=1", athena.token(client="mock-readonly"))
    shown = athena.control("GET", "limits").get_json()
    assert (shown["policy"], shown["per"]) == ("mission", "client")
    busy, idle = shown["callers"]
    assert (busy["client_id"], busy["kind"], busy["limits"][0]["used"]) == ("mock-client", "client", 16)
    assert float(busy["next_admissible"]) == float(busy["now"]) + 1
    assert idle["next_admissible"] == idle["now"]


def test_what_the_journal_keeps_of_a_decision_can_be_verified(athena: Athena) -> None:
    from mock_athena.ratelimit import policy_named
    from mock_athena.ratelimit.history import report

    for _ in range(60):
        athena.get("/Organization?_count=1")
        athena.clock.advance(NANOSECONDS // 10)
    journal = athena.control("GET", "journal").get_data(as_text=True)
    text, right = report(journal, "journal", policy_named("mission"))
    assert right, text
    assert "no violation" in text
    text, right = report(journal, "journal", policy_named("sliding-1s"))
    assert not right
    assert "x over-admission" in text
