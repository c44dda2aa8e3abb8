"""Targets that cannot be judged, or answer what nobody should: the suite says why, and goes on."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from athena_fhir_conformance import Credentials, Manners, Run, Selection, Verdict, run
from athena_fhir_conformance.exchange import SHOWN
from athena_fhir_conformance.flows.asking import remembered
from athena_fhir_conformance.problems import NoToken
from athena_fhir_conformance.recording import Result
from athena_fhir_conformance.sending import Bounds
from athena_fhir_conformance.target import Target
from tests.conformance.wsgi import SECRET, STATEMENT, Answer, Small, always, as_json, judged

ODD = {
    **STATEMENT,
    "rest": [{"mode": "server", "resource": [{"type": "Patient", "interaction": "x", "searchParam": [1, None]}, 7]}],
}
GROUPS = ("capability", "read", "paging", "documents")
NOT_RUN = {Verdict.SKIP, Verdict.OMIT}


def no_errors(outcome: Run) -> None:
    assert outcome.broken == ()
    assert outcome.of(Verdict.ERROR) == []
    assert outcome.results
    assert not [each for each in outcome.results if each.verdict != Verdict.PASS and not each.reason]
    assert not [each for each in outcome.results if "Traceback" in each.reason]


def verdicts(outcome: Run, *but: str) -> set[Verdict]:
    return {each.verdict for each in outcome.results if each.id not in but}


def test_nobody_answers() -> None:
    outcome = run("http://127.0.0.1:1/fhir/r4", Credentials(token="x"), selection=Selection(groups=GROUPS))
    no_errors(outcome)
    assert "no connection" in outcome.unreachable
    assert verdicts(outcome) <= NOT_RUN
    assert outcome.requests == 0


def test_html_instead_of_json() -> None:
    def html(path: str, environ: dict[str, Any]) -> Answer:
        return 200, {"Content-Type": "text/html"}, [b"<html><body>Welcome</body></html>"]

    outcome, _ = judged(html, *GROUPS, credentials=Credentials(token=SECRET))
    no_errors(outcome)
    first = next(each for each in outcome.results if "without_a_token" in each.id)
    assert first.verdict == Verdict.FAIL
    assert "text/html" in first.reason


def test_no_token_was_given() -> None:
    outcome, app = judged(always(STATEMENT), "read", "paging", credentials=Credentials())
    no_errors(outcome)
    reasons = {each.reason for each in outcome.of(Verdict.SKIP)}
    assert any("--token" in reason for reason in reasons)
    assert all(not authorization for *_, authorization in app.seen)


def test_the_client_is_refused() -> None:
    def refuses(path: str, environ: dict[str, Any]) -> Answer:
        if path.endswith("smart-configuration"):
            return as_json({"token_endpoint": "http://127.0.0.1/token"})
        return as_json({"error": "invalid_scope"}, 400) if path == "/token" else as_json(STATEMENT)

    outcome, app = judged(refuses, "read")
    no_errors(outcome)
    assert any("invalid_scope" in each.reason for each in outcome.of(Verdict.SKIP))
    assert [path for _, _, path, _ in app.seen].count("/token") == 1


def test_credentials_go_to_no_other_host() -> None:
    def elsewhere(path: str, environ: dict[str, Any]) -> Answer:
        return as_json({**STATEMENT, "token_endpoint": "https://elsewhere.example/token"})

    outcome, app = judged(elsewhere, "read")
    no_errors(outcome)
    assert any("another host" in each.reason for each in outcome.of(Verdict.SKIP))
    assert {host for _, host, _, _ in app.seen} == {"127.0.0.1"}
    assert all(not authorization for *_, authorization in app.seen)


def test_redirects_and_links_to_elsewhere_are_not_followed() -> None:
    bundle = {"resourceType": "Bundle", "type": "searchset"}
    entries = [{"resource": {"resourceType": "Patient", "id": "1"}, "search": {"mode": "match"}}]
    links = [{"relation": "next", "url": "https://elsewhere.example/next"}]

    def redirects(path: str, environ: dict[str, Any]) -> Answer:
        if path.endswith("/metadata"):
            return as_json(STATEMENT)
        if path.endswith("/Patient"):
            return as_json({**bundle, "entry": entries, "link": links})
        if path.endswith("/Condition"):
            return as_json({**bundle, "link": links})
        return 302, {"Location": "https://elsewhere.example/"}, [b""]

    outcome, app = judged(redirects, *GROUPS, credentials=Credentials(token=SECRET))
    no_errors(outcome)
    assert {host for _, host, _, _ in app.seen} == {"127.0.0.1"}
    paging = [each for each in outcome.results if each.id.startswith("paging.next")]
    assert [each.verdict for each in paging] == [Verdict.FAIL]
    assert "elsewhere.example" in paging[0].reason


def test_a_body_without_an_end() -> None:
    def endless(path: str, environ: dict[str, Any]) -> Answer:
        if path.endswith("/metadata"):
            return as_json(STATEMENT)
        return 200, {"Content-Type": "application/fhir+json"}, itertools.repeat(b"[" * 1000)

    outcome, _ = judged(
        endless, "read", credentials=Credentials(token=SECRET), manners=Manners(bounds=Bounds(body=100_000))
    )
    no_errors(outcome)
    assert any("longer than 100000 bytes" in each.reason for each in outcome.of(Verdict.FAIL))


def test_a_server_without_an_end_anywhere_is_not_read_again_and_again() -> None:
    parts = itertools.count()

    def endless(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "application/fhir+json")])
        return (b" " * 100_000 for _ in parts)

    bounds = Bounds(body=1_000_000)
    manners = Manners(quotas=(), bounds=bounds)
    chosen = Selection(groups=("capability", "us_core"))
    outcome = run(endless, Credentials(token=SECRET), selection=chosen, manners=manners)
    no_errors(outcome)
    assert next(parts) < 500, "as many parts of a tenth of a body were read"


@pytest.mark.parametrize("first", ["as it should be", "broken too"])
def test_a_server_that_breaks_down(first: str) -> None:
    def broken(path: str, environ: dict[str, Any]) -> Answer:
        if path.endswith("/metadata") and first != "broken too":
            return as_json(STATEMENT)
        raise OSError("the disk is full")

    outcome, _ = judged(broken, "read", credentials=Credentials(token=SECRET))
    no_errors(outcome)
    assert any("no answer" in each.reason for each in outcome.of(Verdict.FAIL))


@pytest.mark.parametrize(
    "body", [[], 7, None, {"rest": 3}, {"rest": [{"resource": [3]}]}, {"rest": [{"resource": {}}]}, ODD]
)
def test_a_statement_of_another_shape(body: Any) -> None:
    outcome, _ = judged(always(body), *GROUPS, credentials=Credentials(token=SECRET))
    no_errors(outcome)


def test_half_a_server_is_omitted_by_halves() -> None:
    outcome, _ = judged(always(STATEMENT), "us_core", credentials=Credentials(token=SECRET))
    no_errors(outcome)
    assert verdicts(outcome) <= {*NOT_RUN, Verdict.FAIL}
    assert any("not declared" in each.reason for each in outcome.of(Verdict.OMIT))


def test_a_budget_is_kept_and_the_rest_skipped() -> None:
    outcome, app = judged(
        always(STATEMENT),
        "read",
        credentials=Credentials(token=SECRET),
        manners=Manners(max_requests=3),
    )
    no_errors(outcome)
    assert outcome.requests == 3
    assert len([path for _, _, path, _ in app.seen if not path.startswith("/_mock")]) == 3
    assert any("budget of 3" in each.reason for each in outcome.of(Verdict.SKIP))


def test_no_secret_is_written_down() -> None:
    def echoes(path: str, environ: dict[str, Any]) -> Answer:
        if path.endswith("smart-configuration"):
            return as_json({"token_endpoint": "http://127.0.0.1/token"})
        if path == "/token":
            return as_json({"access_token": "opaque-token-1", "expires_in": 60, "id_token": "eyJhbGciOiJub25lIn0.e30."})
        return as_json(
            {**STATEMENT, "echo": environ.get("HTTP_AUTHORIZATION")}, 200, Echo=environ.get("HTTP_AUTHORIZATION", "")
        )

    outcome, _ = judged(echoes, "read", credentials=Credentials(client_id="c", client_secret=SECRET))
    written = repr(outcome.document())
    assert "opaque-token-1" not in written
    assert SECRET not in written
    assert "$TOKEN" in written


def test_what_the_token_does_not_grant_is_not_shown() -> None:
    def narrow(path: str, environ: dict[str, Any]) -> Answer:
        if path.endswith("smart-configuration"):
            return as_json({"token_endpoint": "http://127.0.0.1/token"})
        if path == "/token":
            return as_json({"access_token": "opaque", "expires_in": 60, "scope": "system/Patient.rs"})
        refused = path.endswith(("/Observation", "/Condition", "/_search"))
        return as_json({"resourceType": "OperationOutcome"}, 403) if refused else as_json(STATEMENT)

    outcome, _ = judged(narrow, "search")
    no_errors(outcome)
    assert any("no scope system/Observation.s" in each.reason for each in outcome.of(Verdict.SKIP))
    assert not [each for each in outcome.of(Verdict.FAIL) if "403" in each.reason]


def test_a_token_across_the_end_of_what_is_shown_is_not_written_down() -> None:
    def long(path: str, environ: dict[str, Any]) -> Answer:
        return as_json({"a": "x" * (SHOWN - 35), "b": environ.get("HTTP_AUTHORIZATION")}, 404)

    outcome, _ = judged(long, "read", credentials=Credentials(token=SECRET))
    assert SECRET[:6] not in repr(outcome.document())


def test_a_problem_that_is_told_again_does_not_grow() -> None:
    target = Target("http://127.0.0.1/fhir/r4")

    def make() -> None:
        raise NoToken("none")

    depths = []
    for _ in range(3):
        with pytest.raises(NoToken) as raised:
            remembered(target, "it", make)
        depths.append(len(raised.traceback))
    assert depths[1] == depths[2]


def test_what_was_shown_before_it_was_interrupted_is_kept() -> None:
    def interrupts(result: Result, total: int) -> None:
        if result.verdict == Verdict.PASS:
            raise KeyboardInterrupt

    outcome = run(
        Small(always(STATEMENT)), Credentials(token=SECRET), selection=Selection(("capability",)), told=interrupts
    )
    assert outcome.interrupted
    assert outcome.results
    assert outcome.broken == ()
