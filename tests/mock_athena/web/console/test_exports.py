"""The screen of bulk exports: what it shows of a job, and what its buttons do."""

import pytest

from mock_athena.clock import NANOSECONDS
from mock_athena.export.states import JobState
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.portal.visitor import Visitor

PATH = "/console/exports"
KICK_OFF = {"Prefer": "respond-async", "Accept": "application/fhir+json"}


@pytest.fixture
def job(visitor: Visitor) -> str:
    """The id of an export that a client started."""
    answer = visitor.athena.get("/Patient/$export?_type=Patient", headers=KICK_OFF)
    assert answer.status_code == 202
    return str(answer.headers["Content-Location"].rpartition("/")[2])


def state(visitor: Visitor) -> JobState:
    (job,) = visitor.athena.world.environments["production"].exports.jobs()
    return job.state


def test_without_a_job_it_says_how_to_have_one(visitor: Visitor) -> None:
    assert "No export was started" in visitor.open(PATH).text


def test_a_job_is_moved_finished_and_let_expire(visitor: Visitor, job: str) -> None:
    assert "in-progress" in visitor.open(PATH).text
    assert f"Job {job[:8]} is complete" in visitor.do("finish").text
    assert state(visitor) is JobState.COMPLETE
    assert f"Job {job[:8]} is expired" in visitor.do("expire").text
    assert state(visitor) is JobState.EXPIRED


def test_a_job_is_let_fail_and_its_owner_learns_it(visitor: Visitor, job: str) -> None:
    visitor.open(f"{PATH}/production/{job}")
    page = visitor.do("fail")
    assert "Failure" in page.text
    assert visitor.athena.get(f"/bulkstatus/{job}").status_code == 500


def test_a_job_tells_what_its_client_did_and_which_files_it_has(visitor: Visitor, job: str) -> None:
    visitor.athena.get(f"/bulkstatus/{job}")
    visitor.athena.clock.advance(10 * NANOSECONDS)
    visitor.athena.get(f"/bulkstatus/{job}")
    visitor.athena.get(f"/bulkdata/{job}/Patient.ndjson")
    page = visitor.open(f"{PATH}/production/{job}").text
    assert page.count("<td>poll</td>") == 2
    for text in ("<td>kick-off</td>", "<td>file Patient.ndjson</td>", "<td>Patient.ndjson</td>", "?_type=Patient"):
        assert text in page


@pytest.mark.parametrize(("level", "path"), [("Patient", "/Patient/$export"), ("system", "/fhir/r4/sandbox/$export")])
def test_one_is_started_as_a_client_would(visitor: Visitor, level: str, path: str) -> None:
    visitor.open(PATH)
    page = visitor.do("start", environment="sandbox", level=level, query="_type=Patient", client="mock-client")
    (job,) = visitor.athena.world.environments["sandbox"].exports.jobs()
    assert (job.client_id, job.types) == ("mock-client", ("Patient",))
    assert path in job.request
    assert f"Job {job.id[:8]} is in-progress" in page.text
    assert visitor.athena.world.limiter.standings() == []


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"query": "_type=Dragon"}, "no such resource type here: Dragon"),
        ({"level": "Group", "group": None}, "expected one of"),
        ({"level": "Group", "group": "nobody"}, "nobody"),
        ({"level": "Galaxy"}, "&#39;Galaxy&#39;: expected one of"),
        ({"environment": "moon"}, "There is no environment &#39;moon&#39;"),
        ({"client": "stranger"}, "stranger"),
    ],
)
def test_what_cannot_be_started_is_said_and_nothing_is(
    visitor: Visitor, typed: dict[str, str | None], complaint: str
) -> None:
    visitor.open(PATH)
    page = visitor.do("start", **typed)
    assert page.status_code in (400, 403, 404)
    assert complaint in page.text
    assert "Nothing was done" in page.text
    assert all(not each.exports.jobs() for each in visitor.athena.world.environments.values())


def test_a_scenario_of_exports_is_armed_and_strikes(visitor: Visitor) -> None:
    visitor.open(PATH)
    assert "export-failed is armed" in visitor.do("arm", scenario="export-failed").text
    job = visitor.athena.get("/Patient/$export?_type=Patient", headers=KICK_OFF).headers["Content-Location"]
    visitor.athena.clock.advance(60 * NANOSECONDS)
    assert visitor.athena.get(job.removeprefix("http://localhost/fhir/r4")).status_code == 500


def test_jobs_that_are_not_there(visitor: Visitor, job: str) -> None:
    for path in ("production/nothing", "moon/x", f"sandbox/{job}"):
        assert visitor.open(f"{PATH}/{path}").status_code == 404


def test_more_jobs_than_a_screen_holds(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(limits="off"))
    for _ in range(52):
        visitor.athena.get("/Patient/$export?_type=Patient", headers=KICK_OFF)
    page = visitor.open(PATH).text
    assert page.count("<article") == 50
    assert "And 2 more" in page
