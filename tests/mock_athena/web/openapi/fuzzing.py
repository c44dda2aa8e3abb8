"""Requests that the OpenAPI document allows, and such that it does not, sent to an emulator in this process.

The answer must be one that the document tells of: status, media type, header fields, body.
"""

from random import Random
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from requests.structures import CaseInsensitiveDict
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from tests.mock_athena.web.in_process import ADA, PRACTICE, Athena

Operation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Any]

_OF_STATUS = [not_a_server_error, status_code_conformance, response_headers_conformance]
_OF_BODY = [content_type_conformance, response_schema_conformance]

# What is there, so that not everything ends at a 404; in the order in which they are looked for in a path.
_KNOWN = {"/Patient/{id}": ADA, "{group}": f"a-1.C-{PRACTICE}", "{id}": "enc-123", "{name}": "report-123.pdf"}
_MOST_PARAMETERS = 3


class Fuzz:
    """One emulator, and what its document says.

    Args:
        scope: of the token. document: another one than the emulator's own.

    Attributes:
        seen: how many answers had each status.
    """

    def __init__(self, athena: Athena, scope: str = "system/*.cruds", document: dict[str, Any] | None = None) -> None:
        self.document: dict[str, Any] = document or athena.send("GET", "/_mock/openapi.json").get_json()
        self.schema: OpenApiSchema = schemathesis.openapi.from_dict(self.document)
        self.schema.app = athena.app
        self.seen: dict[int, int] = {}
        # Packed bodies are not unpacked by the transport of tests.
        self._headers = {"Authorization": f"Bearer {athena.token(scope)}", "Accept-Encoding": "identity"}

    def operations(self) -> dict[str, Operation]:
        """Every operation by its method and path."""
        found = [result.ok() for result in self.schema.get_all_operations() if isinstance(result, Ok)]
        return {operation.label: operation for operation in found}

    def run(self, operation: Operation, examples: int) -> None:
        """Send so many requests that are allowed, and as many that are not; the same ones every time.

        Raises:
            schemathesis.errors.FailureGroup: an answer is not one that the document tells of.
        """
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=examples,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],
            )
            @given(case=operation.as_strategy(generation_mode=mode), random=st.randoms(use_true_random=False))
            def once(case: AnyCase, random: Random) -> None:
                _towards_what_is_there(case, random)
                self._ask(case)

            try:
                once()
            except Unsatisfiable:
                # Nothing can be wrong with a request that has no parts.
                assert mode is GenerationMode.NEGATIVE

    def _ask(self, case: AnyCase) -> None:
        answer = case.call(headers=self._headers)
        self.seen[answer.status_code] = self.seen.get(answer.status_code, 0) + 1
        # OpenAPI cannot say that a body is left out where the caller preferred it.
        is_left_out = "return=minimal" in _header(case, "Prefer") and not answer.content
        case.validate_response(answer, checks=_OF_STATUS if is_left_out else _OF_STATUS + _OF_BODY)


def _header(case: AnyCase, name: str) -> str:
    return str(CaseInsensitiveDict(case.headers or {}).get(name, ""))


def _towards_what_is_there(case: AnyCase, random: Random) -> None:
    """Half of the requests name something that is there; few have many parameters: one that is wrong is enough."""
    for place, known in _KNOWN.items():
        name = place.partition("{")[2].rstrip("}")
        if place in case.path and name in (case.path_parameters or {}) and random.random() < 0.5:
            case.path_parameters[name] = known
            break
    query = case.query or {}
    for name in random.sample(sorted(query), max(0, len(query) - random.randint(0, _MOST_PARAMETERS))):
        del query[name]
