"""The guide's workflow: initiate, poll every 30 seconds, process. Half an hour of it takes milliseconds."""

import json
from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena

EVERY = 30


@pytest.mark.requirement("BST-001", "BST-002", "BST-003", "BST-018")
def test_half_an_hour_of_polling_every_30_seconds(make_athena: Any) -> None:
    athena: Athena = make_athena(start="2026-01-01T00:00:00Z", export_duration=1790)
    types = "Patient,Observation,Condition,DiagnosticReport,CarePlan,Encounter"
    initiated = athena.get(
        f"/Patient/$export?_type={types}&_since=2024-01-01T00:00:00Z", headers={"Prefer": "respond-async"}
    )
    assert initiated.status_code == 202
    url = initiated.headers["Content-Location"]

    progress, polls = [], 0
    while (status := athena.send("GET", url, athena.token())).status_code == 202:
        progress.append(int(status.headers["X-Progress"].partition("%")[0]))
        assert int(status.headers["Retry-After"]) <= 120
        athena.control("POST", "clock", {"advance": EVERY})
        polls += 1
    assert (polls, progress[0], progress[-1]) == (60, 0, 98)
    assert progress == [30 * poll * 100 // 1790 for poll in range(60)]

    assert status.status_code == 200
    manifest: Any = status.json
    processed = {}
    for item in manifest["output"]:
        # By now the first token is older than half an hour, and its client has another.
        renewed = athena.token("system/*.rs")
        lines = athena.send("GET", item["url"], renewed).data.splitlines()
        processed[item["type"]] = [json.loads(line)["resourceType"] for line in lines]
        assert len(lines) == item["count"]
    assert set(processed) == set(types.split(","))
    assert athena.send("DELETE", url, athena.token()).status_code == 202
