"""The document of a laboratory's report: letterhead, patient, times, table with flags, conclusion."""

import pytest

from tests.mock_athena.documents.samples import LABORATORY_REPORT, pdf_of, text_of


@pytest.mark.parametrize(
    "said",
    [
        *("Springfield Medical Group", "200 Mill Street, Suite 3, Springfield, MA 01103", "LABORATORY REPORT"),
        *("Lucía Marisol Quispe Okonkwo", "1980-04-02 (43 y)", "Female", "14 Alder Lane"),
        *("2024-01-15 10:12 -05:00", "2024-01-15 19:00 UTC", "Final", "Venous blood specimen"),
        *("Amara Okafor, MD", "Lakeside Laboratory", "Complete blood count (hemogram) panel"),
        *("Leukocytes", "11.80", "10*3/uL", "4.5 - 11.0", "Flags: H high, LL critically low"),
        "Hemoglobin: Critical value, called to the ordering clinician and read back.",
        "Leukocytes high; Hemoglobin critically low - repeat in two weeks.",
        *("Synthetic data of an invented patient. Not for clinical use.", "Page 1 of 1"),
    ],
)
def test_it_says(said: str) -> None:
    assert said in text_of(pdf_of(LABORATORY_REPORT))


def test_it_is_the_same_bytes_every_time() -> None:
    assert pdf_of(LABORATORY_REPORT) == pdf_of(LABORATORY_REPORT)


def test_results_without_conclusion_have_no_heading_for_it() -> None:
    assert "Conclusion" not in text_of(pdf_of(LABORATORY_REPORT | {"conclusion": ""}))
