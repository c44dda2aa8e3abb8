"""duplicated-entries: a page has its entries twice."""

import json
from dataclasses import dataclass

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, check
from mock_athena.faults.lines import JSON, is_of


@dataclass(frozen=True, slots=True)
class DuplicatedEntries(Fault):
    """Every entry of a searchset comes ``times`` times, as when pages overlap while somebody writes."""

    times: int = 2

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(1 <= self.times <= 10, f"times = {self.times}: expected 1 to 10")

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """Repeat them."""
        if not is_of(answer, JSON):
            return answer
        body = answer.whole()
        if b'"searchset"' not in body:
            return answer.with_body(body)
        bundle = json.loads(body)
        bundle["entry"] = [entry for entry in bundle.get("entry", []) for _ in range(self.times)]
        return answer.with_body(json.dumps(bundle, ensure_ascii=False).encode())
