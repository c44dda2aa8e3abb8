"""Who may kick off, poll and delete."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena

ASYNC = {"Prefer": "respond-async"}


@pytest.mark.requirement("BKO-010", "BST-005", "BDE-006")
def test_every_step_needs_a_token(make_athena: Any) -> None:
    athena: Athena = make_athena(export_duration="instant")
    url = athena.get("/Patient/$export", headers=ASYNC).headers["Content-Location"]
    file = athena.send("GET", url, athena.token()).json["output"][0]["url"]  # type: ignore[index]
    for method, path in (("GET", "/fhir/r4/Patient/$export"), ("GET", url), ("GET", file), ("DELETE", url)):
        for token in (None, "made.up.token"):
            answer = athena.send(method, path, token, headers=ASYNC)
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.requirement("BKO-013")
def test_without_accept_it_is_taken_as_fhir_json(make_athena: Any) -> None:
    athena: Athena = make_athena(export_duration="instant")
    assert athena.get("/$export", headers=ASYNC).content_type.startswith("application/fhir+json")


@pytest.mark.requirement("BST-010")
def test_a_poll_that_fails_while_the_job_does_not_says_that_it_is_transient(make_athena: Any) -> None:
    athena: Athena = make_athena(export_duration=600, clock="manual")
    url = athena.get("/$export", headers=ASYNC).headers["Content-Location"]
    athena.control("POST", "faults", {"kind": "status", "with": {"status": 503}, "times": 1})
    failed = athena.send("GET", url, athena.token())
    assert failed.status_code == 503
    assert failed.json["issue"][0]["code"] == "transient"  # type: ignore[index]
    assert athena.send("GET", url, athena.token()).status_code == 202


def test_in_the_athena_profile_an_impatient_client_is_told_so(make_athena: Any) -> None:
    athena: Athena = make_athena(profile="athena", export_duration=600, clock="manual", poll_interval="")
    scope = "system/Group.rs system/Patient.rs"
    path = "/Group/a-1.C-500001/$export?_type=Patient"
    url = athena.get(path, athena.token(scope), headers=ASYNC).headers["Content-Location"]
    assert athena.send("GET", url, athena.token(scope)).status_code == 202
    refused = athena.send("GET", url, athena.token(scope))
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")


def test_one_at_a_time_is_a_setting(make_athena: Any) -> None:
    athena: Athena = make_athena(export_duration=600, clock="manual", exports_at_once=1)
    assert athena.get("/$export", headers=ASYNC).status_code == 202
    refused = athena.get("/$export", headers=ASYNC)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "120")
    assert refused.json["issue"][0]["code"] == "throttled"  # type: ignore[index]
