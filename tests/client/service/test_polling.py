"""Jobs in progress are polled in the background, also after a restart, and no sooner than the server wants."""

import json
import threading
from pathlib import Path

import pytest
import requests

from athena_fhir_client.configuration import Configuration
from athena_fhir_client.service import AthenaHealthEnhancedService, Status
from athena_fhir_client.service.demo import connect_application
from athena_fhir_client.service.records import BulkExportJob
from tests.client.answering import BASE, Answer, client_for
from tests.client.gateway.conftest import service_of
from tests.emulator import Emulator


def test_a_job_is_finished_by_the_process_after_the_one_that_began_it(
    manual_emulator: Emulator, tmp_path: Path
) -> None:
    application = manual_emulator.register()
    with service_of(application, tmp_path) as service:
        connect_application(service)
        job = service.initiate_bulk_export("conn_123", resource_types=["Patient"])
    manual_emulator.advance(60)
    with service_of(application, tmp_path) as service:
        done = threading.Event()
        put = service.store.put_job

        def told(job: object) -> None:
            put(job)  # type: ignore[arg-type]
            done.set()

        service.store.put_job = told  # type: ignore[method-assign]
        service.poller.start()
        assert done.wait(20)
        found = service.store.job(job.id)
    assert found.status is Status.COMPLETED
    assert [url.rpartition("/")[2] for url in found.output_urls] == ["Patient.ndjson"]
    assert found.status_url == job.status_url


def test_the_server_is_left_alone_until_it_wants_to_be_asked(manual_emulator: Emulator, tmp_path: Path) -> None:
    application = manual_emulator.register()
    with service_of(application, tmp_path) as service:
        connect_application(service)
        job = service.initiate_bulk_export("conn_123", resource_types=["Patient"])
        manual_emulator.advance(1)
        for _ in range(5):
            assert service.check_bulk_export_status(job.id).status is Status.IN_PROGRESS
    polls = [entry for entry in manual_emulator.journal(application) if "/bulkstatus/" in entry["path"]]
    assert len(polls) == 1


def test_files_of_every_page_of_the_manifest_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = {"transactionTime": "2024-01-01T00:00:00Z", "requiresAccessToken": True, "error": []}
    pages = {
        "/status": {"output": [{"type": "Patient", "url": f"{BASE}/1"}], "link": _next("more")},
        "/more": {"output": [{"type": "Patient", "url": f"{BASE}/2"}], "link": _next("last")},
        "/last": {"output": [{"type": "Observation", "url": f"{BASE}/3"}]},
    }
    late = {"/last"}

    def answer(request: requests.PreparedRequest) -> Answer:
        page = f"/{(request.url or '').rpartition('/')[2]}"
        if page in late:
            late.remove(page)
            return 202, {"Retry-After": "2"}, b""
        return 200, {}, json.dumps(manifest | pages[page]).encode()

    client = client_for(answer)
    begun = "2024-01-01T00:00:00Z"
    job = BulkExportJob("job_1", "conn_1", Status.IN_PROGRESS, f"{BASE}/status", begun, {}, next_poll=0)
    configuration = Configuration(fhir_endpoint=BASE, client_id="x")
    with AthenaHealthEnhancedService(tmp_path, configuration, clock=client.clock) as service:
        monkeypatch.setattr(service.connections, "client", lambda _: client)
        service.store.put_job(job)
        found = service.check_bulk_export_status("job_1")
    assert (found.status, found.output_urls) == (Status.COMPLETED, (f"{BASE}/1", f"{BASE}/2", f"{BASE}/3"))


def _next(page: str) -> list[dict[str, str]]:
    return [{"relation": "next", "url": f"{BASE}/{page}"}]


def test_the_guides_names_and_pythons_are_the_same(service_names: AthenaHealthEnhancedService) -> None:
    one = service_names.initiate_bulk_export(
        "conn_123", {"exportType": "Patient", "resourceTypes": ["Patient"], "since": "2024-01-01"}
    )
    other = service_names.initiate_bulk_export(
        "conn_123", export_type="Patient", resource_types=("Patient",), since="2024-01-01"
    )
    assert one.request == other.request
    assert one.request["since"] == "2024-01-01T00:00:00Z"
