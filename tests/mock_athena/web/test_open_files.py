"""Files that need no token: the URL in the manifest is the secret."""

from urllib.parse import urlsplit

import pytest

from tests.mock_athena.web.in_process import Athena, outcome


@pytest.fixture
def url(make_athena: object) -> tuple[Athena, str]:
    athena: Athena = make_athena(export_open_files=True)  # type: ignore[operator]
    accepted = athena.get("/Patient/$export?_type=Patient", headers={"Prefer": "respond-async"})
    athena.clock.advance(2_000_000_000)
    told = athena.get(urlsplit(accepted.headers["Content-Location"]).path.removeprefix("/fhir/r4")).get_json()
    assert told["requiresAccessToken"] is False
    return athena, urlsplit(told["output"][0]["url"]).path


@pytest.mark.requirement("BFI-004")
def test_no_token_is_needed_and_one_that_is_sent_is_not_looked_at(url: tuple[Athena, str]) -> None:
    athena, path = url
    answer = athena.send("GET", path)
    assert answer.status_code == 200
    assert athena.send("GET", path, "no token of ours").data == answer.data
    assert athena.send("GET", path, headers={"Range": "bytes=0-9"}).data == answer.data[:10]
    assert "X-RateLimit-Remaining" in answer.headers


def test_the_secret_is_not_the_id_of_the_job(url: tuple[Athena, str]) -> None:
    athena, path = url
    *_, job, key, name = path.split("/")
    assert job != key
    assert len(key) == 32
    for other in (f"{path[: -len(name)]}Observation.ndjson", path.replace(key, job), path.replace(key, "ü")):
        assert athena.send("GET", other).status_code == 404
    assert athena.send("GET", f"/fhir/r4/bulkdata/{job}/{name}").status_code == 401
    assert athena.get(f"/bulkdata/{job}/{name}").status_code == 200  # its owner may show a token as well


def test_it_ends_with_its_job(url: tuple[Athena, str]) -> None:
    athena, path = url
    athena.clock.advance(24 * 3600 * 1_000_000_000)
    answer = athena.send("GET", path)
    assert answer.status_code == 410
    assert "expired" in outcome(answer)["diagnostics"]


@pytest.mark.requirement("BFI-003")
def test_where_tokens_are_needed_there_is_no_such_url(athena: Athena) -> None:
    accepted = athena.get("/Patient/$export?_type=Patient", headers={"Prefer": "respond-async"})
    job = accepted.headers["Content-Location"].rpartition("/")[2]
    athena.clock.advance(2_000_000_000)
    assert athena.send("GET", f"/fhir/r4/bulkdata/open/{job}//Patient.ndjson").status_code == 404
    assert athena.send("GET", f"/fhir/r4/bulkdata/open/{job}/{job}/Patient.ndjson").status_code == 404
