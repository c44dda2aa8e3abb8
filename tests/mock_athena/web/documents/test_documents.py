"""A report's document: who gets it, and what stands in it."""

import io
from collections.abc import Callable

from pypdf import PdfReader
from werkzeug.test import TestResponse

from mock_athena.clock import ManualClock
from mock_athena.store import ResourceStore

Send = Callable[..., TestResponse]


def text_of(answer: TestResponse) -> str:
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return "\n".join(page.extract_text() for page in pages)


def test_a_report_is_a_pdf_shown_inline(send: Send) -> None:
    answer = send("/documents/report-123.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="report-123.pdf"'
    assert answer.data.startswith(b"%PDF-")


def test_the_guides_spelling_of_an_id_finds_it(send: Send) -> None:
    assert send("/documents/report_123.pdf").data == send("/documents/report-123.pdf").data


def test_it_says_what_the_report_and_its_results_say(send: Send) -> None:
    text = text_of(send("/documents/report-123.pdf"))
    for said in (
        *("Lakeside Laboratory", "Complete blood count", "Lucía Quispe", "1980-04-02", "Final"),
        *("2024-01-15 10:30 -05:00", "2024-01-16 08:00 UTC", "Page 1 of 1"),
        *("White blood cells", ">11.8", "10*3/uL", "4.5 - 11.0", "H"),
        *("Blood pressure: Systolic", "121", "mmHg", "Smear", "unremarkable"),
        "White cells slightly raised - repeat in two weeks.",
    ):
        assert said in text


def test_a_long_report_goes_on_with_numbered_pages(send: Send, store: ResourceStore, clock: ManualClock) -> None:
    many = [{"reference": "Observation/o1"}] * 80
    store.put({"resourceType": "DiagnosticReport", "id": "report-123", "result": many}, clock.now())
    reader = PdfReader(io.BytesIO(send("/documents/report-123.pdf").data))
    numbers = [f"Page {n} of {len(reader.pages)}" for n in range(1, len(reader.pages) + 1)]
    assert len(numbers) > 1
    assert [number in page.extract_text() for number, page in zip(numbers, reader.pages, strict=True)] == [True] * len(
        numbers
    )


def test_a_report_that_says_next_to_nothing_still_has_a_document(
    send: Send, store: ResourceStore, clock: ManualClock
) -> None:
    store.put({"resourceType": "DiagnosticReport", "id": "bare"}, clock.now())
    assert "Diagnostic report" in text_of(send("/documents/bare.pdf"))


def test_it_is_the_same_bytes_whenever_it_is_asked_for(send: Send, clock: ManualClock) -> None:
    first = send("/documents/report-123.pdf").data
    clock.advance(10**15)
    assert send("/documents/report-123.pdf").data == first


def test_head_has_the_length_and_no_body(send: Send) -> None:
    whole, head = send("/documents/report-123.pdf"), send("/documents/report-123.pdf", "HEAD")
    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(whole.data))


def test_it_needs_the_scope_to_read_reports(send: Send) -> None:
    assert send("/documents/report-123.pdf", scope="system/Patient.rs").status_code == 403
    assert send("/documents/report-123.pdf", scope="system/DiagnosticReport.s").status_code == 403


def test_another_patients_document_looks_unknown(send: Send) -> None:
    assert send("/documents/report-123.pdf", scope="patient/*.rs", patient="p9").status_code == 200
    hidden = send("/documents/report-123.pdf", scope="patient/*.rs", patient="p1")
    unknown = send("/documents/report-124.pdf", scope="patient/*.rs", patient="p1")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text == unknown.text.replace("124", "123")
    assert "out of reach" in hidden.headers["X-Reason"]


def test_the_document_of_a_deleted_report_is_gone(send: Send, store: ResourceStore, clock: ManualClock) -> None:
    store.delete("DiagnosticReport", "report-123", clock.now())
    assert send("/documents/report-123.pdf").status_code == 410
    confined = send("/documents/report-123.pdf", scope="patient/*.rs", patient="p1")
    assert confined.status_code == 404
