"""Bodies: kept while somebody looks, bounded, and shown without what could let somebody in."""

import gzip
import json

import pytest

from mock_athena.journal import bodies as room
from mock_athena.journal.bodies import LARGEST, Bodies, Part, Said
from mock_athena.journal.struck import body, fields

MINUTE = 60_000_000_000
TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJtb2NrIn0.c2lnbmF0dXJl"


def part(*chunks: bytes) -> Part:
    made = Part()
    for chunk in chunks:
        made.add(chunk)
    return made


def test_they_are_kept_for_a_minute_after_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1]
    monkeypatch.setattr(room, "stopwatch", lambda: now[0])
    kept, never, always = Bodies(), Bodies("0"), Bodies("3")
    assert (kept.until, never.until, always.wanted()) == (0, 0, True)
    for each in (kept, never, always):
        each.look()
    now[0] = MINUTE
    assert (kept.wanted(), never.until) == (True, 0)
    now[0] = MINUTE + 1
    assert (kept.wanted(), kept.until, always.wanted()) == (False, 0, True)


def test_who_only_looks_has_no_more_kept_in_a_second_than_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [5]
    monkeypatch.setattr(room, "stopwatch", lambda: now[0])
    kept, always = Bodies(), Bodies("3")
    for _ in range(2):
        kept.look()
        assert [kept.wanted() for _ in range(201)] == [True] * 200 + [False]
        assert all(always.wanted() for _ in range(201))
        now[0] += MINUTE // 60


def test_the_last_few_are_kept_until_a_reset() -> None:
    kept = Bodies("3")
    made = {seq: Said([], Part()) for seq in (5, 6, 8, 7)}
    for seq, said in made.items():
        kept.keep(seq, said)
    assert [kept.of(seq) for seq in (5, 6, 7, 8, 9)] == [None, made[6], made[7], made[8], None]
    kept.reset()
    assert kept.of(7) is None


def test_of_a_long_body_the_beginning_is_kept_and_small_pieces_are_not_copied() -> None:
    piece = b"x" * 40_000
    made = part(piece, piece, piece)
    assert made.chunks[0] is piece
    assert (sum(map(len, made.chunks)), made.size) == (LARGEST, 120_000)


def test_fields_are_named_as_they_were_sent_and_lose_their_secrets() -> None:
    told = {
        "HTTP_USER_AGENT": "curl/8",
        "CONTENT_TYPE": "application/json",
        "HTTP_AUTHORIZATION": f"Bearer {TOKEN}",
        "HTTP_PROXY_AUTHORIZATION": "c2VjcmV0",
        "HTTP_COOKIE": "a=1; mock_athena_8080=signed=value",
        "Set-Cookie": "visit=secret; Path=/; SameSite=Lax",
        "HTTP_X_API_KEY": "secret",
        "HTTP_X_CUSTOM": f"before {TOKEN} after",
        "Location": "https://app.example/?code=secret&x=1#id_token=secret",
        "HTTP_REFERER": "http://localhost/oauth2/v1/authorize?state=secret&scope=openid",
        "Content-Location": "http://localhost/fhir/r4/bulkstatus/1",
    }
    assert fields(told.items()) == [
        ("User-Agent", "curl/8"),
        ("Content-Type", "application/json"),
        ("Authorization", "Bearer ***"),
        ("Proxy-Authorization", "***"),
        ("Cookie", "a=***; mock_athena_8080=***"),
        ("Set-Cookie", "visit=***; Path=/; SameSite=Lax"),
        ("X-Api-Key", "***"),
        ("X-Custom", "before *** after"),
        ("Location", "https://app.example/?code=***&x=1#id_token=***"),
        ("Referer", "http://localhost/oauth2/v1/authorize?state=***&scope=openid"),
        ("Content-Location", "http://localhost/fhir/r4/bulkstatus/1"),
    ]


def test_bodies_lose_their_secrets_and_nothing_else() -> None:
    kind = "application/json"
    sent = {"access_token": 'a"b\\', "nested": [{"client_secret": "x", "value": 1.50}], "code": "8302-2"}
    struck = json.loads(body(part(json.dumps(sent).encode()), kind, "", "fhir"))
    assert struck == {"access_token": "***", "nested": [{"client_secret": "***", "value": 1.5}], "code": "8302-2"}
    for route, sent_text, shown in (
        ("oauth", '{"code": "c"}', '{"code": "***"}'),
        ("fhir", '{"value": 1.50, "x": 1e400}', '{"value": 1.50, "x": 1e400}'),
        ("fhir", '{"refresh_token" : "cut of', '{"refresh_token" : "***"'),
        ("fhir", '{"refresh\\u005ftoken":"x\\', '{"refresh\\u005ftoken":"***"'),
        ("fhir", f'{{"url": "Patient?x={TOKEN}"}}', '{"url": "Patient?x=***"}'),
        ("fhir", '{"access_token": "one", "text": "says \\"token\\": \\"x\\""}', None),
    ):
        found = body(part(sent_text.encode()), kind, "", route)
        assert found == shown if shown else "one" not in found
    form = b"client_assertion=a.b.c&code=1&scope=openid"
    assert body(part(form), "application/x-www-form-urlencoded", "", "oauth") == (
        "client_assertion=***&code=***&scope=openid"
    )
    assert body(part(form), "application/x-www-form-urlencoded", "", "fhir").endswith("&code=1&scope=openid")


def test_what_was_packed_is_unpacked_within_bounds() -> None:
    packed = gzip.compress(b'{"resourceType": "Patient"}' + b" " * 10_000_000)
    text = body(part(packed), "application/fhir+json", "gzip", "fhir")
    assert text.startswith('{"resourceType"')
    assert len(text) == 4 * LARGEST
    assert body(part(b"no gzip"), "application/fhir+json", "gzip", "fhir") == ""
