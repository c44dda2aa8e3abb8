"""What is asked for, as a GET and as a POST; and what can never work."""

from typing import Any

import pytest
import requests

from athena_fhir_client.bulk import ExportRequest
from athena_fhir_client.bulk.http import Exchange
from tests.client.bulk.scripted import Hurried

EVERYTHING = ExportRequest(
    types=("Patient", "Observation"),
    since="2024-01-01T00:00:00Z",
    until="2025-01-01T00:00:00+01:00",
    type_filters=("Observation?category=laboratory", "Observation?category=vital-signs"),
    elements=("id", "Patient.name"),
    associated=("LatestProvenanceResources",),
    organize_by="Patient",
    partial_manifests=True,
    lenient=True,
)


def test_a_get_has_them_in_its_query() -> None:
    assert EVERYTHING.method == "GET"
    assert EVERYTHING.pairs() == [
        ("_outputFormat", "application/fhir+ndjson"),
        ("_since", "2024-01-01T00:00:00Z"),
        ("_until", "2025-01-01T00:00:00+01:00"),
        ("organizeOutputBy", "Patient"),
        ("allowPartialManifests", "true"),
        ("_type", "Patient,Observation"),
        ("_elements", "id,Patient.name"),
        ("includeAssociatedData", "LatestProvenanceResources"),
        ("_typeFilter", "Observation?category=laboratory"),
        ("_typeFilter", "Observation?category=vital-signs"),
    ]
    assert EVERYTHING.prefer == "respond-async, handling=lenient"


def test_patients_make_it_a_post_with_parameters() -> None:
    asked = ExportRequest("Group", "g.1", patients=("a", "b"), since="2024-01-01T00:00:00Z")
    assert (asked.method, asked.path) == ("POST", "Group/g.1/$export")
    assert asked.parameters()["parameter"] == [
        {"name": "_outputFormat", "valueString": "application/fhir+ndjson"},
        {"name": "_since", "valueInstant": "2024-01-01T00:00:00Z"},
        {"name": "patient", "valueReference": {"reference": "Patient/a"}},
        {"name": "patient", "valueReference": {"reference": "Patient/b"}},
    ]


def test_it_survives_a_state_file() -> None:
    assert ExportRequest.from_json(EVERYTHING.as_json()) == EVERYTHING


@pytest.mark.parametrize(("level", "path"), [("system", "$export"), ("Patient", "Patient/$export")])
def test_levels_have_their_paths(level: str, path: str) -> None:
    assert ExportRequest(level).path == path  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"level": "Practice"}, "expected one of system, Patient, Group"),
        ({"level": "Group"}, "needs the id of a group"),
        ({"group": "g"}, "only that one takes it"),
        ({"since": "2024-01-01"}, "expected an instant with seconds and offset"),
        ({"types": ("patient",)}, "expected names of resource types"),
    ],
)
def test_what_can_never_work_is_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ExportRequest(**wrong)  # type: ignore[arg-type]


class Kept:
    """A client that keeps what it was asked, and accepts it."""

    base_url = "http://h/fhir"
    clock = Hurried()

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        self.asked = (method, path, options)
        answer = requests.Response()
        answer.status_code, answer.url = 202, "http://h/fhir/$export"
        answer.headers["Content-Location"] = "/fhir/bulkstatus/1"
        return answer


@pytest.mark.requirement("BKO-057")
@pytest.mark.parametrize("asked", [ExportRequest(), ExportRequest(post=True)])
def test_a_kick_off_says_what_it_is(asked: ExportRequest) -> None:
    client: Any = Kept()
    assert Exchange(client).kick_off(asked) == "http://h/fhir/bulkstatus/1"
    method, path, options = client.asked
    assert (method, path) == (asked.method, "Patient/$export")
    assert options["headers"] == {"Accept": "application/fhir+json", "Prefer": "respond-async"}
    assert options["repeatable"] is False
