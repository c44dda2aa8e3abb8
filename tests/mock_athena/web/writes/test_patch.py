"""PATCH with a JSON Patch; the operations themselves are tested where they are."""

import pytest

from tests.mock_athena.web.in_process import Athena, outcome
from tests.mock_athena.web.writes.writer import JSON_PATCH, Body, Writer, observation, paths


def replace(path: str, value: object) -> list[Body]:
    return [{"op": "replace", "path": path, "value": value}]


@pytest.fixture
def path(writer: Writer) -> str:
    return f"Observation/{writer.create(observation())['id']}"


def test_a_patch_is_a_new_version(writer: Writer, path: str) -> None:
    answer = writer.send("PATCH", path, replace("/status", "amended"), type=JSON_PATCH)
    assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"2"')
    assert writer.get(path).get_json()["status"] == "amended"


def test_what_it_makes_must_be_valid(writer: Writer, path: str) -> None:
    answer = writer.send("PATCH", path, replace("/status", "done"), type=JSON_PATCH)
    assert (answer.status_code, paths(answer)) == (422, {"Observation.status": "code-invalid"})
    assert writer.get(path).headers["ETag"] == 'W/"1"'


@pytest.mark.parametrize(("element", "value"), [("/id", "other"), ("/resourceType", "Patient")])
def test_it_does_not_make_another_resource(writer: Writer, path: str, element: str, value: str) -> None:
    assert writer.send("PATCH", path, replace(element, value), type=JSON_PATCH).status_code == 400


def test_an_operation_that_cannot_be_applied_undoes_all(writer: Writer, path: str) -> None:
    operations = [*replace("/status", "amended"), {"op": "test", "path": "/code/text", "value": "x"}]
    answer = writer.send("PATCH", path, operations, type=JSON_PATCH)
    assert (answer.status_code, "operation 1" in outcome(answer)["diagnostics"]) == (422, True)
    assert writer.get(path).get_json()["status"] == "final"


def test_it_may_depend_on_the_version(writer: Writer, path: str) -> None:
    operations = replace("/status", "amended")
    assert writer.send("PATCH", path, operations, {"If-Match": 'W/"2"'}, JSON_PATCH).status_code == 412
    assert writer.send("PATCH", path, operations, {"If-Match": 'W/"1"'}, JSON_PATCH).status_code == 200


@pytest.mark.requirement("ERR-013")
def test_other_patches_are_not_read(writer: Writer, path: str) -> None:
    assert writer.send("PATCH", path, {"resourceType": "Parameters"}).status_code == 415


def test_what_is_not_there_cannot_be_patched(writer: Writer) -> None:
    assert writer.send("PATCH", "Patient/nobody", replace("/active", True), type=JSON_PATCH).status_code == 404


def test_the_right_is_asked(athena: Athena, path: str) -> None:
    reader = Writer(athena, "system/*.crds")
    assert reader.send("PATCH", path, replace("/status", "amended"), type=JSON_PATCH).status_code == 403
