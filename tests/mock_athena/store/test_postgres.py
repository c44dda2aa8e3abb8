"""PostgreSQL answers what SQLite answers: the same resources in the same order, for every shape of statement."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from mock_athena.errors import DataError
from mock_athena.store import ResourceStore, Snapshot
from mock_athena.store.criteria import HasId, HasToken, InCompartment, Selection, Token
from mock_athena.store.files import empty, open_temporary
from mock_athena.store.history import History
from mock_athena.store.postgres.filling import open_postgres
from mock_athena.store.postgres.spelling import spelled
from tests.mock_athena.search.conftest import run
from tests.mock_athena.store.conftest import NOW, observation, patient
from tests.postgres_server import EMPTY, PostgresServer

# What no compression makes short enough for an index.
LONG = "".join(sha256(str(n).encode()).hexdigest() for n in range(600))

SEARCHES = [
    "Patient?_id=p1,p2",
    "Patient?name=an&_sort=-family,given",
    "Patient?name:contains=sen",
    "Patient?family:exact=Ångström",
    f"Patient?name={LONG[:3000]}",
    "Patient?gender:not=female",
    "Patient?birthdate=ge1980&_sort=birthdate",
    "Patient?identifier=urn:x|",
    "Patient?_has:Observation:patient:code=1-1",
    "Patient?birthdate:missing=true",
    "Observation?patient=p1",
    "Observation?patient=p1,p2&category=vital-signs&date=ge2021",
    "Observation?code=http://loinc.org|1-1,http://loinc.org|2-2",
    "Observation?code=http://loinc.org|",
    "Observation?patient.name=anna&_sort=-date",
    "Observation?value-quantity=gt5&_sort=value-quantity",
    "Observation?code:text=pul&_sort=-code",
    "Observation?code-value-quantity=1-1$gt6",
    "Observation?status:not=final&patient=p1",
    "Observation?subject=Patient/p1,Group/g1",
    "Observation?_lastUpdated=ge2024&_count=3",
    f"Observation?patient={','.join(f'p{n}' for n in range(40))}&code=1-1",
]


def family() -> Iterator[dict[str, Any]]:
    yield patient("p1", name=[{"family": "Jensen", "given": ["Anna"]}], gender="female", birthDate="1980-01-02")
    yield patient("p2", name=[{"family": "Ångström", "given": ["Hans"]}], gender="male", birthDate="1979-05-01")
    yield patient("p3", name=[{"family": "Zanders"}], identifier=[{"system": "urn:x", "value": "7\0"}])
    yield patient("p4", name=[{"text": LONG, "family": "Long"}, {"text": LONG[:-1] + "!"}])
    yield {"resourceType": "Group", "id": "g1", "type": "person", "actual": True}
    for n in range(24):
        quantity = {"value": n % 9, "unit": "mg"} if n % 3 else None
        more: dict[str, Any] = {"valueQuantity": quantity} if quantity else {}
        text = "Puls" if n % 2 else "Ümlaut"
        code = {"coding": [{"system": "http://loinc.org", "code": f"{n % 3}-{n % 3}"}], "text": text}
        category = [{"coding": [{"code": "vital-signs"}]}]
        one = observation(f"o{n}", f"p{n % 3 + 1}", f"202{n % 5}-01-01", category=category, **more)
        yield one | {"code": code, "status": "final" if n % 4 else "amended"}


@pytest.fixture(scope="module")
def two(postgres: PostgresServer) -> Iterator[tuple[ResourceStore, ResourceStore]]:
    """SQLite and PostgreSQL, with the same commits."""
    stores = open_temporary(), postgres.store()
    for store in stores:
        store.load(family(), NOW)
        store.put(patient("p2", name=[{"family": "Hansen"}]), NOW)
        store.delete("Observation", "o5", NOW)
        store.put(observation("o5", "p1", "2023-01-01", "1-1"), NOW)
        store.delete("Observation", "o7", NOW)
    yield stores
    for store in stores:
        store.close()


def test_every_shape_of_search(two: tuple[ResourceStore, ResourceStore]) -> None:
    for text in SEARCHES:
        sqlite, postgres = (run(store, text) for store in two)
        assert [row.body for row in postgres.rows] == [row.body for row in sqlite.rows], text
        assert (postgres.total, postgres.next) == (sqlite.total, sqlite.next), text
    assert sum(run(two[1], text).total or 0 for text in SEARCHES) > 100


def test_histories_and_what_was_deleted(two: tuple[ResourceStore, ResourceStore]) -> None:
    code = HasToken("code", (Token(None, "0-0"),))
    asked = (
        History("Observation", "o5"),
        History("Patient"),
        History("Observation", criteria=(InCompartment(("p1",)), code)),
    )
    for history in asked:
        sqlite, postgres = (store.snapshot().events(history, 50) for store in two)
        assert postgres == sqlite
        assert len(sqlite) == two[1].snapshot().count_events(history) > 1
    sqlite_gone, postgres_gone = (store.snapshot().deletions("Observation", 0, 2**60) for store in two)
    assert postgres_gone == sqlite_gone != []


def test_lines_of_a_file_and_an_earlier_snapshot(two: tuple[ResourceStore, ResourceStore]) -> None:
    def told(snapshot: Snapshot, *criteria: Any) -> list[Any]:
        selection = Selection("Observation", criteria)
        blocks = list(snapshot.blocks(selection))
        return [blocks, [snapshot.lines(block) for block in blocks], snapshot.parts(selection, 5)]

    for seq in (1, 2, two[0].snapshot().seq):
        for criteria in (
            (),
            (HasId(()),),
            (InCompartment(()),),
            (HasId(("o1", "o5", "o7")),),
            (InCompartment(("p1",)),),
        ):
            sqlite, postgres = (told(store.snapshot(seq), *criteria) for store in two)
            assert postgres == sqlite


def test_a_database_of_another_version_or_content_is_refused(postgres: PostgresServer) -> None:
    store = postgres.store("changed")
    store.close()
    with pytest.raises(DataError, match="was filled with nothing, and this node was asked for something"):
        open_postgres(postgres.url, "changed", "something", empty)
    postgres.run("UPDATE changed.meta SET value = '2-old' WHERE name = 'schema'")
    with pytest.raises(DataError, match="made for layout 2-old"):
        open_postgres(postgres.url, "changed", EMPTY, empty)


def test_what_cannot_be_filled_leaves_nothing(postgres: PostgresServer) -> None:
    def fails(path: Any) -> None:
        empty(path)
        raise DataError("no data")

    with pytest.raises(DataError, match="no data"):
        open_postgres(postgres.url, "half", EMPTY, fails)
    postgres.store("half").close()


def test_a_statement_is_translated_by_its_phrases() -> None:
    text = "SELECT d.vk FROM version AS d NOT INDEXED WHERE d.vk = ? AND d.id IN (SELECT value FROM json_each(:v2))"
    told = spelled(text)
    assert told.text == (
        "SELECT d.vk FROM version AS d WHERE d.vk = %s AND d.id IN "
        "(SELECT value FROM jsonb_array_elements_text(%(v2)s::jsonb) AS value)"
    )
