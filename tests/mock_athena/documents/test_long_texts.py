"""Texts of any length and in any letters fit onto the pages: cells are cut, running text goes on."""

import pytest

from tests.mock_athena.documents import samples
from tests.mock_athena.documents.samples import LABORATORY_REPORT, pdf_of, text_of

LONG = ("W" * 20_000, "word " * 4_000, "\n" * 20_000 + "end", "…" * 20_000, "⑽" * 20_000, "\ud800\x00" * 5_000)


@pytest.mark.parametrize("long", LONG, ids=range(len(LONG)))
def test_a_long_text_in_any_cell_of_a_table_is_cut(long: str) -> None:
    quantity = {"value": long, "unit": long}
    found = {"interpretation": [{"coding": [{"code": long}]}], "referenceRange": [{"text": long}]}
    result = samples.resource("Observation", "l1", code={"text": long}, valueQuantity=quantity, **found)
    text = text_of(pdf_of(LABORATORY_REPORT, result))
    assert "Platelets" in text
    assert "Page 1 of 1" in text


@pytest.mark.parametrize("long", LONG, ids=range(len(LONG)))
def test_a_long_text_above_the_table_is_cut(long: str) -> None:
    odd = {"status": long, "code": {"text": long}, "category": [{"text": long}], "issued": long, "conclusion": ""}
    text = text_of(pdf_of(LABORATORY_REPORT | odd | {"performer": [{"display": long}]}))
    assert "Platelets" in text
    assert len(text) < 4_000


def test_where_a_text_was_cut_there_are_dots() -> None:
    long = samples.resource("Observation", "l1", code={"text": "x"}, valueString="word " * 4_000)
    short = samples.resource("Observation", "l1", code={"text": "x"}, valueString="word " * 20)
    assert "..." in text_of(pdf_of(LABORATORY_REPORT, long))
    assert "..." not in text_of(pdf_of(LABORATORY_REPORT, short))


def test_a_long_conclusion_goes_on_over_the_pages() -> None:
    assert "Page 2 of" in text_of(pdf_of(LABORATORY_REPORT | {"conclusion": "All is well. " * 500}))


def test_a_table_goes_on_with_its_heading_and_the_patient_on_every_page() -> None:
    many = LABORATORY_REPORT | {"result": [{"reference": "Observation/l1"}] * 80}
    pages = text_of(pdf_of(many)).split("Synthetic data of an invented patient")[:-1]
    assert len(pages) > 1
    assert all("Reference range" in page and "Quispe" in page for page in pages[:-1])


def test_letters_that_the_fonts_lack_are_transliterated() -> None:
    patient = samples.PEOPLE[0] | {"name": [{"text": "王小明 Żółć ≥ β"}]}
    text = text_of(pdf_of(LABORATORY_REPORT, patient))
    assert "??? Zólc >= beta" in text
