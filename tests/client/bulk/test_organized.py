"""An export organised by patient, over a manifest of several pages: files of many types, named by nobody."""

import json
from pathlib import Path
from typing import Any

import requests

from athena_fhir_client.bulk import BulkExport, ExportRequest, Options
from athena_fhir_client.mirror import Mirror
from athena_fhir_client.mirror.apply import apply_export
from tests.client.answering import BASE, Answer, client_for

FILES: dict[str, list[dict[str, Any]]] = {
    "ada": [{"resourceType": "Patient", "id": "1"}, {"resourceType": "Observation", "id": "1"}],
    "bo": [{"resourceType": "Patient", "id": "2"}, {"resourceType": "Condition", "id": "1"}],
}


def _page(file: str, following: str = "") -> bytes:
    told = {
        "transactionTime": "2024-01-01T00:00:00Z",
        "requiresAccessToken": False,
        "outputOrganizedBy": "Patient",
        "output": [{"url": f"{BASE}/{file}", "count": len(FILES[file])}],
        "error": [],
        "link": [{"relation": "next", "url": f"{BASE}/{following}"}] if following else [],
    }
    return json.dumps(told).encode()


def _served(request: requests.PreparedRequest) -> Answer:
    url = request.url or ""
    if "$export" in url:
        assert "organizeOutputBy=Patient" in url
        return 202, {"Content-Location": f"{BASE}/status"}, b""
    if request.method == "DELETE":
        return 202, {}, b""
    name = url.rpartition("/")[2]
    if name in FILES:
        lines = "".join(json.dumps(each) + "\n" for each in FILES[name])
        return 200, {"Content-Type": "application/fhir+ndjson"}, lines.encode()
    return 200, {}, _page("ada", "page-2") if name == "status" else _page("bo")


def test_it_is_fetched_whole_and_counted_by_the_types_that_came(tmp_path: Path) -> None:
    client = client_for(_served)
    report = BulkExport(client, ExportRequest(organize_by="Patient"), tmp_path, Options(workers=1)).run()
    assert report.resources == {"Patient": 2, "Observation": 1, "Condition": 1}
    assert sorted(path.name for path in tmp_path.glob("*.ndjson")) == ["resources.2.ndjson", "resources.ndjson"]
    mirror = Mirror(tmp_path / "mirror.sqlite")
    changed, _ = apply_export(mirror, report, whole=True, now=0.0)
    assert changed == 4
