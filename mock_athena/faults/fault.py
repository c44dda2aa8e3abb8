"""What a fault is: the one thing that a file of :mod:`mock_athena.faults.kinds` defines.

A fault is a frozen dataclass; its fields are its parameters, its docstring is its documentation. It overrides one of
three methods, which is also what says where it may strike::

    strike(call)         answers in place of the emulator, delays, or breaks the connection
    alter(answer, call)  changes an answer on its way out
    disturb(call)        changes the export job that a kick-off starts

``docs/adding-a-fault.md`` adds one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import ClassVar, Literal

from mock_athena.errors import Headers, Refusal
from mock_athena.faults import Disturbance
from mock_athena.faults.answer import Answer

Phase = Literal["arrival", "admitted", "answer", "export"]
"""Where in the life of a request: before anything was asked; after identity and quota, in place of the view; on the
way out, when everything was done; when an export job is started."""


@dataclass(frozen=True, slots=True)
class Call:
    """The request that a fault strikes, and what a fault may do about it.

    Attributes:
        method: HTTP method.
        path: as the caller sent it, percent-decoded. query: undecoded.
        route: class of the path, such as ``fhir``. environment: ``production`` or ``sandbox``.
        origin: scheme, host and port under which we were reached. fhir_base: its FHIR base URL.
        client: whose request it is; None where that is not known.
        now: nanoseconds since 1970 UTC by our clock.
        number: which strike of its rule this is, counted from 1.
        since: nanoseconds since the rule struck first.
        random: numbers that depend on the seed of the scenario, the rule and ``number`` alone.
        wait: waits so many seconds of our clock, or until the caller goes.
        refusal: a refusal of a status with a message, in the language of the route.
        end_token: makes the token of this request ``expired`` or ``revoked`` from now on.
    """

    method: str
    path: str
    query: str
    route: str
    environment: str
    origin: str
    fhir_base: str
    client: str | None
    now: int
    number: int
    since: int
    random: Random
    wait: Callable[[float], None]
    refusal: Callable[[int, str, Headers], Refusal]
    end_token: Callable[[Literal["expired", "revoked"]], None]


class Fault:
    """What goes wrong. Subclasses are frozen dataclasses.

    Attributes:
        at: where it strikes unless its rule says otherwise.
    """

    at: ClassVar[Phase] = "arrival"

    def strike(self, call: Call) -> Answer | None:
        """Answer in place of the emulator, or None to let the request go on.

        Raises:
            Refusal: the request is refused. ConnectionFault: its connection breaks.
        """
        raise NotImplementedError

    def alter(self, answer: Answer, call: Call) -> Answer:
        """The answer that the caller gets instead of ``answer``."""
        replaced = self.strike(call)
        if replaced is not None:
            answer.close()
        return replaced or answer

    def disturb(self, call: Call) -> Disturbance:
        """What happens to the export job that this request starts."""
        raise NotImplementedError

    def phases(self) -> tuple[Phase, ...]:
        """Where it can strike."""
        if type(self).disturb is not Fault.disturb:
            return ("export",)
        if type(self).strike is not Fault.strike:
            # What was answered in its place may as well be answered when everything was done.
            return ("arrival", "admitted", "answer")
        return ("answer",)


def check(holds: object, complaint: str) -> None:
    """Refuse a parameter's value.

    Raises:
        ValueError: it does not hold.
    """
    if not holds:
        raise ValueError(complaint)
