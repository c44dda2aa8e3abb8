"""How a client is graded: by questions to the journal, each of which ends with a verdict as a server's check does.

A question that nothing in the run could answer is skipped with the reason; it is never passed for nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from athena_fhir_conformance.client.journal import Entry
from athena_fhir_conformance.requirements import requirements
from athena_fhir_conformance.verdicts import Omitted, Skipped, Verdict, Warned


class Caught(AssertionError):
    """A bad manner, with the entries that show it."""

    def __init__(self, message: str, shown: Sequence[Entry] = ()) -> None:
        super().__init__(message)
        self.shown = tuple(shown)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A request that reached another host than the emulator.

    Attributes:
        scheme: of its Authorization; empty if it brought none.
    """

    method: str
    path: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a client did.

    Attributes:
        entries: of the journal. foreign: what came to the other host; None where none was set up.
        jobs: export jobs as ``/_mock/jobs`` lists them. code: how the client ended; None if it was not started by us.
    """

    entries: list[Entry]
    foreign: list[Foreign] | None = None
    jobs: list[dict[str, object]] = field(default_factory=list)
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """The verdict on one question.

    Attributes:
        id: the question's name, such as ``early-retry``. requirements: ids of ``requirements.csv``.
        evidence: entries of the journal.
    """

    id: str
    requirements: tuple[str, ...]
    verdict: Verdict
    reason: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and how it is answered."""

    id: str
    requirements: tuple[str, ...]
    teaches: str
    ask: Callable[[Run], None]


_MARKED: list[Question] = []
_SHOWN = 5


def question(*requirements: str) -> Callable[[Callable[[Run], None]], Callable[[Run], None]]:
    """Marks a function as a question: its name is the id, its docstring what is asked of a client."""

    def mark(function: Callable[[Run], None]) -> Callable[[Run], None]:
        name = function.__name__.replace("_", "-")
        _MARKED.append(Question(name, requirements, (function.__doc__ or "").strip(), function))
        return function

    return mark


def questions() -> tuple[Question, ...]:
    """All that there are."""
    from athena_fhir_conformance.client import manners, sign_in_manners  # mark them

    assert manners, sign_in_manners  # noqa: S101 - imported for their marks
    return tuple(_MARKED)


def graded(run: Run) -> list[Grade]:
    """The answers to all questions."""
    return [_graded(each, run) for each in questions()]


def _graded(asked: Question, run: Run) -> Grade:
    try:
        asked.ask(run)
    except Skipped as reason:
        return Grade(asked.id, asked.requirements, Verdict.SKIP, str(reason))
    except Omitted as reason:
        return Grade(asked.id, asked.requirements, Verdict.OMIT, str(reason))
    except Warned as reason:
        return Grade(asked.id, asked.requirements, Verdict.WARNING, str(reason))
    except Caught as caught:
        shown = tuple(str(entry) for entry in caught.shown[:_SHOWN])
        return Grade(asked.id, asked.requirements, _caught(asked.requirements), str(caught), shown)
    return Grade(asked.id, asked.requirements, Verdict.PASS, "")


def _caught(ids: Sequence[str]) -> Verdict:
    """Advice that is not followed is a warning, as for servers."""
    binding = any(requirements()[id].binding for id in ids)
    return Verdict.FAIL if binding else Verdict.WARNING
