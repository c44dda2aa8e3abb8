"""Whatever a patient's token asks, the answer is what it would be if there were no other patient.

One emulator holds two patients. A request of Ada's token that names Bo, or something of Bo's, is sent beside the same
request that names what does not exist: status, header fields and body must be the same, and nothing of Bo may be said.
"""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_athena.clock import NANOSECONDS
from mock_athena.fhir.registry import RESOURCE_TYPES
from tests.mock_athena.web.in_process import ADA, BO, Athena
from tests.mock_athena.web.scopes.conftest import LAB, Asking
from tests.mock_athena.web.writes.writer import JSON_PATCH, observation

SCOPES = ("patient/*.cruds", f"patient/*.cruds patient/Observation.rs?{LAB}", "user/*.cruds", "patient/*.rs user/*.rs")
SEARCHABLE = sorted(name for name, kind in RESOURCE_TYPES.items() if kind.searchable)
OF_PATIENTS = sorted(name for name, kind in RESOURCE_TYPES.items() if kind.patient and kind.searchable)
POINTING = [(kind.name, each.code) for kind in RESOURCE_TYPES.values() if kind.searchable for each in kind.references]
FHIR = "application/fhir+json"
_VARIABLE = ("X-Request-Id", "Server-Timing", "X-Mock-Decided-At", "Date")


def written(method: str, type: str, id: str) -> tuple[str, str, dict[str, Any]]:
    patch = [{"op": "add", "path": "/language", "value": "en"}]
    body = patch if method == "PATCH" else observation(ADA, id=id) | {"resourceType": type}
    sent = {"json": body, "content_type": JSON_PATCH if method == "PATCH" else FHIR}
    return method, f"{type}/{id}", sent


def batch(*urls: str) -> tuple[str, str, dict[str, Any]]:
    entries = [{"request": {"method": "GET", "url": url}} for url in urls]
    body = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    return "POST", "", {"json": body, "content_type": FHIR}


def requests(type: str, id: str, patient: str, pointing: tuple[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """What can be asked about a resource of a type and its patient."""
    pointer, param = pointing
    get = [
        f"{type}/{id}",
        f"{type}/{id}/_history",
        f"{type}/{id}/_history/1",
        f"{type}?_id={id}",
        f"{type}?_id={id}&_summary=count",
        f"{type}?_id={id}&_revinclude=Provenance:target&_include={pointer}:{param}",
        f"{pointer}?{param}={type}/{id}&_count=5",
        f"{pointer}?{param}:{type}={id}&_total=accurate",
        f"{pointer}?{param}:{type}._id={id}&_count=5",
        f"Patient?_has:Observation:patient:_id={id}",
        f"Patient?_has:Observation:subject:performer={type}/{id}",
        f"Observation?subject=Patient/{patient}&_count=5",
        f"Observation?patient._id={patient}&_count=5",
        f"Patient/{patient}",
        f"Patient/{patient}/$everything",
        f"Patient/{patient}/Observation",
        f"Group?member=Patient/{patient}",
        f"DocumentReference/$docref?patient={patient}",
        f"Provenance?target={type}/{id}&_include=*",
    ]
    return [
        *(("GET", url, {}) for url in get),
        ("POST", f"{type}/_search", {"data": {"_id": id}}),
        batch(f"{type}/{id}", f"{type}?_id={id}", f"Patient/{patient}"),
        ("DELETE", f"{type}/{id}", {}),
        ("DELETE", f"{type}?_id={id}", {}),
        *(written(method, type, id) for method in ("PUT", "PATCH")),
        ("POST", "Observation", {"json": observation(patient), "content_type": FHIR}),
        (
            "POST",
            "Observation",
            {"json": observation(ADA, derivedFrom=[{"reference": f"{type}/{id}"}]), "content_type": FHIR},
        ),
    ]


@pytest.fixture(scope="package")
def theirs(shared: Athena) -> dict[str, str]:
    """For each type the id of something of Bo's."""
    system = Asking(shared, "system/*.rs")
    first = {
        type: system.get(f"{type}?{'_id' if type == 'Patient' else 'patient'}={BO}&_count=1") for type in OF_PATIENTS
    }
    found = {type: answer.get_json().get("entry", ()) for type, answer in first.items()}
    return {type: entries[0]["resource"]["id"] for type, entries in found.items() if entries}


@pytest.mark.requirement("SMA-075", "SRC-061")
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_it_is_as_if_there_were_nobody_else(shared: Athena, theirs: dict[str, str], data: st.DataObject) -> None:
    type = data.draw(st.sampled_from(sorted(theirs)), "type")
    pointing = data.draw(st.sampled_from(POINTING), "pointing")
    scope = data.draw(st.sampled_from(SCOPES), "scope")
    signed_in = {"user": f"Patient/{ADA}", "patients": (ADA,)} if "user/" in scope else {}
    ada = Asking(shared, scope, ADA, **signed_in)
    id, none = theirs[type], "a-500001.none-1"
    nobody = none if type != "Patient" else "a-500001.E-999"
    for real, unreal in zip(
        requests(type, id, BO, pointing), requests(type, nobody, "a-500001.E-999", pointing), strict=True
    ):
        before = answered(ada, *unreal)
        after = answered(ada, *real)
        assert after[0] == before[0], (real[:2], after, before)
        assert same(after[1], id, BO) == same(before[1], nobody, "a-500001.E-999"), real[:2]
    for environment in shared.world.environments.values():
        environment.store.rewind()


@pytest.mark.requirement("SMA-075")
@pytest.mark.parametrize("type", SEARCHABLE)
def test_nothing_that_is_found_tells_of_another(athena: Athena, type: str) -> None:
    ada = Asking(athena, "patient/*.rs", ADA)
    for path in (
        f"{type}?_count=200",
        f"{type}?_count=200&_include=*&_revinclude=*",
        f"{type}/_history?_count=200",
    ):
        answer = ada.get(path)
        assert answer.status_code == 200, answer.text
        assert not re.search(rf"Patient/{BO}\b", answer.text), path
        assert all(each.get("resource", {}).get("id") != BO for each in answer.get_json().get("entry", ()))


def test_nor_does_an_export(athena: Athena, theirs: dict[str, str]) -> None:
    ada = Asking(athena, "patient/*.rs", ADA)
    started = ada.get("Patient/$export", headers={"Accept": FHIR, "Prefer": "respond-async"})
    athena.clock.advance(3 * NANOSECONDS)
    done = ada.send("GET", started.headers["Content-Location"].partition("/fhir/r4/")[2])
    text = "".join(
        athena.send("GET", each["url"].removeprefix("http://localhost"), ada.token).text
        for each in done.get_json()["output"]
    )
    assert len(text) > 100_000
    assert not re.search(rf"Patient/{BO}\b", text)
    ids = {json.loads(line)["id"] for line in text.splitlines()}
    assert not ids & {id for type, id in theirs.items() if type != "Appointment"}


def answered(asking: Asking, method: str, path: str, options: dict[str, Any]) -> tuple[tuple[int, Any], str]:
    answer = asking.send(method, path, **options)
    headers = sorted(
        (name, value) for name, value in answer.headers if name not in _VARIABLE and name != "Content-Length"
    )
    names = [(name, value) for name, value in headers if not any(part in value for part in ("a-500001", "W/"))]
    return (answer.status_code, names), answer.text


def same(text: str, id: str, patient: str) -> str:
    """An answer without what was asked for, and without what differs from one answer to the next."""
    text = re.sub(r'"(timestamp|lastUpdated|lastModified)": ?"[^"]*"', "", text)
    text = re.sub(r"a-500001\.new-[0-9-]+|cursor=[A-Za-z0-9_=%-]+", "", text)
    return (
        text.replace(id, "ID").replace(patient, "PATIENT").replace("ID", "PATIENT")
        if id == patient
        else text.replace(id, "ID").replace(patient, "PATIENT")
    )
