"""odd-manifest: the manifest of an export as real servers get it wrong."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault
from mock_athena.faults.lines import JSON, is_of


@dataclass(frozen=True, slots=True)
class OddManifest(Fault):
    """The manifest of a complete export is not what it should be.

    ``how``: ``wrong-count`` (every file has one line more than it says), ``no-count``, ``no-error`` (a required key is
    missing), ``no-output`` (likewise), ``text-boolean`` (``requiresAccessToken`` is ``"true"``, a text),
    ``relative-urls``, ``wrong-type`` (every file says that it holds Patients), ``unknown-keys``.
    """

    how: Literal[
        "wrong-count", "no-count", "no-error", "no-output", "text-boolean", "relative-urls", "wrong-type",
        "unknown-keys",
    ] = "wrong-count"  # fmt: skip

    def alter(self, answer: Answer, call: Call) -> Answer:
        """Get it wrong."""
        if answer.status != 200 or not is_of(answer, JSON):
            return answer
        body = answer.whole()
        manifest = json.loads(body)
        if not isinstance(manifest, dict) or "transactionTime" not in manifest:
            return answer.with_body(body)
        self._change(manifest, call.origin)
        return answer.with_body(json.dumps(manifest, ensure_ascii=False).encode())

    def _change(self, manifest: dict[str, Any], origin: str) -> None:
        match self.how:
            case "no-error" | "no-output":
                del manifest[self.how.removeprefix("no-")]
            case "text-boolean":
                manifest["requiresAccessToken"] = str(manifest["requiresAccessToken"]).lower()
            case "unknown-keys":
                manifest["vendor"] = {"exportId": 7}
            case _:
                for item in manifest["output"]:
                    self._change_file(item, origin)

    def _change_file(self, item: dict[str, Any], origin: str) -> None:
        match self.how:
            case "wrong-count":
                item["count"] -= 1
            case "no-count":
                del item["count"]
            case "relative-urls":
                item["url"] = item["url"].removeprefix(origin)
            case "wrong-type":
                item["type"] = "Patient"
