"""Whatever is asked, the answer is one that the OpenAPI document tells of, and never a defect of ours."""

from collections.abc import Callable
from typing import Any

import pytest
from schemathesis.core.failures import FailureGroup

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.openapi.fuzzing import Fuzz, Operation

SHARES = 2
"""How many tests one run is split into, to be spread over processes."""

FEW, MANY = 2, 10

Json = dict[str, Any]


def one_of_each(operations: dict[str, Operation]) -> list[Operation]:
    """One operation for each thing that can be done, each on another type, and all that are of no type."""
    kinds: dict[str, list[Operation]] = {}
    for operation in operations.values():
        raw = operation.definition.raw
        name = raw["operationId"].removesuffix(raw["tags"][0])
        kinds.setdefault(name, []).append(operation)
    return [each[place * 7 % len(each)] for place, each in enumerate(kinds.values())]


def asked(fuzz: Fuzz, operations: list[Operation], share: int, examples: int) -> None:
    """Fuzz a share of the operations; all that fails is told."""
    failures: list[str] = []
    for operation in operations[share::SHARES]:
        try:
            fuzz.run(operation, examples)
        except FailureGroup as group:
            failures.append(f"{operation.label}: {'; '.join(str(each) for each in group.exceptions)}")
    assert not failures, "\n\n".join(failures)
    # Of what a token that covers little is let do, a share may have exports alone, which are accepted: 202.
    assert {200, 202} & set(fuzz.seen), "nothing was answered well"


@pytest.mark.parametrize("share", range(SHARES))
def test_one_operation_of_each_kind(make_athena: MakeAthena, share: int) -> None:
    fuzz = Fuzz(make_athena(limits="off"))
    asked(fuzz, one_of_each(fuzz.operations()), share, FEW)


def test_the_kinds_are_those_that_there_are(make_athena: MakeAthena) -> None:
    fuzz = Fuzz(make_athena(limits="off"))
    chosen = [operation.definition.raw for operation in one_of_each(fuzz.operations())]
    everything = {raw.get("x-fhir-interaction") for item in fuzz.document["paths"].values() for raw in item.values()}
    assert {raw.get("x-fhir-interaction") for raw in chosen} == everything
    assert len({raw["tags"][0] for raw in chosen}) > 15


@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("profile", ["mission", "athena"])
def test_every_operation(make_athena: MakeAthena, profile: str, share: int) -> None:
    fuzz = Fuzz(make_athena(limits="off", profile=profile))
    asked(fuzz, list(fuzz.operations().values()), share, MANY)


@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
def test_a_token_that_covers_little(make_athena: MakeAthena, share: int) -> None:
    fuzz = Fuzz(make_athena(limits="off"), scope="system/Observation.rs")
    asked(fuzz, one_of_each(fuzz.operations()), share, MANY)
    assert fuzz.seen[403]


ORGANIZATION = "/fhir/r4/Organization/{id}"


FORGOTTEN: dict[str, Callable[[Json], None]] = {
    "status": lambda responses: responses.pop("404"),
    "media type": lambda responses: responses["404"].update(content={"application/xml": {}}),
    "header": lambda responses: responses["404"]["headers"].update({"X-Never": {"required": True, "schema": {}}}),
    "body": lambda responses: responses["404"]["content"]["application/fhir+json"].update(schema={"required": ["x"]}),
}


@pytest.mark.parametrize(
    "forget",
    # What is found of a media type is shrunk for half a minute.
    [
        pytest.param(each, id=name, marks=[pytest.mark.long] * (name == "media type"))
        for name, each in FORGOTTEN.items()
    ],
)
def test_an_answer_that_is_not_told_is_found(make_athena: MakeAthena, forget: Callable[[Json], None]) -> None:
    athena = make_athena(limits="off")
    document = Fuzz(athena).document
    responses = document["paths"][ORGANIZATION]["get"]["responses"]
    responses["404"] = dict(document["components"]["responses"]["NotFound"])
    forget(responses)
    fuzz = Fuzz(athena, document=document)
    with pytest.raises(FailureGroup):
        fuzz.run(fuzz.operations()[f"GET {ORGANIZATION}"], MANY)
    assert fuzz.seen[404]
