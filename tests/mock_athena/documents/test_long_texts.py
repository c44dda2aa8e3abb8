"""Texts of any length fit onto the pages: cells are cut, the conclusion goes on."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from mock_athena.documents.report_pdf import report_pdf
from mock_athena.documents.report_text import report_text

LONG = ("W" * 20_000, "word " * 4_000, "\n" * 20_000 + "end", "…" * 20_000, "⑽" * 20_000, "\ud800\x00" * 5_000)


def document(report: dict[str, Any], observation: dict[str, Any]) -> str:
    shown = {"id": "r", "result": [{"reference": "Observation/o"}], **report}
    text = report_text(shown, lambda *_: observation, "Practice 1")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(report_pdf(text))).pages)


@pytest.mark.parametrize("long", LONG, ids=range(len(LONG)))
def test_a_long_text_in_any_cell_of_the_table_is_cut(long: str) -> None:
    quantity = {"value": long, "unit": long}
    found = {"interpretation": [{"coding": [{"code": long}]}], "referenceRange": [{"text": long}]}
    text = document({}, {"code": {"text": long}, "valueQuantity": quantity, **found})
    assert "of 1" in text
    assert len(text) < 2_000


def test_where_a_text_was_cut_there_are_dots() -> None:
    assert "..." in document({}, {"code": {"text": "x"}, "valueString": "word " * 4_000})
    assert "..." not in document({}, {"code": {"text": "x"}, "valueString": "word " * 20})


@pytest.mark.parametrize("long", LONG, ids=range(len(LONG)))
def test_a_long_text_above_the_table_is_cut(long: str) -> None:
    person = {"status": long, "code": {"text": long}, "category": [{"text": long}], "issued": long}
    text = document({**person, "performer": [{"display": long}]}, {"code": {"text": "White cells"}})
    assert "White cells" in text
    assert len(text) < 2_000


def test_a_long_conclusion_goes_on_over_the_pages() -> None:
    assert "Page 2 of" in document({"conclusion": "All is well. " * 500}, {})
