"""What follows from writing: only with ``--destructive``, and what was created is deleted again."""

from collections.abc import Iterator
from contextlib import contextmanager

from athena_fhir_conformance.asking import found, ids
from athena_fhir_conformance.checking import check
from athena_fhir_conformance.problems import NoToken
from athena_fhir_conformance.sample import Json, Sample, next_url
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, skip


def writing(target: Target) -> str:
    """A token that may write Conditions."""
    if not {"create", "delete"} <= {
        each.get("code") for each in target.types.get("Condition", {}).get("interaction", [])
    }:
        omit("create and delete are not declared for Condition")
    if not target.credentials.can_ask:
        skip("a token that may write needs --client-id")
    for scope in ("system/Condition.cruds", "system/*.cruds", "system/Condition.write system/Condition.read"):
        try:
            return target.tokens.of(scope)
        except NoToken:
            continue
    skip("the client gets no token that may write")


@contextmanager
def a_condition(target: Target, sample: Sample, token: str) -> Iterator[str]:
    """A condition of a patient; its id."""
    model = sample.of("Condition", sample.patient()["id"]) or skip("the patient has no condition to model one on")
    body: Json = {name: value for name, value in model[0].items() if name not in ("id", "meta")}
    created = target.send("POST", "Condition", json=body, token=token)
    assert created.status == 201, f"{created}, expected 201"
    id = created.headers["Location"].partition("/Condition/")[2].partition("/")[0]
    try:
        yield id
    finally:
        target.send("DELETE", f"Condition/{id}", token=token)


@check("RED-006", destructive=True)
def what_was_deleted_is_gone(target: Target, sample: Sample) -> None:
    token = writing(target)
    with a_condition(target, sample, token) as id:
        there = target.get(f"Condition/{id}", fresh=True)
        assert there.status == 200, f"{there} after it was created, expected 200"
        deleted = target.send("DELETE", f"Condition/{id}", token=token)
        assert deleted.status in (200, 202, 204), f"{deleted}, expected 204"
        gone = target.get(f"Condition/{id}", fresh=True)
        assert gone.status in (404, 410), f"{gone} after it was deleted, expected 410"


@check("SRC-058", destructive=True)
def what_was_entered_in_error_is_found(target: Target, sample: Sample) -> None:
    token, patient = writing(target), sample.patient()["id"]
    model = sample.of("Condition", patient) or skip("the patient has no condition to model one on")
    left_out = ("id", "meta", "clinicalStatus", "abatementDateTime")
    status = {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}
    body: Json = {name: value for name, value in model[0].items() if name not in left_out}
    created = target.send("POST", "Condition", json=body | {"verificationStatus": {"coding": [status]}}, token=token)
    assert created.status == 201, f"{created}, expected 201"
    id = created.headers["Location"].partition("/Condition/")[2].partition("/")[0]
    answer = target.get("Condition", fresh=True, params={**sample.criterion("Condition", patient), "_id": id})
    target.send("DELETE", f"Condition/{id}", token=token)
    assert ids(answer) == [id], f"{answer} does not find what was entered in error"


@check("PAG-009", destructive=True)
def changes_do_not_break_a_walk(target: Target, sample: Sample) -> None:
    token, patient = writing(target), sample.patient()["id"]
    before = {each["id"] for each in sample.every("Condition", patient)}
    size = max(1, len(before) // 3)
    page = target.get("Condition", True, params={**sample.criterion("Condition", patient), "_count": str(size)})
    here = ids(page)
    with a_condition(target, sample, token) as id:
        while url := next_url(page):
            page = target.get(url, fresh=True)
            here += [each["id"] for each in found(page)]
    assert len(here) == len(set(here)), "while another was created, a resource is on two pages"
    assert before - {id} <= set(here), f"while another was created, {len(before - set(here))} were lost"
