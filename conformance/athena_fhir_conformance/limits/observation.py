"""What a probe is and what it shows: a request at an instant, and whether it was admitted.

All instants are seconds. An observation does not know when the server decided, only that it was between sending and
receiving; where a server dates its decisions, the instant is known, and the server's clock is the one that counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Verdict = Literal["admitted", "refused", "failed"]
Route = Literal["fhir", "public", "oauth", "bulk"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One probe and its answer.

    Attributes:
        sent, received: by our clock. decided: by the server's, where the server dates its decisions.
        status: of the answer; 0 where there was none.
        headers: names in lower case. body: the beginning of it.
        order: number of the decision, where the server numbers them.
    """

    sent: float
    received: float
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    decided: float | None = None
    order: int = 0

    @property
    def verdict(self) -> Verdict:
        """A 429 is a refusal; a server error or no answer shows nothing; all else was let through."""
        if self.status == 429:
            return "refused"
        return "admitted" if 200 <= self.status < 500 and self.status != 401 else "failed"

    @property
    def earliest(self) -> float:
        """The decision was not before."""
        return self.sent if self.decided is None else self.decided

    @property
    def latest(self) -> float:
        """The decision was not after."""
        return self.received if self.decided is None else self.decided


class Prober(Protocol):
    """Somebody who can send a probe. Decides nothing."""

    @property
    def spent(self) -> int:
        """Requests sent so far."""
        ...

    def now(self) -> float:
        """The instant, on the axis of :attr:`Observation.earliest`."""
        ...

    def wait_until(self, instant: float) -> None:
        """Come back then."""
        ...

    def send(self, most: int = 1, *, until_refused: bool = False, at_once: int = 1) -> list[Observation]:
        """Send probes, in order of their decisions as far as they are known.

        Args:
            most: so many and no more.
            until_refused: end with the first refusal; ``at_once`` - 1 more may be under way.
            at_once: so many at a time.
        """
        ...
