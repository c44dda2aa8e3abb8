"""Whatever the data: the files together are exactly what was selected, each resource once."""

import json
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_athena.auth.caller import Caller
from mock_athena.clock import ManualClock
from mock_athena.export import ExportService, KickOff
from mock_athena.export.files import Bases
from tests.stores import new_store

PATIENTS = ("p1", "p2", "p3")
OWNERS = st.lists(
    st.tuples(st.sampled_from(["Observation", "Condition"]), st.sampled_from((*PATIENTS, "")), st.booleans())
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=OWNERS, members=st.sets(st.sampled_from(PATIENTS)))
def test_files_are_the_selection(
    clock: ManualClock, caller: Callable[..., Caller], rows: list[tuple[str, str, bool]], members: set[str]
) -> None:
    store = new_store()
    expected = set()
    for number, (type, owner, deleted) in enumerate(rows):
        resource = {"resourceType": type, "id": str(number)}
        store.put({**resource, "subject": {"reference": f"Patient/{owner}"}} if owner else resource, clock.now())
        if deleted:
            store.delete(type, str(number), clock.now())
        elif owner in members:
            expected.add((type, str(number)))
    entities = [{"entity": {"reference": f"Patient/{id}"}} for id in sorted(members)]
    store.put({"resourceType": "Group", "id": "g", "member": entities}, clock.now())
    service = ExportService(store, clock, 0)
    job = service.kick_off(KickOff("Group", "g"), caller(), "http://test/")
    lines = []
    for planned in service.plan(job):
        file = service.file(job.id, planned.name, caller())
        text = service.contents.text(file, Bases("", ""))
        lines += [json.loads(line) for line in b"".join(text.chunks()).splitlines()]
    store.close()
    assert sorted((line["resourceType"], line["id"]) for line in lines) == sorted(expected)
