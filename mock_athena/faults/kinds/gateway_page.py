"""gateway-page: a gateway in front answers, and not in FHIR."""

from dataclasses import dataclass
from http import HTTPStatus

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, check

_PAGE = """<html>
<head><title>{status} {phrase}</title></head>
<body>
<center><h1>{status} {phrase}</h1></center>
<hr><center>gateway</center>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class GatewayPage(Fault):
    """A gateway in front of the service answers: an HTML page, without any header of ours, and no quota is spent.

    With ``body`` and ``content_type`` it is whatever else a gateway says, such as a plain text that calls itself JSON.
    """

    status: int = 502
    content_type: str = "text/html"
    body: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        known = {status.value for status in HTTPStatus if status.value >= 400}
        check(self.status in known, f"status = {self.status}: expected a status of HTTP from 400 on")
        check(self.content_type.isprintable() and self.content_type.isascii(), "content_type: expected printable ASCII")

    def strike(self, call: Call) -> Answer | None:  # noqa: ARG002 - it is the same for everybody
        """Answer."""
        page = self.body or _PAGE.format(status=self.status, phrase=HTTPStatus(self.status).phrase)
        return Answer.of(self.status, self.content_type, page.encode(), bare=True)
