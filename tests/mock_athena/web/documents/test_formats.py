"""Which documents there are, of which types, and what is said where there is none."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from mock_athena.clock import ManualClock
from mock_athena.store import ResourceStore

Send = Callable[..., TestResponse]
SUBJECT = {"reference": "Patient/p9"}


@pytest.fixture(autouse=True)
def more(store: ResourceStore, clock: ManualClock) -> None:
    """A document of every type, below one id each, and an id that two types share."""
    for type, id in (
        ("DocumentReference", "note-1"),
        ("CarePlan", "plan-1"),
        ("CarePlan", "both"),
        ("DocumentReference", "both"),
    ):
        store.put({"resourceType": type, "id": id, "subject": SUBJECT}, clock.now())
    chest = {"resourceType": "DiagnosticReport", "id": "a-1.chest-1", "subject": SUBJECT}
    store.put(chest | {"code": {"text": "XR Chest 2 Views"}}, clock.now())


@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("note-1.pdf", "application/pdf"),
        ("note_1.pdf", "application/pdf"),
        ("plan-1.pdf", "application/pdf"),
        ("a-1.chest-1.pdf", "application/pdf"),
        ("a-1.chest-1.png", "image/png"),
        ("note-1.html", "text/html; charset=utf-8"),
    ],
)
def test_there_is(send: Send, name: str, type: str) -> None:
    answer, head = send(f"/documents/{name}"), send(f"/documents/{name}", "HEAD")
    assert (answer.status_code, answer.content_type) == (200, type)
    assert answer.headers["Content-Disposition"] == f'inline; filename="{name.replace("_", "-")}"'
    assert answer.headers["Content-Length"] == str(len(answer.data))
    for header in ("Content-Length", "ETag", "Content-Type"):
        assert head.headers[header] == answer.headers[header]
    assert head.data == b""


def test_what_has_not_changed_is_not_sent_again(send: Send, store: ResourceStore, clock: ManualClock) -> None:
    known = {"If-None-Match": send("/documents/note-1.pdf").headers["ETag"]}
    again = send("/documents/note-1.pdf", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    store.put({"resourceType": "DocumentReference", "id": "note-1", "description": "changed"}, clock.now())
    assert send("/documents/note-1.pdf", headers=known).status_code == 200


def test_a_format_that_a_resource_lacks_is_answered_with_those_that_it_has(send: Send) -> None:
    answer = send("/documents/report-123.png")
    assert answer.status_code == 404
    said = answer.get_json()["issue"][0]["details"]["text"]
    assert said == (
        "DiagnosticReport/report-123 has no document report-123.png; it has report-123.pdf and report-123.html"
    )


@pytest.mark.parametrize("name", ["report-123", "report-123.xml", ".pdf", "a-1.chest-1", "report-123.pdf.gz"])
def test_what_is_no_name_of_a_document_is_answered_with_what_would_be(send: Send, name: str) -> None:
    answer = send(f"/documents/{name}")
    assert (answer.status_code, "{id}.pdf" in answer.text) == (404, True)


def test_each_type_needs_its_own_scope(send: Send) -> None:
    assert send("/documents/plan-1.pdf", scope="system/CarePlan.rs").status_code == 200
    refused = send("/documents/plan-1.pdf", scope="system/DocumentReference.rs")
    assert (refused.status_code, "covers no DiagnosticReport, CarePlan" in refused.text) == (404, True)


def test_an_id_of_several_types_is_the_first_that_may_be_read(send: Send) -> None:
    assert send("/documents/both.pdf").data != send("/documents/both.pdf", scope="system/CarePlan.rs").data


def test_html_cannot_act_in_our_name(send: Send) -> None:
    answer = send("/documents/note-1.html")
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
