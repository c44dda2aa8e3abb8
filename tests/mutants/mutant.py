"""A mutant: the healthy emulator with one named thing wrong with it, at one seam.

Each is a bug that a real product had. The conformance suite must notice every one of them, by a check of a requirement
that the mutant breaks; ``tests/conformance/test_kill_matrix.py`` sees to that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.mutants.probe import Prober


@dataclass(frozen=True)
class Asked:
    """A request as it came: ``path`` without the query; the names of ``headers`` are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Told:
    """An answer that may be changed before it is sent."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def get(self, name: str) -> str:
        """The value of a header field; empty where there is none."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), "")

    def set(self, name: str, value: str | None) -> None:
        """Give a header field another value; None takes it away."""
        self.headers[:] = [field for field in self.headers if field[0].lower() != name.lower()]
        if value is not None:
            self.headers.append((name, value))


@dataclass(frozen=True)
class Answers:
    """The seam between the server and who asked it: an answer is changed on its way out."""

    change: Callable[[Asked, Told], None]


@dataclass(frozen=True)
class Requests:
    """The same seam on the way in: what the server sees of a request, as a WSGI environment."""

    change: Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Part:
    """A seam within: one function, method or constant is another.

    Attributes:
        where: such as ``mock_athena.auth.pkce:check_verifier`` or ``mock_athena.auth.tokens:AccessTokens.identify``.
        instead: makes the other one of the healthy one.
    """

    where: str
    instead: Callable[[Any], Any]


Seam = Answers | Requests | Part
Probe = Callable[["Prober"], object]


@dataclass(frozen=True)
class Mutant:
    """One broken server.

    Attributes:
        name: in lower case with hyphens.
        requirements: ids of what it breaks; any of their checks may find it out.
        does: what is wrong, in one sentence without a full stop.
        origin: the product in which it was seen.
        seam: where it is broken, and how.
        shown_by: what a client does to see the difference.
        settings: of the emulator, where they differ from those of the others.
    """

    name: str
    requirements: tuple[str, ...]
    does: str
    origin: str
    seam: Seam
    shown_by: Probe
    settings: Mapping[str, Any] = field(default_factory=dict)
