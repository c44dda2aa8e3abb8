"""What does not go is a 4xx with a code and a message, and nothing is half done."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from athena_fhir_client import AthenaClient
from athena_fhir_client.auth.grants import ClientCredentials
from athena_fhir_client.bulk.errors import BadManifest, ExportFailed, ExportRefused
from athena_fhir_client.bulk.http import Exchange
from athena_fhir_client.configuration import Configuration
from athena_fhir_client.errors import ConfigurationError, NotFound, TransportError
from athena_fhir_client.gateway import GatewaySettings, create_gateway
from athena_fhir_client.service import AthenaHealthEnhancedService
from athena_fhir_client.service.demo import connect_application
from athena_fhir_client.service.errors import StoreError
from tests.client.bulk.stepping import SteppingClock
from tests.client.gateway.conftest import service_of
from tests.emulator import Emulator, RegisteredClient

KEYS = Path(__file__).parents[3] / "fixtures" / "keys" / "mock-backend.private.jwks.json"
ATHENA = "/api/ehr/athenahealth"
BULK = {"connectionId": "conn_123", "exportType": "Patient"}

Ask = Callable[[Client], TestResponse]


def export(**changed: Any) -> Ask:
    return lambda http: http.post(f"{ATHENA}/bulk-export", json={**BULK, **changed})


def sync(**changed: Any) -> Ask:
    return lambda http: http.post(f"{ATHENA}/enhanced-sync", json={"connectionId": "conn_123", **changed})


def get(path: str) -> Ask:
    return lambda http: http.get(path)


def raw(data: str, content_type: str = "application/json") -> Ask:
    return lambda http: http.post(f"{ATHENA}/bulk-export", data=data, content_type=content_type)


WRONG: dict[str, tuple[Ask, int, str, str]] = {
    "unknown connection": (export(connectionId="conn_9"), 404, "CONNECTION_NOT_FOUND", "conn_9"),
    "unknown connection, sync": (sync(connectionId="conn_9"), 404, "CONNECTION_NOT_FOUND", "conn_9"),
    "unknown job": (get(f"{ATHENA}/bulk-export/job_9"), 404, "JOB_NOT_FOUND", "job_9"),
    "unknown job, cancelled": (
        lambda http: http.delete(f"{ATHENA}/bulk-export/job_9"),
        404,
        "JOB_NOT_FOUND",
        "job_9",
    ),
    "a date only": (export(since="2024-01-01"), 400, "INVALID_REQUEST", "since: '2024-01-01' is no instant"),
    "no such date": (export(since="2024-02-30T00:00:00Z"), 400, "INVALID_REQUEST", "since"),
    "no offset": (sync(since="2024-01-01T00:00:00"), 400, "INVALID_REQUEST", "since"),
    "no date": (export(since=5), 400, "INVALID_REQUEST", "since"),
    "export type": (export(exportType="Practice"), 400, "INVALID_REQUEST", "exportType: 'Practice' is not one of"),
    "group without id": (export(exportType="Group"), 400, "INVALID_REQUEST", "needs the id of a group"),
    "type": (export(resourceTypes=["../x"]), 400, "INVALID_REQUEST", "resourceTypes.0"),
    "a type of neither group": (sync(resourceTypes=["Medication"]), 400, "INVALID_REQUEST", "Medication"),
    "unknown field": (export(sice="x"), 400, "INVALID_REQUEST", "'sice' was unexpected"),
    "missing field": (raw("{}"), 400, "INVALID_REQUEST", "'connectionId' is a required property"),
    "a list": (raw("[]"), 400, "INVALID_REQUEST", "[] is not of type 'object'"),
    "no JSON": (raw("{"), 400, "INVALID_REQUEST", "the body is no JSON"),
    "a form": (raw("a=b", "application/x-www-form-urlencoded"), 415, "WRONG_CONTENT_TYPE", "application/json"),
    "too much": (raw(json.dumps({"connectionId": "x" * 2_000_000})), 413, "TOO_LARGE", "exceeds"),
    "no connection": (get(f"{ATHENA}/capabilities"), 400, "INVALID_REQUEST", "connectionId"),
    "unknown parameter": (get(f"{ATHENA}/capabilities?connectionId=conn_123&x=1"), 400, "INVALID_REQUEST", "x"),
    "unknown path": (get(f"{ATHENA}/nothing"), 404, "NOT_FOUND", "not found"),
    "method": (get(f"{ATHENA}/enhanced-sync"), 405, "METHOD_NOT_ALLOWED", "not allowed"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_callers_mistakes(name: str, http: Client, service: AthenaHealthEnhancedService) -> None:
    ask, status, code, words = WRONG[name]
    refused(ask(http), status, code, words)
    assert service.store.jobs() == []


def refused(answer: TestResponse, status: int, code: str, words: str = "") -> None:
    assert answer.status_code == status, answer.text
    told = answer.get_json()
    assert list(told) == ["success", "error"]
    assert (told["success"], list(told["error"]), told["error"]["code"]) == (False, ["code", "message"], code)
    assert words in told["error"]["message"]


def gateway_of(
    application: RegisteredClient, folder: Path, **changed: str
) -> tuple[AthenaHealthEnhancedService, Client]:
    service = service_of(application, folder, None, **changed)
    connect_application(service)
    return service, Client(create_gateway(service, GatewaySettings()))


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, "AUTHENTICATION_FAILED"),
        ({"client_id": "nobody"}, 401, "AUTHENTICATION_FAILED"),
        ({"scope": "user/Patient.read"}, 401, "AUTHENTICATION_FAILED"),
    ],
)
def test_wrong_credentials(
    changed: dict[str, str], status: int, code: str, application: RegisteredClient, tmp_path: Path
) -> None:
    service, http = gateway_of(application, tmp_path, **changed)
    with service:
        refused(export()(http), status, code)
        refused(sync()(http), status, code)
        assert service.store.jobs() == []
        assert service.mirror("conn_123").counts == {}


def test_what_the_token_does_not_cover(application: RegisteredClient, tmp_path: Path) -> None:
    service, http = gateway_of(application, tmp_path, scope="system/Observation.rs")
    with service:
        refused(export(resourceTypes=["Patient"])(http), 403, "FORBIDDEN")
        refused(sync(includeStandard=True, includeEnhanced=False)(http), 403, "FORBIDDEN")
        assert service.mirror("conn_123").counts == {}


def test_a_server_that_is_not_there(application: RegisteredClient, tmp_path: Path) -> None:
    service, http = gateway_of(application, tmp_path, fhir_endpoint="http://127.0.0.1:9/fhir/r4")
    with service:
        refused(export()(http), 502, "SERVER_UNREACHABLE")


def test_a_sign_in_that_has_ended(
    service: AthenaHealthEnhancedService, http: Client, application: RegisteredClient, manual_emulator: Emulator
) -> None:
    known = service.store.connection("conn_123")
    service.connections.add("user", known.fhir_endpoint, "patient/*.read", token=None, user_id="p", id="conn_old")
    refused(export(connectionId="conn_old")(http), 401, "CONNECTION_EXPIRED", "connect again")


def test_our_own_mistake_is_told_nobody_but_the_log(
    service: AthenaHealthEnhancedService,
    http: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(service, "get_capabilities", lambda _: 1 / 0)
    with caplog.at_level(logging.ERROR):
        answer = http.get(f"{ATHENA}/capabilities?connectionId=conn_123")
    refused(answer, 500, "INTERNAL_ERROR", "its log says why")
    assert "ZeroDivisionError" in caplog.text


class TestWhoMayCall:
    """With a key from anywhere; without one from this machine only."""

    def test_with_a_key(self, service: AthenaHealthEnhancedService) -> None:
        http = Client(create_gateway(service, GatewaySettings(host="0.0.0.0", api_keys=("one", "two"))))  # noqa: S104
        refused(http.get("/api/ehr/connections"), 401, "UNAUTHORIZED", "X-API-Key")
        refused(http.get("/api/ehr/connections", headers={"X-API-Key": "three"}), 401, "UNAUTHORIZED")
        for headers in ({"X-API-Key": "two"}, {"Authorization": "Bearer one"}):
            assert http.get("/api/ehr/connections", headers=headers).status_code == 200
        assert http.get("/api/ehr/health").status_code == 200

    @pytest.mark.parametrize(
        ("headers", "host"),
        [
            ({}, "evil.example"),
            ({"Origin": "https://evil.example"}, "127.0.0.1:3000"),
            ({"Sec-Fetch-Site": "cross-site"}, "localhost:3000"),
            ({"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1:3000"),
            ({"Forwarded": "for=203.0.113.9"}, "127.0.0.1:3000"),
        ],
    )
    def test_no_page_of_another_origin_and_nobody_through_a_proxy(
        self, headers: dict[str, str], host: str, http: Client
    ) -> None:
        answer = http.get("/api/ehr/connections", headers=headers, base_url=f"http://{host}")
        refused(answer, 403, "FORBIDDEN", "without an API key")

    def test_a_proxy_that_is_believed_says_who_comes(self, service: AthenaHealthEnhancedService) -> None:
        http = Client(create_gateway(service, GatewaySettings(behind_proxy=True)))
        for client, status in (("127.0.0.1", 200), ("203.0.113.9", 403), ("127.0.0.1, 203.0.113.9", 403)):
            headers = {"X-Forwarded-For": client, "X-Forwarded-Host": "localhost"}
            assert http.get("/api/ehr/connections", headers=headers).status_code == status

    def test_without_a_key_not_on_the_network(self) -> None:
        with pytest.raises(ConfigurationError, match="on this machine only"):
            GatewaySettings(host="0.0.0.0")  # noqa: S104


class _Skewed(SteppingClock):
    """A machine whose clock is wrong."""

    def __init__(self, emulator: Emulator, seconds: float) -> None:
        super().__init__(emulator)
        self._seconds = seconds

    def now(self) -> float:
        return super().now() + self._seconds


@pytest.mark.parametrize("seconds", [-86_400.0, -600.0, 600.0, 86_400.0])
def test_a_gateway_whose_clock_is_wrong_works_as_well(
    application: RegisteredClient, tmp_path: Path, seconds: float
) -> None:
    """Nothing that it compares with its own clock comes from another one."""
    service = service_of(application, tmp_path, clock=_Skewed(application.emulator, seconds))
    connect_application(service)
    with service:
        http = Client(create_gateway(service, GatewaySettings()))
        started = export(resourceTypes=["Patient"])(http)
        assert started.status_code == 200, started.text
        job = started.get_json()["data"]["id"]
        for _ in range(20):
            service.clock.sleep(30)
            told = http.get(f"{ATHENA}/bulk-export/{job}").get_json()["data"]
            if told["status"] != "IN_PROGRESS":
                break
        assert told["status"] == "COMPLETED", told
        synced = sync(includeStandard=False, resourceTypes=["CarePlan"])(http)
        assert (synced.status_code, synced.get_json()["success"]) == (200, True)


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0])
def test_an_assertion_signed_by_a_wrong_clock_is_refused_in_words(
    manual_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    made = AthenaClient.credentials_of

    def skewed(client: AthenaClient, configuration: Configuration) -> Any:
        signing: Any = made(client, configuration)
        return replace(signing, now=lambda: signing.now() + seconds)

    monkeypatch.setattr(AthenaClient, "credentials_of", skewed)
    backend = RegisteredClient(manual_emulator, "mock-backend", "")
    service, http = gateway_of(backend, tmp_path, private_key=str(KEYS))
    with service:
        refused(export()(http), 401, "AUTHENTICATION_FAILED", "exp")
        assert service.store.jobs() == []


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ExportRefused("no"), 400, "REFUSED_BY_SERVER"),
        (ExportFailed("no"), 502, "SERVER_FAILED"),
        (BadManifest("no"), 502, "SERVER_FAILED"),
        (StoreError("no"), 500, "INTERNAL_ERROR"),
    ],
)
def test_what_is_not_the_callers_mistake_is_not_called_so(
    error: Exception,
    status: int,
    code: str,
    service: AthenaHealthEnhancedService,
    http: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(service, "enhanced_sync", fails)
    refused(sync()(http), status, code)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_token_endpoint_that_is_down_is_not_the_callers_mistake(
    application: RegisteredClient, tmp_path: Path, status: int
) -> None:
    emulator = application.emulator
    rule = emulator.control(
        "POST",
        "faults",
        {"kind": "status", "with": {"status": status}, "match": {"route": "oauth", "client": application.id}},
    )["armed"][-1]["id"]
    try:
        service, http = gateway_of(application, tmp_path)
        with service:
            refused(export()(http), *((429, "RATE_LIMITED") if status == 429 else (502, "SERVER_FAILED")))
    finally:
        emulator.control("DELETE", f"faults/{rule}")


def test_who_disconnects_takes_the_data_along(service: AthenaHealthEnhancedService, http: Client) -> None:
    assert sync(includeStandard=False, resourceTypes=["CarePlan"])(http).status_code == 200
    mirror = service.mirror("conn_123").path
    assert mirror.exists()
    assert http.delete("/api/ehr/connections/conn_123").status_code == 200
    assert not list(mirror.parent.glob("conn_123*"))
    refused(http.delete("/api/ehr/connections/conn_123"), 404, "CONNECTION_NOT_FOUND")


def test_who_disconnects_ends_the_jobs_at_the_server(service: AthenaHealthEnhancedService, http: Client) -> None:
    jobs = [service.initiate_bulk_export("conn_123", resource_types=["Patient"]) for _ in range(2)]
    client = service.connections.client("conn_123")
    assert http.delete("/api/ehr/connections/conn_123").status_code == 200
    assert service.store.jobs() == []
    other = AthenaClient(client.base_url, clock=service.clock, pacer=client.pacer).authenticate(
        client.credentials_of(service.configuration), ClientCredentials("system/*.read")
    )
    for job in jobs:
        with pytest.raises(NotFound):
            Exchange(other).status(job.status_url)


def test_a_server_that_is_gone_holds_no_connection_back(
    service: AthenaHealthEnhancedService, http: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def gone(exchange: Exchange, url: str) -> None:
        asked.append(url)
        raise TransportError("nobody is there")

    for _ in range(2):
        service.initiate_bulk_export("conn_123", resource_types=["Patient"])
    monkeypatch.setattr(Exchange, "delete", gone)
    assert http.delete("/api/ehr/connections/conn_123").status_code == 200
    assert len(asked) == 1
    assert service.store.jobs() == []
    assert service.store.connections() == []
