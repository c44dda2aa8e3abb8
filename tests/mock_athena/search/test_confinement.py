"""Whoever is confined to one patient never sees another's data, whatever is asked."""

import pytest

from mock_athena.store import ResourceStore
from tests.mock_athena.search.conftest import BASE, LOADED, concept, found, observation, pages, resource, run


@pytest.fixture(autouse=True)
def _loaded(store: ResourceStore) -> None:
    store.load(
        [
            resource("Patient", "p", name=[{"family": "Same"}]),
            resource("Patient", "q", name=[{"family": "Same"}]),
            *(observation(f"{of}{n}", of, code=concept(("", "1"))) for of in "pq" for n in range(3)),
            observation("loose", subject={"reference": "Location/l"}, code=concept(("", "1"))),
            resource("Practitioner", "d", name=[{"family": "Same"}]),
            resource("Group", "g", member=[{"entity": {"reference": "Patient/p"}}]),
        ],
        LOADED,
    )


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Patient", "p"),
        ("Patient?family=same", "p"),
        ("Patient?_id=q", ""),
        ("Patient?_id=p,q", "p"),
        ("Observation", "p0 p1 p2"),
        ("Observation?code=1", "p0 p1 p2"),
        ("Observation?patient=p&code=1", "p0 p1 p2"),
        ("Observation?patient=q", ""),
        ("Observation?patient=q,p", "p0 p1 p2"),
        (f"Observation?patient={BASE}/Patient/q", ""),
        ("Observation?subject=Patient/q", ""),
        ("Observation?subject=q", ""),
        ("Observation?subject=Location/l", ""),
        ("Observation?_id=q0,p0,loose", "p0"),
        ("Observation?_lastUpdated=ge2000", "p0 p1 p2"),
        ("Practitioner?family=same", "d"),
        ("Group", ""),
        ("Group?_id=g", ""),
        ("Group?member=Patient/p", ""),
    ],
)
def test_only_the_own_data_and_what_is_nobodys_are_found(store: ResourceStore, text: str, ids: str) -> None:
    assert found(store, text, patient="p") == ids.split()


def test_an_unknown_parameter_that_is_ignored_opens_nothing(store: ResourceStore) -> None:
    assert found(store, "Observation?patient.name=same&frob=q", patient="p", strict=False) == ["p0", "p1", "p2"]


def test_nor_does_the_cursor_of_somebody_else(store: ResourceStore) -> None:
    theirs = next(pages(store, "Observation?code=1", 1, patient="q"))
    assert theirs.next is not None
    seen = run(store, f"Observation?code=1&_count=1&cursor={theirs.next}", patient="nobody").rows
    assert seen == []


def test_somebody_who_is_not_confined_sees_groups(store: ResourceStore) -> None:
    assert found(store, "Group?member=Patient/p") == ["g"]
