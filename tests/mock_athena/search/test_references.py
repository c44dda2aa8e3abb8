"""Reference parameters: https://hl7.org/fhir/R4/search.html#reference."""

import pytest

from mock_athena.store import ResourceStore
from tests.mock_athena.search.conftest import BASE, LOADED, found, observation

ELSEWHERE = "http://elsewhere.example/fhir"


@pytest.fixture(autouse=True)
def _loaded(store: ResourceStore) -> None:
    store.load(
        [
            observation("mine", "p", encounter={"reference": "Encounter/enc-1"}),
            observation("yours", "q", encounter={"reference": "Encounter/enc-2"}),
            observation("group", subject={"reference": "Group/p"}),
            observation("foreign", subject={"reference": f"{ELSEWHERE}/Patient/p"}),
            observation("urn", subject={"reference": "urn:uuid:11111111-1111-4111-8111-111111111111"}),
        ],
        LOADED,
    )


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("patient=p", "mine"),
        ("patient=Patient/p", "mine"),
        (f"patient={BASE}/Patient/p", "mine"),
        ("patient=Patient/p/_history/1", "mine"),
        (f"patient={ELSEWHERE}/Patient/p", "foreign"),
        (f"patient={ELSEWHERE}/Patient/q", ""),
        ("patient=https://127.0.0.1:8080/fhir/r4/Patient/p", ""),
        ("patient=nobody", ""),
        ("patient=p,q", "mine yours"),
        ("patient=p,Patient/q,nobody", "mine yours"),
        (f"patient=q,{ELSEWHERE}/Patient/p", "foreign yours"),
        ("patient=p&patient=q", ""),
        ("patient:Patient=p", "mine"),
        ("subject=p", "group mine"),
        ("subject=Patient/p", "mine"),
        ("subject=Group/p", "group"),
        ("subject=Patient/p,Group/p", "group mine"),
        ("subject:Patient=p", "mine"),
        ("subject:Group=p", "group"),
        ("subject=RelatedPerson/p", ""),
        ("subject=urn:uuid:11111111-1111-4111-8111-111111111111", "urn"),
        ("encounter=enc-1", "mine"),
        ("encounter=Encounter/enc-1,enc-2", "mine yours"),
        ("encounter=enc_1", "mine"),
        (f"encounter={BASE}/Encounter/enc_1", "mine"),
        ("encounter=enc-1&patient=q", ""),
        ("encounter=enc-1&status=final&subject=Patient/p", "mine"),
    ],
)
def test_every_form_of_a_reference(store: ResourceStore, text: str, ids: str) -> None:
    assert found(store, f"Observation?{text}") == ids.split()


def test_targets_that_are_patients_are_told_from_what_merely_is_in_the_compartment(store: ResourceStore) -> None:
    given = [("direct", "Patient/p"), ("through", "Observation/mine")]
    store.load(
        [{"resourceType": "Provenance", "id": id, "target": [{"reference": target}]} for id, target in given], LOADED
    )
    assert found(store, "Provenance?patient=p") == ["direct", "through"]
    assert found(store, "Provenance?target=Patient/p") == ["direct"]
    assert found(store, "Provenance?target=Observation/mine") == ["through"]
