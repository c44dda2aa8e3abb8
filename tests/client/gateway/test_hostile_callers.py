"""Callers that send what nobody would: a 4xx in the guide's form, never a 500."""

import json
from typing import Any

import pytest
from werkzeug.test import Client

from athena_fhir_client.gateway import GatewaySettings, create_gateway
from athena_fhir_client.service import AthenaHealthEnhancedService
from tests.client.gateway.test_refusals import ATHENA

DEEP = "[" * 100_000 + "]" * 100_000

BODIES: dict[str, Any] = {
    "nested without end": DEEP,
    "nested without end, within": f'{{"connectionId": {DEEP}}}',
    "half a character": '{"connectionId": "\\ud800"}',
    "half a character as name": '{"connectionId": "conn_123", "\\ud800": 1}',
    "half a character as type": '{"connectionId": "conn_123", "resourceTypes": ["\\ud800"]}',
    "half a character as instant": '{"connectionId": "conn_123", "since": "\\ud800"}',
    "no UTF-8": b'{"connectionId": "\xff"}',
    "an end of a string": '{"connectionId": "a\\u0000b"}',
    "SQL": json.dumps({"connectionId": "' OR 1=1 --"}),
    "a path": json.dumps({"connectionId": "../../etc/passwd"}),
    "before all time": json.dumps({"connectionId": "conn_123", "since": "0001-01-01T00:00:00+23:59"}),
    "after all time": json.dumps({"connectionId": "conn_123", "since": "9999-12-31T23:59:59-23:59"}),
    "year zero": json.dumps({"connectionId": "conn_123", "since": "0000-01-01T00:00:00Z"}),
    "no such offset": json.dumps({"connectionId": "conn_123", "since": "2024-01-01T00:00:00+99:99"}),
    "other digits": json.dumps({"connectionId": "conn_123", "since": "\u0662024-01-01T00:00:00Z"}),
    "a line feed behind": json.dumps({"connectionId": "conn_123", "since": "2024-01-01T00:00:00Z\n"}),
    "a line feed behind a type": json.dumps({"connectionId": "conn_123", "resourceTypes": ["Patient\n"]}),
    "a number of many digits": '{"connectionId": %s}' % ("9" * 5000),
    "no number": '{"connectionId": NaN}',
    "twice": '{"connectionId": "conn_9", "connectionId": "conn_8"}',
}


@pytest.mark.parametrize("route", ["bulk-export", "enhanced-sync"])
@pytest.mark.parametrize("name", BODIES)
def test_bodies(http: Client, service: AthenaHealthEnhancedService, name: str, route: str) -> None:
    answer = http.post(f"{ATHENA}/{route}", data=BODIES[name], content_type="application/json")
    assert 400 <= answer.status_code < 500, answer.text[:300]
    assert list(answer.get_json()) == ["success", "error"]
    assert service.store.jobs() == []


@pytest.mark.parametrize(
    "path",
    [
        f"{ATHENA}/bulk-export/%00",
        f"{ATHENA}/bulk-export/%ff%fe",
        f"{ATHENA}/bulk-export/..%2f..%2fx",
        f"{ATHENA}/bulk-export/' OR 1=1",
        f"{ATHENA}/capabilities?connectionId=%ff",
        f"{ATHENA}/capabilities?connectionId=%00",
        f"{ATHENA}/connect?returnTo=http://[::1",
        f"{ATHENA}/connect?returnTo=//[",
        f"{ATHENA}/connect?returnTo=/%5C%5Cevil.example",
        f"{ATHENA}/connect?ticket=%ff",
        f"{ATHENA}/connect?scope=%0a",
        "/api/ehr/callback?state=%ff&code=1",
        "/api/ehr/connections/%00",
    ],
)
def test_paths(http: Client, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code < 500, answer.text[:300]


def test_a_cookie_of_other_letters(http: Client) -> None:
    begun = http.get(f"{ATHENA}/connect", base_url="http://localhost:3000")
    state = begun.headers["Location"].partition("state=")[2].partition("&")[0]
    http.set_cookie("athena_sign_in", "é", domain="localhost", path="/api/ehr/callback")
    answer = http.get(f"/api/ehr/callback?state={state}&code=x", base_url="http://localhost:3000")
    assert answer.status_code == 400, answer.text
    assert answer.get_json()["error"]["code"] == "SIGN_IN_FAILED"


@pytest.mark.parametrize("host", ["a b", "[::1", "localhost:x", "127.0.0.1:99999999", ""])
def test_hosts(http: Client, host: str) -> None:
    answer = http.get("/api/ehr/connections", headers={"Host": host, "Origin": "http://["})
    assert answer.status_code < 500


def test_a_key_of_other_letters(service: AthenaHealthEnhancedService) -> None:
    http = Client(create_gateway(service, GatewaySettings(api_keys=("geheim",))))
    for headers in ({"X-API-Key": "é"}, {"Authorization": "Bearer \xff"}, {"X-API-Key": ""}, {"X-API-Key": "\x00"}):
        assert http.get("/api/ehr/connections", headers=headers).status_code == 401
