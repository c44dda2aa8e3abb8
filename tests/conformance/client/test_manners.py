"""Each bad manner of a client is caught by the question that asks for it, and a good client is caught by none.

The clients are small functions that talk to an emulator in the same process, on a clock that they move.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from athena_fhir_conformance.client.grading import Foreign, Run, graded, questions
from athena_fhir_conformance.client.journal import read
from athena_fhir_conformance.client.scoring import Quota, score
from athena_fhir_conformance.verdicts import Verdict
from mock_athena import Settings, create_app
from mock_athena.app import MockAthena

SECOND = 1_000_000_000
FORM = {"grant_type": "client_credentials", "client_id": "mock-client", "client_secret": "mock-secret"}
KICK_OFF = "/fhir/r4/Patient/$export?_type=Patient"
_BULK = {"Accept": "application/fhir+json", "Prefer": "respond-async"}


@pytest.fixture(scope="module")
def app() -> Iterator[MockAthena]:
    settings = Settings(clock="manual", patients=3, journal_fields=True, auto_approve=True, export_duration="5")
    made = create_app(settings)
    yield made
    made.close()


@dataclass
class Hand:
    """What the clients have in common; how they use it is their own affair."""

    app: MockAthena
    token: str = ""

    def sign_in(self) -> None:
        answer = Client(self.app).post("/oauth2/v1/token", data=FORM)
        self.token = answer.get_json()["access_token"]

    def ask(self, path: str, method: str = "GET", **headers: str) -> TestResponse:
        self.wait(0.01)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        path = path.removeprefix("http://localhost")
        headers = {"Authorization": f"Bearer {self.token}", **named}
        answer: TestResponse = Client(self.app).open(path, method=method, headers=headers)
        answer.get_data()
        answer.close()
        return answer

    def wait(self, seconds: float) -> None:
        self.app.world.clock.advance(round(seconds * SECOND))

    def strike(self, **rule: Any) -> None:
        assert Client(self.app).post("/_mock/faults", json=rule).status_code == 201


@pytest.fixture
def hand(app: MockAthena) -> Hand:
    assert Client(app).post("/_mock/reset").status_code == 200
    hand = Hand(app)
    hand.sign_in()
    return hand


def run_of(hand: Hand, foreign: list[Foreign] | None = None) -> Run:
    return Run(read(entry.as_json() for entry in hand.app.world.journal.entries()), foreign)


def verdicts(hand: Hand, foreign: list[Foreign] | None = None) -> dict[str, Verdict]:
    return {grade.id: grade.verdict for grade in graded(run_of(hand, foreign)) if grade.verdict is not Verdict.SKIP}


def patient_get(hand: Hand, path: str, **headers: str) -> TestResponse:
    """One request, as a good client makes it."""
    for _ in range(9):
        answer = hand.ask(path, **headers)
        if answer.status_code not in (429, 503):
            return answer
        hand.wait(float(answer.headers.get("Retry-After", 1)))
    raise AssertionError(path)


def pages(hand: Hand, path: str) -> int:
    """How many pages a search has, each fetched by the link to it."""
    number, following = 0, path
    while following:
        bundle = patient_get(hand, following).get_json()
        following = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")
        number += 1
        hand.wait(0.13)
    return number


def exported(hand: Hand, *, pause: float | None = None, prefer: bool = True, tidy: bool = True) -> str:
    """An export from its kick-off to its end; answers the status URL."""
    headers = _BULK if prefer else {"Accept": "application/fhir+json"}
    status = hand.ask(KICK_OFF, **headers).headers["Content-Location"]
    while True:
        answer = hand.ask(status)
        if answer.status_code == 200:
            break
        hand.wait(float(answer.headers.get("Retry-After", 1)) if pause is None else pause)
    for file in answer.get_json()["output"]:
        patient_get(hand, file["url"], Accept_Encoding="gzip")
    if tidy:
        hand.ask(status, "DELETE")
    return status


def test_a_good_client_is_clean(hand: Hand) -> None:
    """With requests that are refused, pages and an export: nothing to complain of, and nearly everything was asked."""
    hand.strike(
        kind="status", **{"with": {"status": 429, "retry_after": "2"}}, match={"route": "fhir"}, every=5, times=2
    )
    assert pages(hand, "/fhir/r4/Observation?_count=3&category=laboratory") > 5
    exported(hand)
    found = verdicts(hand)
    assert set(found.values()) == {Verdict.PASS}, found
    asked = {
        "retry-after-obeyed",
        "pace",
        "amplification",
        "token-reuse",
        "kick-off",
        "one-job",
        "polling",
        "delete",
        "next-links",
        "packed",
    }
    assert asked <= set(found)


def retries_at_once(hand: Hand) -> None:
    for number in range(17):
        hand.ask(f"/fhir/r4/Patient?_count={number + 1}")
    for _ in range(3):
        hand.ask("/fhir/r4/Patient?_count=17")


def retries_a_fault_at_once(hand: Hand) -> None:
    hand.strike(kind="status", **{"with": {"status": 503, "retry_after": "Wed, 01 Jan 2110 00:00:00 GMT"}}, times=1)
    hand.ask("/fhir/r4/Patient")
    hand.wait(1)
    hand.ask("/fhir/r4/Patient")


def signs_in_each_time(hand: Hand) -> None:
    for _ in range(4):
        hand.sign_in()
        hand.ask("/fhir/r4/Patient")


def polls_too_fast(hand: Hand) -> None:
    exported(hand, pause=0.1)


def leaves_its_job(hand: Hand) -> None:
    exported(hand, tidy=False)


def starts_twice(hand: Hand) -> None:
    hand.ask(KICK_OFF, **_BULK)
    exported(hand)


def forgets_prefer(hand: Hand) -> None:
    hand.ask(KICK_OFF, Accept="application/fhir+json")


def ignores_the_next_link(hand: Hand) -> None:
    hand.ask("/fhir/r4/Observation?_count=3&category=laboratory")


def constructs_pages(hand: Hand) -> None:
    for number in (0, 3, 6):
        hand.ask(f"/fhir/r4/Observation?_count=3&category=laboratory&_offset={number}")


def fetches_a_page_twice(hand: Hand) -> None:
    bundle = hand.ask("/fhir/r4/Observation?_count=3&category=laboratory").get_json()
    following = next(link["url"] for link in bundle["link"] if link["relation"] == "next")
    hand.ask(following)
    hand.ask(following)


def storms(hand: Hand) -> None:
    for _ in range(8):
        hand.ask("/fhir/r4/Patient")
        hand.wait(1)


def hammers(hand: Hand) -> None:
    for number in range(24):
        hand.ask(f"/fhir/r4/Patient?_count={number + 1}")


def insists(hand: Hand) -> None:
    for _ in range(4):
        hand.ask("/fhir/r4/Patient/nobody")
        hand.wait(1)


def gives_up_an_export(hand: Hand) -> None:
    hand.strike(kind="status", **{"with": {"status": 503}}, match={"route": "bulk", "path": "*/bulkstatus/*"}, times=1)
    hand.ask(hand.ask(KICK_OFF, **_BULK).headers["Content-Location"])


def keeps_half_a_file(hand: Hand) -> None:
    hand.strike(kind="short-body", **{"with": {"after": 100}}, match={"route": "bulk", "path": "*/bulkdata/*"}, times=1)
    exported(hand)


def asks_for_plain_files(hand: Hand) -> None:
    status = hand.ask(KICK_OFF, **_BULK).headers["Content-Location"]
    hand.wait(6)
    hand.ask(hand.ask(status).get_json()["output"][0]["url"])


def signed_in(hand: Hand, verifier: str, challenge: str = "", method: str = "S256", **changes: str) -> int:
    """A person signs in and comes back; the status of the answer to the code."""
    redirect = "https://your-app.com/api/ehr/callback"
    own = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": "mock-client",
        "redirect_uri": redirect,
        "scope": "launch/patient patient/Patient.rs",
        "state": secrets.token_urlsafe(),
        "aud": "http://localhost/fhir/r4",
        "code_challenge": challenge or own,
        "code_challenge_method": method,
        **changes,
    }
    back = hand.ask(f"/oauth2/v1/authorize?{urlencode(asked)}").headers.get("Location", "")
    code = dict(parse_qsl(urlsplit(back).query)).get("code", "")
    form = {**FORM, "grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
    return Client(hand.app).post("/oauth2/v1/token", data={**form, "code_verifier": verifier}).status_code


def signs_in_plainly(hand: Hand) -> None:
    signed_in(hand, "v" * 43, challenge="v" * 43, method="plain")


def signs_in_with_one_verifier(hand: Hand) -> None:
    assert [signed_in(hand, "v" * 43) for _ in range(2)] == [200, 200]


def brings_another_verifier(hand: Hand) -> None:
    assert signed_in(hand, "v" * 43, challenge="c" * 43) == 400


def test_who_signs_in_with_a_new_challenge_each_time_is_clean(hand: Hand) -> None:
    assert [signed_in(hand, letter * 43) for letter in "vw"] == [200, 200]
    assert verdicts(hand)["pkce"] is Verdict.PASS


def has_a_short_state(hand: Hand) -> None:
    assert signed_in(hand, "v" * 43, state=secrets.token_urlsafe(15)) == 200


def uses_what_came_with_another_state(hand: Hand) -> None:
    hand.strike(kind="wrong-state")
    assert signed_in(hand, "v" * 43) == 200


def asks_beyond_its_scope(hand: Hand) -> None:
    answer = Client(hand.app).post("/oauth2/v1/token", data={**FORM, "scope": "system/Patient.rs system/Basic.rs"})
    hand.token = answer.get_json()["access_token"]
    hand.ask("/fhir/r4/Observation?_count=1")


def test_who_looks_at_state_and_scope_is_clean(hand: Hand) -> None:
    hand.strike(kind="wrong-state", times=1)
    answer = hand.ask(
        "/oauth2/v1/authorize?response_type=code&client_id=mock-public&redirect_uri=http://127.0.0.1:8765/callback"
        f"&scope=launch/patient+patient/*.rs+fhirUser&aud=http://localhost/fhir/r4&state={secrets.token_urlsafe(21)}"
        f"&code_challenge={'c' * 43}&code_challenge_method=S256"
    )
    assert dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["state"] == "of-somebody-else"
    assert signed_in(hand, "v" * 43, scope="launch/patient patient/Patient.rs patient/Basic.rs") == 200
    found = verdicts(hand)
    assert (found["state"], found["granted-scope"]) == (Verdict.PASS, Verdict.PASS)


def test_who_stops_at_a_rate_limit_that_it_cannot_read_is_caught(hand: Hand) -> None:
    hand.strike(kind="odd-rate-limit")
    hand.ask("/fhir/r4/Patient?_count=1")
    run = run_of(hand)
    assert "odd-rate-limit" not in verdicts(hand), "whether it wanted more cannot be known"
    for code, verdict in ((0, Verdict.PASS), (1, Verdict.FAIL)):
        graded_run = {grade.id: grade.verdict for grade in graded(replace(run, code=code))}
        assert graded_run["odd-rate-limit"] is verdict
    hand.ask("/fhir/r4/Patient?_count=2")
    assert verdicts(hand)["odd-rate-limit"] is Verdict.PASS


BAD: list[tuple[Callable[[Hand], None], str, Verdict]] = [
    (retries_at_once, "retry-after-obeyed", Verdict.FAIL),
    (retries_a_fault_at_once, "retry-after-obeyed", Verdict.FAIL),
    (signs_in_each_time, "token-reuse", Verdict.FAIL),
    (polls_too_fast, "polling", Verdict.FAIL),
    (leaves_its_job, "delete", Verdict.WARNING),
    (starts_twice, "one-job", Verdict.FAIL),
    (forgets_prefer, "kick-off", Verdict.FAIL),
    (ignores_the_next_link, "next-links", Verdict.FAIL),
    (constructs_pages, "next-links", Verdict.FAIL),
    (fetches_a_page_twice, "next-links", Verdict.FAIL),
    (storms, "amplification", Verdict.FAIL),
    (hammers, "pace", Verdict.FAIL),
    (insists, "futile-repetition", Verdict.WARNING),
    (gives_up_an_export, "transient-errors", Verdict.FAIL),
    (keeps_half_a_file, "partial-files", Verdict.FAIL),
    (asks_for_plain_files, "packed", Verdict.WARNING),
    (signs_in_plainly, "pkce", Verdict.FAIL),
    (signs_in_with_one_verifier, "pkce", Verdict.FAIL),
    (brings_another_verifier, "pkce", Verdict.FAIL),
    (has_a_short_state, "state", Verdict.FAIL),
    (uses_what_came_with_another_state, "state", Verdict.FAIL),
    (asks_beyond_its_scope, "granted-scope", Verdict.FAIL),
]


@pytest.mark.parametrize(("client", "question", "verdict"), BAD, ids=[client.__name__ for client, _, _ in BAD])
def test_a_bad_manner_is_caught(hand: Hand, client: Callable[[Hand], None], question: str, verdict: Verdict) -> None:
    client(hand)
    assert verdicts(hand).get(question) == verdict, [grade for grade in graded(run_of(hand)) if grade.id == question]


def test_a_token_that_went_elsewhere_is_caught(hand: Hand) -> None:
    hand.strike(kind="redirect", **{"with": {"origin": "http://elsewhere.test"}}, times=1)
    hand.ask("/fhir/r4/Patient")
    assert verdicts(hand, [])["token-kept-from-others"] is Verdict.PASS
    assert verdicts(hand, [Foreign("GET", "/fhir/r4/Patient", "")])["token-kept-from-others"] is Verdict.PASS
    assert verdicts(hand, [Foreign("GET", "/fhir/r4/Patient", "Bearer")])["token-kept-from-others"] is Verdict.FAIL


def test_what_was_not_seen_is_skipped_with_a_reason(hand: Hand) -> None:
    grades = graded(Run([]))
    assert {grade.verdict for grade in grades} == {Verdict.SKIP}
    assert all(grade.reason for grade in grades)
    assert len(grades) == len(questions())


def test_the_score_of_a_good_client_is_near_the_optimum(hand: Hand) -> None:
    for number in range(40):
        if number % 16 == 0 and number:
            hand.wait(2)
        hand.ask(f"/fhir/r4/Patient?_count={number + 1}")
    scored = score(run_of(hand), Quota(16, 2.0))
    assert (scored.requests, scored.needed, scored.points > 85) == (40, 40, True), scored


def test_who_asks_twice_for_everything_has_half_the_score(hand: Hand) -> None:
    for number in range(8):
        for _ in range(2):
            hand.ask(f"/fhir/r4/Patient?_count={number + 1}")
    scored = score(run_of(hand), Quota(16, 2.0))
    assert (scored.requests, scored.needed) == (16, 8)
    assert 40 <= scored.points <= 50
