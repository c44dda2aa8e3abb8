"""--writable and its default: what is answered where nothing may be written."""

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import ADA, Athena, outcome
from tests.mock_athena.web.writes.writer import JSON_PATCH, Writer, entry, observation, patient


@pytest.fixture
def reader(make_athena: MakeAthena) -> Writer:
    return Writer(make_athena(limits="off", writable=False))


@pytest.mark.requirement("RED-025", "ERR-011", "ERR-014")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "Patient"),
        ("PUT", f"Patient/{ADA}"),
        ("PATCH", f"Patient/{ADA}"),
        ("DELETE", f"Patient/{ADA}"),
        ("PUT", "Patient?identifier=x"),
        ("DELETE", "Patient?identifier=x"),
        ("POST", "Appointment/$book"),
    ],
)
def test_a_write_is_told_how_to_allow_it(reader: Writer, method: str, path: str) -> None:
    answer = reader.send(
        method, path, patient("X", id=ADA), type=JSON_PATCH if method == "PATCH" else "application/fhir+json"
    )
    assert (answer.status_code, outcome(answer)["code"]) == (405, "not-supported")
    assert "--writable" in outcome(answer)["diagnostics"]
    allowed = set(answer.headers["Allow"].split(", "))
    assert allowed == ({"OPTIONS"} if "$" in path else {"GET", "HEAD", "OPTIONS"})


def test_options_do_not_offer_it(reader: Writer) -> None:
    assert set(reader.send("OPTIONS", f"Patient/{ADA}").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_bundle_may_still_read(reader: Writer) -> None:
    answer = reader.bundle("batch", entry("GET", f"Patient/{ADA}"), entry("POST", "Observation", observation()))
    assert [each["response"]["status"][:3] for each in answer.get_json()["entry"]] == ["200", "405"]


def test_the_capability_statement_does_not_offer_it(reader: Writer) -> None:
    (rest,) = reader.get("metadata").get_json()["rest"]
    codes = {each["code"] for row in rest["resource"] for each in row["interaction"]}
    assert not codes & {"create", "update", "patch", "delete"}


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"profile": "athena"}, 405),
        ({"profile": "athena", "writable": True}, 201),
        ({"profile": "mission"}, 201),
        ({"profile": "mission", "writable": False}, 405),
    ],
)
def test_the_profile_decides_unless_it_was_said(
    make_athena: MakeAthena, options: dict[str, object], status: int
) -> None:
    athena: Athena = make_athena(limits="off", **options)
    assert Writer(athena, "system/Patient.cruds").send("POST", "Patient", patient("X")).status_code == status
