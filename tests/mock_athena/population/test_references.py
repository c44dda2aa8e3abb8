from collections import Counter
from typing import Any

from mock_athena.fhir.references import parse_reference


def references(made: dict[str, Any], objects_in: Any) -> list[str]:
    return [part["reference"] for part in objects_in(made) if "reference" in part]


def test_every_reference_is_relative_and_resolves(
    resources: list[dict[str, Any]], by_reference: dict[str, Any], objects_in: Any
) -> None:
    for made in resources:
        for reference in references(made, objects_in):
            literal = parse_reference(reference)
            assert literal, (made["id"], reference)
            assert not literal.base
            assert reference in by_reference, (made["id"], reference)


def test_a_patients_record_refers_to_no_other_patient(
    resources: list[dict[str, Any]], owner_of: Any, objects_in: Any
) -> None:
    for made in resources:
        own = owner_of(made)
        if own and made["resourceType"] != "Group":
            named = {one for one in references(made, objects_in) if one.startswith("Patient/")}
            assert named <= {own}, made["id"]


def test_provenance_targets_the_record_and_the_patient(resources: list[dict[str, Any]]) -> None:
    for made in (one for one in resources if one["resourceType"] == "Provenance"):
        targets = [target["reference"] for target in made["target"]]
        assert len([target for target in targets if target.startswith("Patient/")]) == 1
        assert len(targets) == len(set(targets)) > 1


def test_everything_of_a_patients_record_is_named_by_one_provenance(
    resources: list[dict[str, Any]], owner_of: Any
) -> None:
    named = Counter(
        target["reference"]
        for made in resources
        if made["resourceType"] == "Provenance"
        for target in made["target"]
        if not target["reference"].startswith("Patient/")
    )
    assert set(named.values()) == {1}
    owned = [made for made in resources if owner_of(made) and made["resourceType"] not in ("Patient", "Provenance")]
    assert {f"{made['resourceType']}/{made['id']}" for made in owned} <= set(named)


def test_the_group_has_all_patients_as_members(resources: list[dict[str, Any]], patients: dict[str, Any]) -> None:
    group = next(made for made in resources if made["resourceType"] == "Group")
    assert {member["entity"]["reference"] for member in group["member"]} == set(patients)
    assert group["quantity"] == len(patients)
