"""The daily quota: 100,000 requests between one midnight UTC and the next."""

import json
from typing import Any

from werkzeug.test import Client, TestResponse

from mock_athena import Settings, create_app
from mock_athena.ratelimit import QuotaKey
from tests.emulator import PATIENT, RegisteredClient

QUOTA = 100_000


def quotas(headers: Any) -> dict[str, tuple[int, int]]:
    """``"burst";r=15;t=2, "daily";r=99999;t=41557`` → name → (remaining, seconds until more)."""
    items = (item.split(";") for item in headers["RateLimit"].split(", "))
    return {name.strip('"'): (int(r.removeprefix("r=")), int(t.removeprefix("t="))) for name, r, t in items}


def test_a_day_begins_at_midnight_for_a_real_client(manual_client: RegisteredClient) -> None:
    emulator, session = manual_client.emulator, manual_client.session()
    url = f"{emulator.base}/Patient/{PATIENT}"
    session.get(url)
    remaining, seconds = quotas(session.get(url).headers)["daily"]
    assert remaining == QUOTA - 2
    assert 0 < seconds <= 86_400

    emulator.advance(seconds)
    session.headers["Authorization"] = manual_client.bearer()
    assert quotas(session.get(url).headers)["daily"][0] == QUOTA - 1


def test_the_request_after_the_last_waits_for_midnight(tmp_path_factory: Any) -> None:
    """Too many for a socket: the application is called directly, and most of the day is spent at the limiter."""
    cache = tmp_path_factory.getbasetemp().parent / "populations"
    app = create_app(Settings(clock="manual", start="2026-03-01T00:00:00Z", cache_dir=str(cache)))
    try:
        browser = Client(app)
        _spend(app, QUOTA - 1)
        last, refused = _read(browser), _read(browser)
        assert (last.status_code, refused.status_code) == (200, 429)
        assert quotas(refused.headers)["daily"][0] == 0
        assert "daily" in json.loads(refused.data)["issue"][0]["diagnostics"]

        wait = int(refused.headers["Retry-After"])
        _advance(browser, wait - 1)
        assert _read(browser).status_code == 429
        _advance(browser, 1)
        assert _read(browser).status_code == 200
    finally:
        app.close()


def _spend(app: Any, requests: int) -> None:
    """Requests of mock-client, sixteen at a time, as fast as the burst limit lets them."""
    world = app.world
    for number in range(requests):
        if number % 16 == 0:
            world.clock.advance(2_000_000_000)
        assert world.limiter.hit(QuotaKey("production", "client", "mock-client")).allowed
    world.clock.advance(2_000_000_000)


def _advance(browser: Client, seconds: int) -> None:
    # The control API answers this machine only, and no socket says who calls.
    moved = browser.post("/_mock/clock", json={"advance": seconds})
    assert moved.status_code == 200


def _read(browser: Client) -> TestResponse:
    form = {"grant_type": "client_credentials", "client_id": "mock-client", "client_secret": "mock-secret"}
    token = browser.post("/oauth2/v1/token", data=form).get_json()["access_token"]
    return browser.get(f"/fhir/r4/Patient/{PATIENT}", headers={"Authorization": f"Bearer {token}"})
