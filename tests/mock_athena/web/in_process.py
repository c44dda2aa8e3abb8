"""An emulator in this process: requests go straight into its WSGI application."""

from typing import Any

from werkzeug.test import Client, TestResponse

from mock_athena.app import MockAthena
from mock_athena.auth.grant import Grant
from mock_athena.clock import ManualClock

PRACTICE, SANDBOX_PRACTICE = 500001, 195900
ADA, BO = f"a-{PRACTICE}.E-1", f"a-{PRACTICE}.E-2"
LOOPBACK = {"REMOTE_ADDR": "127.0.0.1"}


class Athena:
    """One emulator and short words for what tests do with it.

    Attributes:
        app: the WSGI application. world: what it is made of.
    """

    def __init__(self, app: MockAthena) -> None:
        self.app, self.world = app, app.world
        self._client = Client(app)
        self._tokens: dict[tuple[str, str, str | None], str] = {}

    @property
    def clock(self) -> ManualClock:
        clock = self.world.clock
        assert isinstance(clock, ManualClock)
        return clock

    def token(self, scope: str = "system/*.read", client: str = "mock-client", patient: str | None = None) -> str:
        """An access token; the same one for the same wish."""
        wish = (scope, client, patient)
        if wish not in self._tokens:
            self._tokens[wish] = self.world.authorization.tokens.issue(Grant(client, tuple(scope.split()), patient))
        return self._tokens[wish]

    def send(self, method: str, path: str, token: str | None = None, **options: Any) -> TestResponse:
        """Any request; ``token`` is sent as Bearer."""
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self._client.open(
            path, method=method, headers=headers, environ_base=LOOPBACK | options.pop("environ", {}), **options
        )

    def get(self, path: str, token: str | None = None, **options: Any) -> TestResponse:
        """A GET below production's FHIR base, with a token for everything unless another is given."""
        return self.send("GET", f"/fhir/r4{path}", token or self.token(), **options)

    def control(self, method: str, path: str, body: Any = None) -> TestResponse:
        """A request of the control API."""
        return (
            self.send(method, f"/_mock/{path}", json=body) if body is not None else self.send(method, f"/_mock/{path}")
        )

    def journal(self, **wanted: str) -> list[Any]:
        """Entries of the journal."""
        return list(self.world.journal.entries(**wanted))

    def last_reason(self) -> str:
        """Why the latest exchange was refused."""
        reason: str = self.journal()[-1].reason
        return reason

    def fill(self, token: str | None = None, base: str = "/fhir/r4") -> None:
        """Spend a whole burst."""
        for _ in range(16):
            assert self.send("GET", f"{base}/Organization?_count=1", token or self.token()).status_code == 200


def outcome(response: TestResponse) -> dict[str, Any]:
    """The one issue of an OperationOutcome, which must be one."""
    assert response.content_type == "application/fhir+json; charset=utf-8", response.text
    body = response.get_json()
    assert body["resourceType"] == "OperationOutcome"
    (issue,) = body["issue"]
    found: dict[str, Any] = issue
    return found
