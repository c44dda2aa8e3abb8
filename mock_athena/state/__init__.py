"""Small JSON state of one emulator, by kind and id: shared by its processes, and kept across restarts if asked for.

Where it is held: in this process's memory (:mod:`~mock_athena.state.memory`), or in a directory that several processes
use and that outlasts them (:mod:`~mock_athena.state.directory`). Both do the same.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from mock_athena.state.memory import Entry, MemoryState

__all__ = ["Entry", "State", "state_in"]


class State(Protocol):
    """JSON values by kind and id. Every method is atomic, for all threads and processes that share it.

    What is put in and what comes out are copies: to change a value is to put it again. Ends (``expires``) are
    nanoseconds since 1970 UTC by whatever clock the caller judges that kind by; a value whose end has come stays until
    :meth:`forget_expired` is called, so whoever must not see it looks at its end.
    """

    def put(self, kind: str, id: str, value: Any, expires: int | None = None) -> None:
        """Keep a value, in place of what was there."""
        ...

    def add(self, kind: str, id: str, value: Any, expires: int | None = None) -> bool:
        """Keep a value, unless there is one already; answers whether it was kept."""
        ...

    def get(self, kind: str, id: str) -> Any:
        """The value; None if there is none."""
        ...

    def take(self, kind: str, id: str) -> Any:
        """The value, for one caller only: it is gone then. None if there is none."""
        ...

    def all(self, kind: str) -> dict[str, Any]:
        """Every value of a kind by id, in the order in which the ids were first put."""
        ...

    def delete(self, kind: str, id: str) -> bool:
        """Forget a value; answers whether there was one."""
        ...

    def clear(self, kind: str | None = None) -> None:
        """Forget every value of a kind; of all kinds if left out."""
        ...

    def forget_expired(self, now: int, kind: str | None = None) -> None:
        """Forget the values of a kind, or of all, whose end is ``now`` or was before."""
        ...

    def everything(self) -> list[Entry]:
        """Every value of every kind, in the order in which they were first put."""
        ...

    def replace(self, entries: Iterable[Entry]) -> None:
        """Hold these values, and no others."""
        ...

    def generation(self) -> int:
        """A number that differs from every one before as soon as a change of whatever process was made.

        Whoever remembers something of the state looks at it first: if it is another than the last time, forget. It
        takes a fraction of a microsecond. Only good for a comparison: it may go down.
        """
        ...

    def close(self) -> None:
        """Let go of files; what is in a directory stays."""
        ...


def state_in(directory: str) -> State:
    """The state in that directory, which is made if it is not there; in memory where none is named.

    Raises:
        ConfigurationError: the directory cannot be used, or another version of ours filled it.
    """
    if not directory:
        return MemoryState()
    from mock_athena.state.directory import DirectoryState  # most emulators keep nothing

    return DirectoryState(Path(directory))
