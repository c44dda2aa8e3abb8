"""A handful of resources, each there for one rule of search, beside the population of an emulator."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from tests.mock_athena.web.in_process import Athena

Json = dict[str, Any]

LOINC, LOCAL = "http://loinc.org", "urn:test:codes"
BASE = "http://localhost/fhir/r4"


def observation(id: str, **content: Any) -> Json:
    common = {"resourceType": "Observation", "id": id, "status": "final", "subject": {"reference": "Patient/p"}}
    return {**common, "code": {"coding": [{"system": LOCAL, "code": "unlike"}]}, **content}


def period(start: str | None, end: str | None) -> Json:
    return {"effectivePeriod": {name: text for name, text in (("start", start), ("end", end)) if text}}


RESOURCES: list[Json] = [
    {
        "resourceType": "Patient",
        "id": "p",
        "active": True,
        "identifier": [
            {
                "system": "urn:test:mrn",
                "value": "MRN-7",
                "type": {"coding": [{"system": "urn:test:types", "code": "MR"}]},
            }
        ],
        "name": [
            {"family": "O,Brien", "given": ["Zoë"], "prefix": ["Professor"], "suffix": ["Esq"], "text": "The Zoë"}
        ],
        "gender": "female",
        "birthDate": "1970-02-03",
    },
    {"resourceType": "Patient", "id": "q", "name": [{"family": "Smitherson", "given": ["Anne"]}], "gender": "male"},
    {"resourceType": "Group", "id": "p", "type": "person", "actual": True, "name": "Named like the patient"},
    {"resourceType": "Practitioner", "id": "d", "name": [{"family": "Quack"}], "identifier": [{"value": "NPI-9"}]},
    {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "Practitioner/d"}},
    observation(
        "two-codings",
        code={
            "coding": [{"system": LOINC, "code": "8867-4"}, {"system": LOCAL, "code": "Pulse"}, {"code": "bare"}],
            "text": "Heart beats",
        },
        effectiveDateTime="2020-05-17T10:00:00-05:00",
        performer=[{"identifier": {"system": "urn:test:npi", "value": "5"}}],
        valueQuantity={"value": 70, "system": "http://unitsofmeasure.org", "code": "/min"},
    ),
    observation("since-2021", **period("2021-01-01", None)),
    observation("until-2019", **period(None, "2019-01-01")),
    observation("month", effectiveDateTime="2020-05", code={"coding": [{"system": LOCAL, "code": "8867-4"}]}),
    observation("instant", effectiveInstant="2018-03-04T05:06:07.890Z"),
    observation("mistaken", status="entered-in-error"),
    observation("of-group", subject={"reference": "Group/p"}),
    observation("of-q", subject={"reference": "Patient/q"}, code={"coding": [{"system": LOINC, "code": "8867-4"}]}),
    observation("escaped", code={"coding": [{"system": "urn:a|b", "code": "c,d$e\\f"}]}),
    {
        "resourceType": "Medication",
        "id": "m",
        "code": {"coding": [{"system": LOCAL, "code": "placebo"}]},
    },
    *(
        {
            "resourceType": "MedicationRequest",
            "id": f"mr-{n}",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p"},
            "authoredOn": f"2020-01-0{n}",
            "medicationReference": {"reference": "Medication/m"},
        }
        for n in (1, 2, 3)
    ),
    {
        "resourceType": "Provenance",
        "id": "pv",
        "target": [{"reference": "Observation/two-codings"}, {"reference": "MedicationRequest/mr-1"}],
        "recorded": "2020-05-18T00:00:00Z",
        "agent": [{"who": {"reference": "Practitioner/d"}}],
    },
    {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"code": "x"}]},
        "onsetPeriod": {"start": "2019-06-01", "end": "2019-07-01"},
    },
    {
        "resourceType": "Procedure",
        "id": "pr",
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "performedPeriod": {"start": "2019-06-01T10:00:00Z", "end": "2019-06-01T11:00:00Z"},
    },
]


def bundle(athena: Athena, search: str, token: str | None = None, **options: Any) -> Json:
    """The answer to ``Type?name=value``, in which values are not yet encoded; it must be a searchset."""
    path, _, query = search.partition("?")
    answer = athena.get(f"/{path}?{quote(query, safe='=&%:/|,$')}", token, **options)
    assert answer.status_code == 200, answer.text
    found: Json = answer.get_json()
    assert (found["resourceType"], found["type"]) == ("Bundle", "searchset")
    return found


def entries(found: Json, mode: str = "match") -> list[Json]:
    return [entry["resource"] for entry in found.get("entry", ()) if entry["search"]["mode"] == mode]


def ids(athena: Athena, search: str, token: str | None = None) -> str:
    """The ids of the matches in order of id, with spaces between them."""
    return " ".join(sorted(resource["id"] for resource in entries(bundle(athena, search, token))))


def link(found: Json, relation: str) -> str | None:
    urls = [each["url"] for each in found["link"] if each["relation"] == relation]
    assert len(urls) <= 1
    return urls[0] if urls else None


def walk(athena: Athena, first: Json) -> list[Json]:
    """This page and all that follow it."""
    pages: list[Json] = [first]
    while url := link(pages[-1], "next"):
        assert len(pages) < 1000, "the pages never end"
        pages.append(athena.send("GET", url.removeprefix("http://localhost"), athena.token()).get_json())
    return pages


def matched(pages: Sequence[Json]) -> list[str]:
    return [resource["id"] for page in pages for resource in entries(page)]
