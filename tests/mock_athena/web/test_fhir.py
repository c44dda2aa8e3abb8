"""Read and search over HTTP: representations, headers, POST as GET, ids, and confinement to one patient."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from mock_athena.clock import NANOSECONDS
from tests.mock_athena.web.in_process import ADA, BO, Athena, outcome

FORM = "application/x-www-form-urlencoded"


@pytest.mark.requirement("RED-001", "RED-008", "RED-009", "RED-010")
def test_a_read_is_the_resource_with_its_version_and_date(athena: Athena) -> None:
    answer = athena.get(f"/Patient/{ADA}")
    resource = answer.get_json()
    assert (answer.status_code, answer.content_type) == (200, "application/fhir+json; charset=utf-8")
    assert (resource["resourceType"], resource["id"]) == ("Patient", ADA)
    assert answer.headers["ETag"] == f'W/"{resource["meta"]["versionId"]}"'
    updated = datetime.fromisoformat(resource["meta"]["lastUpdated"]).replace(microsecond=0)
    assert parsedate_to_datetime(answer.headers["Last-Modified"]) == updated


@pytest.mark.requirement("RED-018")
def test_a_read_and_a_search_answer_the_same(athena: Athena) -> None:
    (entry,) = athena.get(f"/Patient?_id={ADA}").get_json()["entry"]
    assert entry["resource"] == athena.get(f"/Patient/{ADA}").get_json()
    assert entry["fullUrl"] == f"http://localhost/fhir/r4/Patient/{ADA}"
    assert entry["search"] == {"mode": "match"}


def test_what_was_deleted_is_gone(athena: Athena) -> None:
    store = athena.world.environments["production"].store
    store.delete("Patient", BO, athena.clock.now())
    answer = athena.get(f"/Patient/{BO}")
    assert (answer.status_code, outcome(answer)["code"]) == (410, "deleted")


def test_the_underscore_of_the_guide_finds_the_same(athena: Athena) -> None:
    for type, id in (("DiagnosticReport", "report_123"), ("CarePlan", "plan_123"), ("Encounter", "enc_123")):
        answer = athena.get(f"/{type}/{id}")
        assert (answer.status_code, answer.get_json()["id"]) == (200, id.replace("_", "-"))
    assert "Patient/no_body is not known" in outcome(athena.get("/Patient/no_body"))["diagnostics"]


@pytest.mark.parametrize("accept", ["application/fhir+xml", "text/html"])
def test_other_formats_are_not_acceptable(athena: Athena, accept: str) -> None:
    for path in ("/Patient", f"/Patient/{ADA}", "/metadata"):
        answer = athena.get(path, headers={"Accept": accept})
        assert (answer.status_code, outcome(answer)["code"]) == (406, "not-supported")


def test_format_beats_accept(athena: Athena) -> None:
    assert athena.get(f"/Patient/{ADA}?_format=json", headers={"Accept": "application/fhir+xml"}).status_code == 200
    assert athena.get(f"/Patient/{ADA}?_format=xml", headers={"Accept": "application/json"}).status_code == 406
    body = {"_format": "xml"}
    assert athena.send("POST", "/fhir/r4/Patient/_search", athena.token(), data=body).status_code == 406


def note(athena: Athena) -> str:
    """The path of a Binary."""
    found = athena.get(f"/DocumentReference?patient={ADA}&contenttype=text/html&_count=1").get_json()["entry"][0][
        "resource"
    ]
    url: str = found["content"][0]["attachment"]["url"]
    return urlsplit(url).path.removeprefix("/fhir/r4")


@pytest.mark.requirement("RED-022")
def test_a_binary_is_what_it_contains(athena: Athena) -> None:
    answer = athena.get(note(athena), headers={"Accept": "text/html"})
    assert (answer.status_code, answer.content_type) == (200, "text/html")
    assert answer.text.startswith("<html")
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert athena.get(note(athena)).data == answer.data


@pytest.mark.requirement("RED-022")
def test_a_binary_is_a_resource_when_fhir_is_asked_for(athena: Athena) -> None:
    answer = athena.get(note(athena), headers={"Accept": "application/fhir+json"})
    assert answer.content_type.startswith("application/fhir+json")
    assert answer.get_json()["contentType"] == "text/html"
    assert athena.get(note(athena) + "?_format=json").get_json() == answer.get_json()
    assert athena.get(note(athena), headers={"Accept": "application/fhir+xml"}).status_code == 406


def test_a_binary_is_read_by_id_only(athena: Athena) -> None:
    answer = athena.get("/Binary")
    assert (answer.status_code, "GET Binary/{id}" in answer.text) == (404, True)


@pytest.mark.parametrize("query", [f"patient={ADA}&category=vital-signs&_count=3", "_count=2", "", "code=8480-6&foo=1"])
def test_a_search_by_post_is_the_same_search(athena: Athena, query: str) -> None:
    by_get = athena.get(f"/Observation?{query}")
    by_post = athena.send(
        "POST", "/fhir/r4/Observation/_search", athena.token(), data=query.encode(), content_type=FORM
    )
    by_url = athena.send("POST", f"/fhir/r4/Observation/_search?{query}", athena.token())
    assert by_get.status_code == 200
    assert by_get.data == by_post.data == by_url.data


def test_a_search_by_post_merges_url_and_body(athena: Athena) -> None:
    path = f"/fhir/r4/Observation/_search?patient={ADA}"
    body = {"category": "vital-signs", "_count": "2"}
    merged = athena.send("POST", path, athena.token(), data=body).get_json()
    link = dict(parse_qsl(urlsplit(merged["link"][0]["url"]).query))
    assert link == {"patient": ADA, "category": "vital-signs", "_count": "2"}
    assert urlsplit(merged["link"][0]["url"]).path == "/fhir/r4/Observation"
    assert merged == athena.get(f"/Observation?patient={ADA}&category=vital-signs&_count=2").get_json()


@pytest.mark.requirement("ERR-013")
@pytest.mark.parametrize("type", ["application/json", "application/fhir+json", "text/plain", ""])
def test_a_search_by_post_is_a_form(athena: Athena, type: str) -> None:
    answer = athena.send(
        "POST", "/fhir/r4/Patient/_search", athena.token(), data=b"_id=1", environ={"CONTENT_TYPE": type}
    )
    assert (answer.status_code, outcome(answer)["code"]) == (415, "not-supported")
    assert FORM in answer.text


def test_pages_are_followed_to_the_end(athena: Athena) -> None:
    url, seen, total = f"/Observation?patient={ADA}&_count=7", [], 0
    for _ in range(1000):
        bundle = athena.get(url).get_json()
        seen += [entry["resource"]["id"] for entry in bundle.get("entry", [])]
        total = bundle["total"]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        athena.clock.advance(NANOSECONDS // 8)
        if "next" not in links:
            break
        url = links["next"].removeprefix("http://localhost/fhir/r4")
    assert len(seen) == len(set(seen)) == total > 14
