"""History of a resource and of a type: https://hl7.org/fhir/R4/http.html#history."""

from datetime import datetime
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from mock_athena.clock import NANOSECONDS
from tests.mock_athena.web.in_process import ADA, BO, Athena, outcome
from tests.mock_athena.web.rest.conftest import Past

BASE = "http://localhost/fhir/r4"


def versions(bundle: dict[str, Any]) -> list[str]:
    """``id/version`` of each entry, with a minus for a deletion."""
    return [
        f"{entry['fullUrl'].rpartition('/')[2]}/{'' if 'resource' in entry else '-'}{entry['response']['etag'][3:-1]}"
        for entry in bundle.get("entry", ())
    ]


def everything(athena: Athena, path: str, token: str | None = None) -> list[str]:
    """The versions of all pages; each must have the same total."""
    found, totals, url = [], set(), path
    while url:
        athena.clock.advance(NANOSECONDS // 8)
        bundle = athena.get(url, token).get_json()
        found += versions(bundle)
        totals.add(bundle["total"])
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        url = links.get("next", "").removeprefix(BASE)
    assert totals == {len(found)}
    return found


@pytest.mark.requirement("RED-016")
def test_a_resource_tells_how_it_came_about(athena: Athena, moved: str) -> None:
    answer = athena.get(f"/Condition/{moved}/_history")
    assert (answer.status_code, answer.content_type) == (200, "application/fhir+json; charset=utf-8")
    bundle = answer.get_json()
    Bundle.model_validate(bundle)
    assert (bundle["type"], bundle["total"]) == ("history", 4)
    assert bundle["link"] == [{"relation": "self", "url": f"{BASE}/Condition/{moved}/_history"}]
    assert versions(bundle) == ["moved/-4", "moved/3", "moved/2", "moved/1"]
    told = [(e["request"]["method"], e["request"]["url"], e["response"]["status"]) for e in bundle["entry"]]
    own = f"Condition/{moved}"
    assert told == [("DELETE", own, "204"), ("PUT", own, "200"), ("PUT", own, "200"), ("POST", "Condition", "201")]
    for entry in bundle["entry"][1:]:
        assert entry["resource"]["meta"]["lastUpdated"] == entry["response"]["lastModified"]


def test_what_was_created_again_says_so(athena: Athena, moved: str, past: Past) -> None:
    past.condition(moved, ADA, "again")
    (first, *_) = athena.get(f"/Condition/{moved}/_history").get_json()["entry"]
    assert (first["request"]["method"], first["response"]["status"]) == ("PUT", "201")


@pytest.mark.parametrize("path", ["/Condition/moved/_history", "/Condition/_history"])
def test_pages_show_one_state_while_others_write(athena: Athena, moved: str, past: Past, path: str) -> None:
    whole = everything(athena, path + "?_count=1000")
    url, found = f"{path}?_count=3", []
    while url:
        past.condition("later", ADA, "while somebody reads")
        athena.clock.advance(NANOSECONDS)
        bundle = athena.get(url).get_json()
        found += versions(bundle)
        url = {link["relation"]: link["url"] for link in bundle["link"]}.get("next", "").removeprefix(BASE)
    extra = [] if moved in path else ["later/1"]
    assert [version for version in found if version not in extra] == whole


def test_a_type_has_all_versions_newest_first(athena: Athena, moved: str) -> None:
    bundle = athena.get("/Condition/_history?_count=1000").get_json()
    Bundle.model_validate(bundle)
    assert versions(bundle)[:4] == ["moved/-4", "moved/3", "moved/2", "moved/1"]
    times = [datetime.fromisoformat(entry["response"]["lastModified"]) for entry in bundle["entry"]]
    assert times == sorted(times, reverse=True)
    current = athena.get("/Condition?_count=0").get_json()["total"]
    assert bundle["total"] == current + 4
    assert all(entry["fullUrl"].startswith(f"{BASE}/Condition/") for entry in bundle["entry"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("_since={1}", ["-4", "3", "2"]),
        ("_since={3}", ["-4"]),
        ("_since=2999", []),
        ("_at={1}", ["2"]),
        ("_at={3}", ["-4"]),
        ("_at=2999", []),
        ("_at={0}&_since={1}", []),
        ("_since={1}&_count=0", []),
        ("_since={0}&_summary=count", []),
    ],
)
def test_a_time_narrows(athena: Athena, past: Past, moved: str, query: str, expected: list[str]) -> None:
    bundle = athena.get(f"/Condition/{moved}/_history?_count=9").get_json()
    times = [entry["response"]["lastModified"] for entry in reversed(bundle["entry"])]
    narrowed = athena.get(f"/Condition/{moved}/_history?{query.format(*times)}").get_json()
    assert versions(narrowed) == [f"moved/{version}" for version in expected]
    counted_only = "_count=0" in query or "=count" in query
    assert narrowed["total"] == (len(expected) if not counted_only else 3 if "_count=0" in query else 4)


def test_a_day_at_which_several_versions_were_current_has_them_all(athena: Athena, moved: str) -> None:
    newest = athena.get(f"/Condition/{moved}/_history").get_json()["entry"][0]["response"]["lastModified"]
    assert len(athena.get(f"/Condition/{moved}/_history?_at={newest[:10]}").get_json()["entry"]) == 4


def test_a_patient_sees_the_versions_that_were_of_that_patient(athena: Athena, moved: str) -> None:
    for who, expected in ((ADA, ["-4", "3", "1"]), (BO, ["2"])):
        token = athena.token("patient/*.read", patient=who)
        own = [f"moved/{version}" for version in expected]
        assert everything(athena, f"/Condition/{moved}/_history?_count=2", token) == own
        assert [v for v in everything(athena, "/Condition/_history?_count=50", token) if v.startswith("moved/")] == own


def test_a_type_shows_a_patient_nothing_of_others(athena: Athena, moved: str) -> None:
    token = athena.token("patient/*.read", patient=ADA)
    bundle = athena.get("/Condition/_history?_count=1000", token).get_json()
    subjects = {entry["resource"]["subject"]["reference"] for entry in bundle["entry"] if "resource" in entry}
    assert subjects == {f"Patient/{ADA}"}
    groups = athena.get("/Group/_history", token).get_json()
    assert (groups["total"], "entry" in groups) == (0, False)
    assert athena.get("/Practitioner/_history", token).get_json()["total"] > 0


def test_what_is_not_there_and_what_is_hidden_answer_alike(athena: Athena, past: Past) -> None:
    past.condition("bos", BO, "hidden")
    token = athena.token("patient/*.read", patient=ADA)
    hidden, missing = (athena.get(f"/Condition/{id}/_history", token) for id in ("bos", "nobody"))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.data.replace(b"bos", b"nobody") == missing.data
    group = athena.get("/Group?_count=1").get_json()["entry"][0]["resource"]["id"]
    assert athena.get(f"/Group/{group}/_history", token).status_code == 404


def test_a_time_without_versions_is_an_empty_history(athena: Athena) -> None:
    answer = athena.get(f"/Patient/{ADA}/_history?_since=2999")
    assert (answer.status_code, answer.get_json()["total"]) == (200, 0)


@pytest.mark.parametrize(
    ("path", "scope", "status"),
    [
        (f"/Patient/{ADA}/_history", "system/Patient.r", 200),
        (f"/Patient/{ADA}/_history", "system/Patient.s", 403),
        ("/Patient/_history", "system/Patient.s", 200),
        ("/Patient/_history", "system/Patient.r", 403),
        ("/Condition/_history", "system/Patient.rs", 403),
    ],
)
def test_a_resource_needs_r_and_a_type_s(athena: Athena, path: str, scope: str, status: int) -> None:
    assert athena.get(path, athena.token(scope)).status_code == status


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("_since=soon", "_since"),
        ("_at=2024-13", "_at"),
        ("_count=-1", "_count"),
        ("_count=x", "_count"),
        ("_count=1&_count=2", "_count"),
        ("_since=2024&_since=2025", "_since"),
        ("cursor=x", "cursor"),
        ("_summary=maybe", "_summary"),
    ],
)
def test_a_wrong_value_is_named(athena: Athena, query: str, named: str) -> None:
    for path in (f"/Patient/{ADA}/_history", "/Patient/_history"):
        answer = athena.get(f"{path}?{query}")
        assert (answer.status_code, outcome(answer)["expression"]) == (400, [named])


def test_the_next_page_is_written_like_the_first(athena: Athena, moved: str) -> None:
    headers = {"Accept": "application/fhir+xml"}
    first = athena.get(f"/Condition/{moved}/_history?_count=3&_format=json&_pretty=true", headers=headers).get_json()
    following = first["link"][1]["url"].removeprefix(BASE)
    answer = athena.get(following, headers=headers)
    assert (answer.status_code, b'\n  "resourceType"' in answer.data) == (200, True)
    assert versions(athena.get(following.replace("_pretty=true", "_pretty=false"), headers=headers).get_json()) == [
        "moved/1"
    ]


def test_a_cursor_is_of_one_history(athena: Athena, moved: str) -> None:
    first = athena.get("/Condition/_history?_count=1").get_json()
    cursor = first["link"][1]["url"].rpartition("cursor=")[2]
    assert athena.get(f"/Patient/_history?_count=1&cursor={cursor}").status_code == 400
    assert athena.get(f"/Condition/{moved}/_history?_count=1&cursor={cursor}").status_code == 400
    assert athena.get(f"/Condition/_history?_count=1&cursor={cursor}").status_code == 200
    athena.world.reset()
    assert athena.get(f"/Condition/_history?_count=1&cursor={cursor}").status_code == 410


def test_an_unknown_parameter_is_ignored_or_refused(athena: Athena) -> None:
    path = f"/Patient/{ADA}/_history?color=red"
    bundle = athena.get(path).get_json()
    assert "color" not in bundle["link"][0]["url"]
    strict = athena.get(path, headers={"Prefer": "handling=strict"})
    assert (strict.status_code, outcome(strict)["expression"]) == (400, ["color"])


def test_versions_can_be_had_in_part(athena: Athena, moved: str) -> None:
    bundle = athena.get(f"/Condition/{moved}/_history?_elements=code").get_json()
    assert all("subject" in entry["resource"] and "code" in entry["resource"] for entry in bundle["entry"][1:])
    assert bundle["entry"][1]["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED"


def test_a_binary_has_a_history_of_its_own_but_not_as_a_type(athena: Athena, past: Past) -> None:
    past.put("Binary", "b", contentType="text/plain", data="SGVsbG8=")
    assert athena.get("/Binary/b/_history").get_json()["total"] == 1
    answer = athena.get("/Binary/_history")
    assert (answer.status_code, "Binary/{id}/_history" in answer.text) == (404, True)
