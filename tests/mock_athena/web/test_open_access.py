import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import ADA


def test_without_a_token_everything_is_let_do(make_athena: MakeAthena) -> None:
    athena = make_athena(open_access=True, limits="off", clock="manual")
    assert athena.send("GET", f"/fhir/r4/Patient/{ADA}").status_code == 200
    assert athena.send("GET", "/fhir/r4/Observation?_count=1").get_json()["entry"]
    job = athena.send("GET", "/fhir/r4/Patient/$export", headers={"Prefer": "respond-async"})
    assert job.status_code == 202
    athena.clock.advance(3600 * 10**9)
    manifest = athena.send("GET", job.headers["Content-Location"].removeprefix("http://localhost"))
    for file in manifest.get_json()["output"]:
        lines = athena.send("GET", file["url"].removeprefix("http://localhost")).text.splitlines()
        assert len(lines) == file["count"]
    assert {entry.client_id for entry in athena.journal()} == {"open-access"}


def test_those_without_a_token_share_a_quota(make_athena: MakeAthena) -> None:
    athena = make_athena(open_access=True)
    found = [athena.send("GET", f"/fhir/r4/Patient/{ADA}").status_code for _ in range(17)]
    assert found == [200] * 16 + [429]


def test_a_token_that_is_sent_is_still_checked(make_athena: MakeAthena) -> None:
    athena = make_athena(open_access=True)
    assert athena.send("GET", f"/fhir/r4/Patient/{ADA}", "nonsense").status_code == 401
    narrow = athena.token("system/Observation.rs")
    assert athena.send("GET", f"/fhir/r4/Patient/{ADA}", narrow).status_code == 403


@pytest.mark.parametrize("query", ["?access_token=x"])
def test_a_token_in_the_url_is_still_refused(make_athena: MakeAthena, query: str) -> None:
    athena = make_athena(open_access=True)
    assert athena.send("GET", f"/fhir/r4/Patient/{ADA}{query}").status_code == 401


def test_otherwise_nobody_unknown_gets_in(make_athena: MakeAthena) -> None:
    assert make_athena().send("GET", f"/fhir/r4/Patient/{ADA}").status_code == 401
