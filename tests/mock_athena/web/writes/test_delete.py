"""DELETE: gone, and gone again."""

import pytest

from tests.mock_athena.web.in_process import ADA, Athena, outcome
from tests.mock_athena.web.writes.writer import Writer, issues, observation, patient


@pytest.mark.requirement("RED-006")
def test_what_is_deleted_is_gone(writer: Writer) -> None:
    id = writer.create(observation())["id"]
    answer = writer.send("DELETE", f"Observation/{id}")
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (204, b"", 'W/"2"')
    assert (writer.get(f"Observation/{id}").status_code, writer.total(f"Observation?_id={id}")) == (410, 0)


def test_deleting_again_or_what_never_was_is_no_error(writer: Writer) -> None:
    id = writer.create(observation())["id"]
    assert [writer.send("DELETE", f"Observation/{each}").status_code for each in (id, id, "never")] == [204] * 3


def test_an_outcome_tells_what_was_done(writer: Writer) -> None:
    id, headers = writer.create(observation())["id"], {"Prefer": "return=OperationOutcome"}
    told = []
    for _ in range(2):
        answer = writer.send("DELETE", f"Observation/{id}", headers=headers)
        assert answer.status_code == 200
        told.append(issues(answer)[0]["diagnostics"])
    assert "was deleted" in told[0]
    assert "nothing to delete" in told[1]


def test_a_delete_may_depend_on_the_version(writer: Writer) -> None:
    created = writer.create(patient("X"))
    writer.put(created)
    path = f"Patient/{created['id']}"
    assert writer.send("DELETE", path, headers={"If-Match": 'W/"1"'}).status_code == 412
    assert writer.send("DELETE", path, headers={"If-Match": 'W/"2"'}).status_code == 204


def test_the_right_is_asked(athena: Athena) -> None:
    answer = Writer(athena, "system/*.cru").send("DELETE", f"Patient/{ADA}")
    assert (answer.status_code, "system/Patient.d" in outcome(answer)["diagnostics"]) == (403, True)
