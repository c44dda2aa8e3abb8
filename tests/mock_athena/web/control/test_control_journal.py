"""The journal by request: as NDJSON, and as it comes."""

import json
from contextlib import nullcontext
from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena


def test_it_is_exported_as_ndjson(athena: Athena) -> None:
    for _ in range(3):
        athena.get("/Patient")
    athena.get("/Patient/nobody")
    told = athena.control("GET", "journal").get_json()["entries"]
    for answer in (
        athena.control("GET", "journal.ndjson"),
        athena.send("GET", "/_mock/journal", headers={"Accept": "application/x-ndjson"}),
    ):
        assert answer.content_type == "application/x-ndjson"
        assert [json.loads(line) for line in answer.text.splitlines()] == told
    narrowed = athena.control("GET", "journal.ndjson?status=404").text
    assert [json.loads(line)["status"] for line in narrowed.splitlines()] == [404]
    assert athena.control("GET", "journal.ndjson?colour=red").status_code == 400


def test_an_entry_tells_requirement_fault_and_wait(athena: Athena) -> None:
    athena.fill()
    athena.get("/Patient")
    athena.control("POST", "faults", {"kind": "wrong-content-type"})
    athena.get("/Patient")
    athena.send("GET", "/fhir/r4/Patient")
    entries = athena.control("GET", "journal?limit=3").get_json()["entries"]
    told = [(each["requirement"], each["faults"], each["wait"]) for each in entries]
    assert told == [
        ("C2", [], 2.0), ("C2", ["wrong-content-type"], 2.0), ("F1", ["wrong-content-type"], 0.0),
    ]  # fmt: skip
    counters = athena.control("GET", "journal").get_json()["counters"]
    assert counters["fault.wrong-content-type"] == 2
    assert [each["seq"] for each in athena.control("GET", "journal?requirement=F1").get_json()["entries"]] == [19]
    assert len(athena.control("GET", "journal?fault=wrong-*").get_json()["entries"]) == 2


def test_it_can_be_followed(athena: Athena) -> None:
    athena.get("/Patient")
    athena.get("/Patient/nobody")
    answer = athena.send("GET", "/_mock/journal/stream?status=404", headers={"Last-Event-ID": "0"}, buffered=False)
    assert (answer.status_code, answer.content_type) == (200, "text/event-stream")
    chunks = answer.iter_encoded()
    assert next(chunks) == b": following\n\n"
    event = next(chunks).decode()
    assert event.startswith("id: 2\ndata: {")
    assert event.endswith("}\n\n")
    assert json.loads(event.partition("data: ")[2])["path"] == "/fhir/r4/Patient/nobody"
    answer.close()
    assert athena.world.journal._followers == 0


def test_a_head_request_follows_nothing_and_holds_no_thread(athena: Athena) -> None:
    held: list[str] = []

    def hold() -> Any:
        held.append("held")
        return nullcontext()

    answer = athena.send("HEAD", "/_mock/journal/stream", environ={"mock_athena.held": hold})
    assert (answer.status_code, answer.content_type, answer.data, held) == (200, "text/event-stream", b"", [])


@pytest.mark.parametrize(("query", "last"), [("colour=red", ""), ("status=x", ""), ("", "yesterday")])
def test_what_cannot_be_followed_is_refused(athena: Athena, query: str, last: str) -> None:
    answer: Any = athena.send("GET", f"/_mock/journal/stream?{query}", headers={"Last-Event-ID": last} if last else {})
    assert (answer.status_code, "error" in answer.get_json()) == (400, True)
