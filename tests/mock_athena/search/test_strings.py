"""String parameters: https://hl7.org/fhir/R4/search.html#string."""

import pytest

from mock_athena.store import ResourceStore
from tests.mock_athena.search.conftest import LOADED, found, resource


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("family=muller", "u"),
        ("family=MÜLLER", "u"),
        ("family=mu", "u"),
        ("family=ller", ""),
        ("family:contains=LLER", "u"),
        ("family:contains=zz,eal", "o"),
        ("family:exact=Müller", "u"),
        ("family:exact=Muller", ""),
        ("family:exact=müller", ""),
        ("family:exact=O'Neal\\, Jr", "o"),
        ("family=o'neal\\, j", "o"),
        ("name=dr", "o"),
        ("name=anna", "u"),
        ("name=anna&name=müll", "u"),
        ("name=anna&name=x", ""),
        ("given=anna,zoe", "o u"),
        ("family=van  der", "v"),
        ("family=100%", "v2"),
        ("family=_", ""),
        ("family=mu&gender=female", "u"),
        ("family=mu&gender=male", ""),
        ("family=mu&_id=u", "u"),
    ],
)
def test_texts(store: ResourceStore, text: str, ids: str) -> None:
    people = [
        resource("Patient", "u", name=[{"family": "Müller", "given": ["Anna"]}], gender="female"),
        resource("Patient", "o", name=[{"family": "O'Neal, Jr", "given": ["Zoë"], "prefix": ["Dr"]}]),
        resource("Patient", "v", name=[{"family": "van der Berg"}]),
        resource("Patient", "v2", name=[{"family": "100% sure"}]),
    ]
    store.load(people, LOADED)
    assert found(store, f"Patient?{text}") == sorted(ids.split())
