"""Files and documents are reached by a DocumentReference or DiagnosticReport that the token may see."""

import pytest

from tests.mock_athena.web.in_process import ADA, BO, Athena
from tests.mock_athena.web.scopes.conftest import Asking

NOTE = "category=http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category|clinical-note"


@pytest.fixture
def note(athena: Athena) -> tuple[str, str]:
    """The ids of a note and of the Binary with its text."""
    found = athena.get(f"/DocumentReference?patient={ADA}&{NOTE}&_count=1").get_json()["entry"][0]["resource"]
    return found["id"], found["content"][0]["attachment"]["url"].rpartition("/")[2]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("patient/*.rs", 200),
        ("patient/*.r", 200),
        ("patient/Binary.r patient/DocumentReference.rs", 200),
        ("patient/Binary.r patient/DocumentReference.s", 200),
        (f"patient/Binary.r patient/DocumentReference.r?{NOTE}", 200),
        ("patient/Binary.r patient/DocumentReference.r?category=other", 404),
        ("patient/Binary.r patient/DiagnosticReport.rs", 404),
        ("patient/Binary.r", 404),
        ("patient/DocumentReference.rs", 403),
        ("system/Binary.r", 200),
        ("system/*.rs", 200),
        ("system/Binary.r system/DocumentReference.rs?category=other", 404),
        (f"system/Binary.r system/DocumentReference.rs?{NOTE}", 200),
    ],
)
def test_a_binary_is_seen_with_its_document(athena: Athena, note: tuple[str, str], scope: str, expected: int) -> None:
    asking = Asking(athena, scope, ADA if scope.startswith("patient") else None)
    for path in (f"Binary/{note[1]}", f"Binary/{note[1]}/_history", f"Binary/{note[1]}/_history/1"):
        answer = asking.get(path, headers={"Accept": "application/fhir+json"})
        assert answer.status_code == expected, path
    if expected == 404:
        unknown = asking.get("Binary/nothing", headers={"Accept": "application/fhir+json"})
        hidden = asking.get(f"Binary/{note[1]}", headers={"Accept": "application/fhir+json"})
        assert hidden.text == unknown.text.replace("nothing", note[1])


def test_nor_is_one_of_another_patient(athena: Athena, note: tuple[str, str]) -> None:
    assert Asking(athena, "patient/*.rs", BO).get(f"Binary/{note[1]}").status_code == 404


@pytest.mark.parametrize(
    ("scope", "expected"),
    [(f"system/DocumentReference.rs?{NOTE}", 200), ("system/DocumentReference.r?category=x", 404)],
)
def test_a_rendered_document_is_seen_with_what_it_is_of(
    athena: Athena, note: tuple[str, str], scope: str, expected: int
) -> None:
    asking = Asking(athena, scope)
    assert asking.send("GET", f"{note[0]}.html", base="/documents").status_code == expected


def test_the_documents_of_a_patient_are_those_that_the_token_may_see(athena: Athena) -> None:
    path = f"DocumentReference/$docref?patient={ADA}&start=1900-01-01"
    seen = Asking(athena, f"system/DocumentReference.rs?{NOTE}").get(path).get_json()["total"]
    assert Asking(athena, "system/DocumentReference.rs?category=x").get(path).get_json()["total"] == 0
    assert 0 < seen <= Asking(athena, "system/DocumentReference.rs").get(path).get_json()["total"]
