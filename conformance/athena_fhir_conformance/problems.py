"""What may go wrong with a target that is no finding about a requirement, or only one about trust.

Each becomes a verdict, never a stack trace: what hinders the suite is a skip, what the target does wrong a fail.
"""


class TargetProblem(Exception):
    """Something about the target; the text says what."""


class CannotRun(TargetProblem):
    """The check could not be run: verdict skip."""


class Unreachable(CannotRun):
    """No connection to the target."""


class BudgetSpent(CannotRun):
    """``--max-requests`` is used up."""


class NoToken(CannotRun):
    """No access token could be had with the credentials that were given."""


class NotGranted(CannotRun):
    """The token that was given does not reach as far as the check looks."""


class BadAnswer(TargetProblem):
    """The target answered what cannot be taken for an answer: verdict fail."""


class NotJson(BadAnswer):
    """A body that should be JSON and is not."""


class Endless(BadAnswer):
    """A body larger or slower than allowed."""


class Broken(BadAnswer):
    """The connection broke in the middle of an answer."""


class ForeignHost(BadAnswer):
    """The target pointed to another host, where nothing is sent."""


class PutOff(Exception):
    """What a check waits for is not there yet: it is begun anew at ``until``, an instant of the target's."""

    def __init__(self, until: float) -> None:
        super().__init__(f"put off until {until:.3f}")
        self.until = until
