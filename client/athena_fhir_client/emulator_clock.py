"""The clock of an emulator, which may stand still, or run faster than the machine's.

Asked and waited for over its control API (``/_mock/clock``). On a clock that stands, a thread takes part under a name
that was declared (*participant*): when all participants wait, the clock goes on to the first instant that one of them
waits for. So a client that waits an hour waits a millisecond, and several threads take turns in the same order in
every run::

    clock = EmulatorClock("http://127.0.0.1:8080")
    with clock.taking_part():                      # this thread alone
        client = AthenaClient.from_env(clock=clock)
        ...
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from athena_fhir_client.errors import ConfigurationError, TransportError
from athena_fhir_client.libraries import requests

_PATIENCE = 300  # real seconds that one long-poll lasts
_POLL = 0.005  # seconds of the emulator's clock between two looks at what another thread is to do


class EmulatorClock:
    """The time of an emulator.

    Args:
        origin: such as ``http://127.0.0.1:8080``.
        control_token: that of ``--control-token``.
    """

    def __init__(self, origin: str, control_token: str = "") -> None:
        self._url = f"{origin.rstrip('/')}/_mock/clock"
        self._mine = threading.local()
        self._authorization = {"Authorization": f"Bearer {control_token}"} if control_token else {}

    def now(self) -> float:
        """See :class:`.clock.Clock`."""
        known: float | None = getattr(self._mine, "known", None)
        return float(self._told("GET")["unix"]) if known is None else known

    def monotonic(self) -> float:
        """The same as :meth:`now`: an emulator's clock only moves forward."""
        return self.now()

    def sleep(self, seconds: float) -> None:
        """See :class:`.clock.Clock`."""
        until = self.now() + max(seconds, 0.0)
        while not self._waited(until - self.now()):
            pass

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Let others run for a moment of the emulator's time, or for so long if nothing but time is waited for."""
        condition.release()
        try:
            self._waited(_POLL if seconds is None else max(seconds, 0.0))
        finally:
            condition.acquire()

    def headers(self) -> Mapping[str, str]:
        """Says who waits while a request is held. Then time may go on without us, and is asked for anew."""
        name = getattr(self._mine, "name", None)
        self._mine.known = None
        return {"X-Mock-Participant": name} if name else {}

    def declare(self, *names: str) -> None:
        """Declare participants, all of them before any of them starts."""
        self._told("POST", "/participants", {"names": list(names)})

    @contextmanager
    def participant(self, name: str) -> Iterator[None]:
        """This thread takes part under a name that was declared, from its first turn on until it leaves."""
        self._mine.name = name
        try:
            self._waited(0)
            yield
        finally:
            self._mine.name = None
            self._told("DELETE", f"/participants/{name}")

    @contextmanager
    def taking_part(self, name: str = "athena-fhir-client") -> Iterator[None]:
        """This thread is the only one that waits for the clock."""
        self.declare(name)
        with self.participant(name):
            yield

    def _waited(self, seconds: float) -> bool:
        name = getattr(self._mine, "name", None)
        order: dict[str, Any] = {"for": seconds, "patience": _PATIENCE}
        return bool(self._told("POST", "/wait", order | ({"participant": name} if name else {}))["reached"])

    def _told(self, method: str, path: str = "", order: Any = None) -> dict[str, Any]:
        try:
            answer = self._session().request(
                method, self._url + path, json=order, headers=self._authorization, timeout=(10, _PATIENCE + 30)
            )
        except requests.RequestException as error:
            message = f"the clock at {self._url} cannot be reached: {error}; is an emulator running there?"
            raise TransportError(message) from error
        if not answer.ok:
            raise ConfigurationError(
                f"{method} {self._url}{path} was answered {answer.status_code}: {answer.text[:300]}"
            )
        told: dict[str, Any] = answer.json()
        # On a clock that stands time goes on only when all who take part wait, and we do not.
        self._mine.known = float(told["unix"]) if told["stands"] and getattr(self._mine, "name", None) else None
        return told

    def _session(self) -> "requests.Session":
        """One for each thread: the connection that waits is nobody else's."""
        if not hasattr(self._mine, "session"):
            self._mine.session = requests.Session()
            self._mine.session.trust_env = False
        session: requests.Session = self._mine.session
        return session
