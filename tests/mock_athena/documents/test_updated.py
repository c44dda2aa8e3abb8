"""The date of a document is that of its resource's last change, however exactly that was written."""

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from tests.mock_athena.documents.samples import pdf_of


@pytest.mark.parametrize(
    ("updated", "expected"),
    [
        ("2024-01-15T10:00:00.123Z", datetime(2024, 1, 15, 10, tzinfo=UTC)),
        ("2024-01-15T10:00:00-05:00", datetime(2024, 1, 15, 15, tzinfo=UTC)),
        ("2024-01", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-01-15T10:59:60Z", datetime(2024, 1, 15, 11, tzinfo=UTC)),
        ("9999-12-31T23:59:60-14:00", datetime(9999, 12, 31, tzinfo=UTC)),
        ("yesterday", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_any_instant_is_a_date(updated: str, expected: datetime) -> None:
    file = pdf_of({"resourceType": "DiagnosticReport", "id": "r", "meta": {"lastUpdated": updated}})
    information = PdfReader(io.BytesIO(file)).metadata
    assert information is not None
    assert information.creation_date == expected
