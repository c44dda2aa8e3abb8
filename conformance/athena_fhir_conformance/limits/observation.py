"""What a probe is and what it shows: a request at an instant, and whether it was admitted.

All instants are seconds. An observation does not know when the server decided, only that it was between sending and
receiving; where a server dates its decisions, the instant is known, and the server's clock is the one that counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

Verdict = Literal["admitted", "refused", "failed"]
Route = Literal["fhir", "public", "oauth", "bulk"]

INSTEAD = frozenset((403, 420, 503, 509, 529))
"""What is said instead of 429: by firewalls, older APIs, nginx's ``limit_req`` (503 unless told otherwise), hosters."""
_NOTHING = INSTEAD | {401}
_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Observation:
    """One probe and its answer.

    Attributes:
        sent, received: by our clock. decided: by the server's, where the server dates its decisions.
        status: of the answer; 0 where there was none.
        headers: names in lower case. body: the beginning of it.
        order: number of the decision, where the server numbers them.
        unlike: such a request is answered with another status else, and the server was never seen to say 429.
    """

    sent: float
    received: float
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    decided: float | None = None
    order: int = 0
    unlike: bool = False

    @property
    def verdict(self) -> Verdict:
        """A 429 is a refusal, and so is what proxies say instead where else is another answer.

        A server error, a redirect or no answer shows nothing; all else was let through.
        """
        if self.status == 429 or (self.unlike and self.status in INSTEAD):
            return "refused"
        shows = 200 <= self.status < 300 or 400 <= self.status < 500
        return "admitted" if shows and self.status not in _NOTHING else "failed"

    @property
    def earliest(self) -> float:
        """The decision was not before."""
        return self.sent if self.decided is None else self.decided

    @property
    def latest(self) -> float:
        """The decision was not after."""
        return self.received if self.decided is None else self.decided


@dataclass(slots=True)
class Refusals:
    """How a server refuses, whatever is asked of it.

    Attributes:
        plain: a 429 was seen. instead: the status that it says instead of 429; 0 as long as none is known.
    """

    plain: bool = False
    instead: int = 0


@dataclass(slots=True)
class Dialect:
    """How one kind of request is answered when it is let through, on a server that refuses so.

    Attributes:
        usual: the status; 0 as long as there was none.
    """

    refusals: Refusals = field(default_factory=Refusals)
    usual: int = 0

    def heard(self, ask: Callable[[], Observation]) -> list[Observation]:
        """Ask, and what the answer is beside the others. More than one answer where it has to be asked again.

        A status that is said instead of 429 may be a fault, which is gone with the next request. So it is a refusal
        if the same comes three times in a row.
        """
        seen = [ask()]
        while self._odd(seen[-1]) and not self.refusals.instead:
            if len(seen) == _IN_A_ROW:
                self.refusals.instead = seen[-1].status
            else:
                seen.append(ask())
        return [self._read(each) for each in seen]

    def _odd(self, seen: Observation) -> bool:
        known = seen.status == self.refusals.instead
        return not self.refusals.plain and seen.status in INSTEAD and (known or self.usual not in (0, seen.status))

    def _read(self, seen: Observation) -> Observation:
        self.refusals.plain = self.refusals.plain or seen.status == 429
        if seen.status == self.refusals.instead and self._odd(seen):
            return replace(seen, unlike=True)
        if not self.usual and seen.verdict == "admitted":
            self.usual = seen.status
        return seen


def is_out_of_order(seen: Sequence[Observation]) -> bool:
    """Whether the last answers show nothing, one after the other: then there is nobody to be judged."""
    return len(seen) >= _IN_A_ROW and all(each.verdict == "failed" for each in seen[-_IN_A_ROW:])


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
