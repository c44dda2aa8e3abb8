"""looping-pages: the next page is this page."""

import json
from dataclasses import dataclass

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault
from mock_athena.faults.lines import JSON, is_of


@dataclass(frozen=True, slots=True)
class LoopingPages(Fault):
    """The ``next`` link of a searchset leads to the page itself: a client that trusts it never ends."""

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """Lead in a circle."""
        if not is_of(answer, JSON):
            return answer
        body = answer.whole()
        try:
            bundle = json.loads(body)
            links = {link["relation"]: link["url"] for link in bundle["link"]}
        except (ValueError, TypeError, LookupError):  # no searchset
            return answer.with_body(body)
        links["next"] = links["self"]
        bundle["link"] = [{"relation": relation, "url": url} for relation, url in links.items()]
        return answer.with_body(json.dumps(bundle, ensure_ascii=False).encode())
