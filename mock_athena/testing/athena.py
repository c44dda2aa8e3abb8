"""What a test holds in its hand: one emulator, how it is reached, and what was asked of it."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from mock_athena.app import MockAthena
from mock_athena.auth.discovery import TOKEN_PATH
from mock_athena.auth.grant import Grant
from mock_athena.clock import MovableClock
from mock_athena.environments import PRODUCTION, SANDBOX
from mock_athena.errors import ConfigurationError
from mock_athena.journal import Entry, Journal, assertions
from mock_athena.testing.strict import complaints

CLIENT, SECRET = "mock-client", "mock-secret"
_ALL = "system/*.read"


class ClientCredentials(NamedTuple):
    """An OAuth client, as an application is configured with it."""

    client_id: str
    client_secret: str


class Athena:
    """One running emulator.

    Args:
        app: the emulator. origin: where it is reached, such as ``http://127.0.0.1:43210``.

    Attributes:
        origin: scheme, host and port.
        ca_file: with ``tls=True``, the file of whom a client is to trust, such as ``requests.get(…, verify=ca_file)``.
    """

    def __init__(self, app: MockAthena, origin: str, ca_file: str = "") -> None:
        self.origin, self.ca_file = origin, ca_file
        self._app = app

    @property
    def base_url(self) -> str:
        """FHIR base URL of production."""
        return self.origin + PRODUCTION.fhir_path

    @property
    def sandbox_url(self) -> str:
        """FHIR base URL of the sandbox."""
        return self.origin + SANDBOX.fhir_path

    @property
    def token_url(self) -> str:
        """The token endpoint."""
        return self.origin + TOKEN_PATH

    @property
    def clock(self) -> MovableClock:
        """Its time: ``clock.advance(nanoseconds)`` where it stands."""
        return self._app.world.clock

    @property
    def journal(self) -> Journal:
        """What was asked of it."""
        return self._app.world.journal

    def token(self, scope: str = _ALL, *, client_id: str = CLIENT, patient: str | None = None) -> str:
        """An access token, as the token endpoint issues them.

        Args:
            patient: id of the Patient who signed in, for ``patient/`` and ``user/`` scopes.
        """
        return self._app.world.authorization.tokens.issue(Grant(client_id, tuple(scope.split()), patient))

    def client_credentials(self, scope: str = _ALL, **metadata: Any) -> ClientCredentials:
        """A client that nobody else uses, so that its quota is its own.

        Args:
            scope: what it may ask for, separated by spaces. metadata: more of RFC 7591.

        Raises:
            ConfigurationError: metadata that cannot be registered.
        """
        asked = {"client_id": f"test-{uuid.uuid4().hex}", "grant_types": ["client_credentials"], "scope": scope}
        told = self.control("POST", "clients", asked | metadata)
        return ClientCredentials(told["client_id"], told.get("client_secret", ""))

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A request of the control API, such as ``control("POST", "faults", {...})``; answers the JSON.

        Raises:
            ConfigurationError: it was refused.
        """
        from werkzeug.test import Client

        sent: dict[str, Any] = {} if body is None else {"json": body}
        answer = Client(self._app).open(
            f"/_mock/{path.lstrip('/')}", method=method, environ_base={"REMOTE_ADDR": "127.0.0.1"}, **sent
        )
        if answer.status_code >= 400:
            message = f"{method} /_mock/{path} was refused with {answer.status_code}: {answer.text}"
            raise ConfigurationError(message)
        return answer.get_json(silent=True)

    def fault(self, kind: str, **rule: Any) -> None:
        """Arm a fault: ``fault("status", **{"with": {"status": 503}}, match={"route": "fhir"}, times=2)``.

        Raises:
            ConfigurationError: there is no such kind, or the rule cannot be; the message says what is expected.
        """
        self.control("POST", "faults", {"kind": kind} | rule)

    def scenario(self, name: str) -> None:
        """Arm the faults of a scenario that comes with the emulator, such as ``sandbox-502``.

        Raises:
            ConfigurationError: there is no such scenario.
        """
        self.control("POST", "faults", {"scenario": name})

    def advance(self, seconds: float) -> None:
        """Move a clock that stands."""
        self.control("POST", "clock", {"advance": seconds})

    def reset(self) -> None:
        """Data, clock, clients, limits, journal and faults as at the start."""
        self._app.world.reset()

    def snapshot(self, name: str = "") -> str:
        """Keep it as it is; answers the snapshot's name.

        Raises:
            ConfigurationError: no snapshot can have that name.
        """
        taken: str = self.control("POST", "snapshots", {"name": name} if name else {})["name"]
        return taken

    def restore(self, name: str) -> None:
        """Let it be as it was when a snapshot was taken; the journal begins anew.

        Raises:
            ConfigurationError: there is none of that name.
        """
        self.control("POST", f"snapshots/{name}/restore")

    def diff(self, before: str = "start", after: str = "now") -> dict[str, Any]:
        """What changed from one snapshot to another, from the start and until now if left out: ``diff()["resources"]``.

        Raises:
            ConfigurationError: there is none of that name.
        """
        told: dict[str, Any] = self.control("GET", f"diff?from={before}&to={after}")
        return told

    def calls(self, method: str = "", path: str = "*", **wanted: str) -> Sequence[Entry]:
        """The exchanges of a method (any, if empty) and path (with ``*``); other filters are the journal's."""
        return assertions.calls(self.journal, method, path, **wanted)

    def assert_called(self, method: str, path: str, times: int | None = None, **wanted: str) -> Sequence[Entry]:
        """It was called exactly ``times`` times, or at least once.

        Raises:
            AssertionError: it was not; tells the calls that came nearest.
        """
        __tracebackhide__ = True
        return assertions.called(self.journal, method, path, times, **wanted)

    def assert_never_called(self, method: str = "", path: str = "*", **wanted: str) -> None:
        """It was never called.

        Raises:
            AssertionError: it was; tells the first calls.
        """
        __tracebackhide__ = True
        assertions.not_called(self.journal, method, path, **wanted)

    def assert_called_in_order(self, *expected: tuple[str, str]) -> Sequence[Entry]:
        """These (method, path) were called in this order, whatever came between.

        Raises:
            AssertionError: one is missing after those before it.
        """
        __tracebackhide__ = True
        return assertions.called_in_order(self.journal, *expected)

    def assert_no_429(self, **wanted: str) -> None:
        """Nobody was refused for coming too often.

        Raises:
            AssertionError: somebody was; tells the first of them.
        """
        __tracebackhide__ = True
        assertions.not_called(self.journal, status="429", **wanted)

    def assert_obeyed_retry_after(self, client_id: str = "") -> None:
        """After each 429, the client (every client, if empty) came no earlier than ``Retry-After`` told it.

        Raises:
            AssertionError: one came too early; tells the first time.
        """
        __tracebackhide__ = True
        known = {entry.client_id for entry in self.journal.entries(verdict="refused") if entry.client_id}
        for client in [client_id] if client_id else sorted(known):
            assertions.waited_as_told(self.journal, client)

    def assert_token_reused(self, client_id: str = "", most: int = 1) -> None:
        """Each client (or this one) asked the token endpoint at most ``most`` times for all that it called.

        Raises:
            AssertionError: one asked more often, or nobody asked at all.
        """
        __tracebackhide__ = True
        asked = [
            entry for entry in assertions.called(self.journal, "POST", TOKEN_PATH) if client_id in ("", entry.client_id)
        ]
        for client in sorted({entry.client_id or "?" for entry in asked}):
            times = sum(entry.client_id == client for entry in asked)
            if times > most:
                message = (
                    f"{client} asked for a token {times} times, expected at most {most}: keep one until it expires"
                )
                raise AssertionError(message)

    def complaints(self) -> list[str]:
        """What no test expects: errors of the emulator itself, and requests that no route of it answers."""
        return complaints(self.journal.entries())
