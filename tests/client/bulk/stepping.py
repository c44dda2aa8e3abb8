"""A client on an emulator's manual clock: what it waits for, it gets at once, since its waiting moves the clock."""

import threading
from collections.abc import Mapping

from athena_fhir_client import AthenaClient
from athena_fhir_client.pace.backoff import Backoff
from athena_fhir_client.transport import Timeouts, Transport
from tests.emulator import Emulator, RegisteredClient


class SteppingClock:
    """Whoever waits moves the emulator's clock by as much; two who wait at once move it twice.

    Args:
        alone: nobody else moves it, so it need not be asked what time it is.
    """

    def __init__(self, emulator: Emulator, *, alone: bool = False) -> None:
        self._emulator = emulator
        self._alone = alone
        self._time: float | None = None

    def now(self) -> float:
        if self._time is None or not self._alone:
            self._time = float(self._emulator.control("GET", "clock")["unix"])
        return self._time

    def monotonic(self) -> float:
        return self.now()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._time = float(self._emulator.control("POST", "clock", {"advance": seconds})["unix"])

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        if seconds is None:
            condition.wait(0.01)
        else:
            self.sleep(seconds)

    def headers(self) -> Mapping[str, str]:
        return {}


def stepping_client(registered: RegisteredClient, base: str = "", read_timeout: float = 1.0) -> AthenaClient:
    """A client that is registered for this test, with short patience for a silent socket."""
    return AthenaClient.from_client_credentials(
        base or registered.emulator.base,
        registered.id,
        registered.secret,
        clock=SteppingClock(registered.emulator, alone=True),
        backoff=Backoff(attempts=4),
        transport=Transport(Timeouts(connect=5, read=read_timeout, whole=5)),
    )
