"""A user connects with a browser: start, sign-in and consent, callback, connection."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from werkzeug.test import Client

from athena_fhir_client.gateway import GatewaySettings, create_gateway
from athena_fhir_client.service import AthenaHealthEnhancedService
from tests.client.gateway.conftest import CALLBACK, service_of
from tests.emulator import Emulator, RegisteredClient
from tests.integration.browser import decide

CONNECT = "/api/ehr/athenahealth/connect"
HOME = "http://localhost:3000"


def browser(service: AthenaHealthEnhancedService, settings: GatewaySettings | None = None) -> Client:
    return Client(create_gateway(service, settings or GatewaySettings()))


def consented(authorize_url: str, **choices: str) -> str:
    """Path and query that the browser comes back with."""
    came = urlsplit(decide(authorize_url, **choices))
    assert f"{came.scheme}://{came.netloc}{came.path}" == CALLBACK
    return f"{came.path}?{came.query}"


@pytest.mark.requirement("E5")
def test_from_start_to_a_connection_that_works(
    service: AthenaHealthEnhancedService, application: RegisteredClient
) -> None:
    http = browser(service)
    start = http.get(CONNECT, base_url=HOME)
    assert start.status_code == 302
    asked = parse_qs(urlsplit(start.location).query)
    assert asked["scope"] == ["patient/*.read launch/patient offline_access"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 43

    back = http.get(consented(start.location, patient="a-500001.E-1"), base_url=HOME)
    assert back.status_code == 200, back.text
    made = back.get_json()["data"]
    assert list(made) == ["id", "kind", "fhirEndpoint", "userId", "scope", "createdAt"]
    assert (made["kind"], made["userId"]) == ("user", "a-500001.E-1")

    connection = service.get_connection(made["id"])
    read = requests.get(
        f"{connection.fhir_endpoint}/Patient/{connection.user_id}",
        headers={"Authorization": f"Bearer {connection.access_token}"},
        timeout=30,
    )
    assert read.json()["id"] == "a-500001.E-1"

    synced = http.post(
        "/api/ehr/athenahealth/enhanced-sync",
        json={"connectionId": made["id"], "includeStandard": False, "resourceTypes": ["CarePlan", "Encounter"]},
    ).get_json()["data"]
    assert (synced["standardResources"], synced["total"]) == (0, synced["enhancedResources"])
    assert synced["total"] == sum(
        application.total(f"{type}?patient=a-500001.E-1") for type in ("CarePlan", "Encounter")
    )

    assert connection.access_token.encode() not in (service.folder / "service.sqlite").read_bytes()


def test_a_token_that_ends_is_refreshed_and_kept(
    service: AthenaHealthEnhancedService, manual_emulator: Emulator
) -> None:
    http = browser(service)
    start = http.get(CONNECT, base_url=HOME)
    id = http.get(consented(start.location), base_url=HOME).get_json()["data"]["id"]
    first = service.get_connection(id).access_token
    manual_emulator.advance(4000)
    second = service.get_connection(id).access_token
    assert first != second
    kept = service.store.connection(id).token
    assert kept is not None
    assert kept.access_token == second
    assert kept.refresh_token


def test_an_application_begins_for_its_user(service: AthenaHealthEnhancedService) -> None:
    settings = GatewaySettings(api_keys=("key",), return_origins=("https://your-app.com",))
    http = browser(service, settings)
    assert http.post(CONNECT, json={}).status_code == 401
    asked = {"returnTo": "https://your-app.com/done?x=1"}
    begun = http.post(CONNECT, json=asked, headers={"X-API-Key": "key"}).get_json()["data"]
    link = urlsplit(begun["connectUrl"])
    start = http.get(f"{link.path}?{link.query}", base_url=HOME)
    back = http.get(consented(start.location), base_url=HOME)
    assert back.location.startswith("https://your-app.com/done?x=1&connectionId=conn_")
    again = http.get(f"{link.path}?{link.query}", base_url=HOME)
    assert (again.status_code, again.get_json()["error"]["code"]) == (400, "SIGN_IN_FAILED")


def test_another_browser_cannot_finish_it_and_nobody_can_twice(service: AthenaHealthEnhancedService) -> None:
    mine, other = browser(service), browser(service)
    path = consented(mine.get(CONNECT, base_url=HOME).location)
    stolen = other.get(path, base_url=HOME)
    assert (stolen.status_code, stolen.get_json()["error"]["code"]) == (400, "SIGN_IN_FAILED")
    assert "another browser" in stolen.get_json()["error"]["message"]
    twice = mine.get(path, base_url=HOME)
    assert (twice.status_code, twice.get_json()["success"]) == (400, False)
    assert service.store.connections() == []


@pytest.mark.parametrize("query", ["", "state=nobody&code=x", "code=x"])
def test_a_callback_out_of_nowhere_is_refused(query: str, service: AthenaHealthEnhancedService) -> None:
    answer = browser(service).get(f"/api/ehr/callback?{query}", base_url=HOME)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "SIGN_IN_FAILED")


def test_who_does_not_consent_is_not_connected(service: AthenaHealthEnhancedService) -> None:
    http = browser(service)
    path = consented(http.get(CONNECT, base_url=HOME).location, decision="deny")
    page = http.get(path, base_url=HOME, headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert "Not connected" in page.text
    assert "there was no consent" in page.text
    assert service.store.connections() == []


def test_a_link_is_good_for_ten_minutes(service: AthenaHealthEnhancedService, manual_emulator: Emulator) -> None:
    http = browser(service)
    path = consented(http.get(CONNECT, base_url=HOME).location)
    manual_emulator.advance(601)
    assert http.get(path, base_url=HOME).status_code == 400


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_just_anywhere(to: str, service: AthenaHealthEnhancedService) -> None:
    answer = browser(service).get(CONNECT, query_string={"returnTo": to}, base_url=HOME)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_at_another_name_of_this_machine_the_browser_is_sent_where_the_callback_will_be(
    service: AthenaHealthEnhancedService,
) -> None:
    answer = browser(service).get(CONNECT, base_url="http://127.0.0.1:3000")
    assert answer.location == f"{HOME}{CONNECT}"


def test_a_sign_in_survives_a_restart(application: RegisteredClient, service: AthenaHealthEnhancedService) -> None:
    http = browser(service)
    path = consented(http.get(CONNECT, base_url=HOME).location)
    with service_of(application, service.folder) as after:
        restarted = browser(after)
        cookie = http.get_cookie("athena_sign_in", domain="localhost", path="/api/ehr/callback")
        assert cookie is not None
        restarted.set_cookie(cookie.key, cookie.value, domain="localhost", path="/api/ehr/callback")
        assert restarted.get(path, base_url=HOME).status_code == 200
