import re
from collections import Counter
from typing import Any

from mock_athena.fhir.references import is_id
from mock_athena.population import guide
from mock_athena.population.ids import BLOCK

# Theirs are those of others: providers, payers, the laboratory, the maker.
OTHERWISE_IDENTIFIED = {
    "Organization",
    "Practitioner",
    "Coverage",
    "ServiceRequest",
    "Specimen",
    "Device",
    "MedicationDispense",
    "QuestionnaireResponse",
}
GUIDE = {guide.REPORT_ID, guide.PLAN_ID, guide.ENCOUNTER_ID}


def test_ids_are_valid_and_unique_within_their_type(resources: list[dict[str, Any]]) -> None:
    counted = Counter((made["resourceType"], made["id"]) for made in resources)
    assert all(is_id(id) for _, id in counted)
    assert set(counted.values()) == {1}


def test_ids_are_of_athenas_form(resources: list[dict[str, Any]]) -> None:
    form = re.compile(r"a-(500001|1)\.[A-Za-z.-]+[-.][0-9.-]+")
    for made in resources:
        assert made["id"] in GUIDE or form.fullmatch(made["id"]), made["id"]


def test_the_number_in_an_id_says_whose_it_is(resources: list[dict[str, Any]], owner_of: Any) -> None:
    for made in resources:
        own = owner_of(made)
        if not own or made["resourceType"] in ("Patient", "Procedure") or made["id"] in GUIDE:
            continue
        number = int(re.split(r"[.-]", made["id"])[-1])
        assert number // BLOCK == int(own.rpartition("-")[2]), made["id"]


def test_identifiers_repeat_the_id_in_athenas_system(resources: list[dict[str, Any]]) -> None:
    for made in resources:
        if made["resourceType"] in OTHERWISE_IDENTIFIED:
            continue
        first = made.get("identifier", [{"value": made["id"]}])[0]
        assert first["value"] == made["id"]
        assert first.get("system", "").removeprefix("https://fhir.athena.io/sid/ah-") in (
            "",
            made["resourceType"].lower(),
        )


def test_every_resource_but_patients_and_binaries_names_its_practice(resources: list[dict[str, Any]]) -> None:
    practice = {"reference": "Organization/a-1.Practice-500001"}
    for made in resources:
        named = [one.get("valueReference") for one in made.get("extension", [])]
        shared = made["resourceType"] in ("Patient", "Binary") or made["id"].startswith("a-1.CP-")
        assert (practice in named) != shared, made["id"]
