"""One environment's data for several processes: each sees what the others committed as soon as it is.

The file is the same, and SQLite lets one process write at a time. What a store knows beside it, where the data stand
and where they stood at first, is on a :class:`~mock_athena.board.Board`, whose lock is that of whoever writes.
"""

from pathlib import Path
from typing import Any

from mock_athena.board import Board, BoardLock
from mock_athena.store.database import Database
from mock_athena.store.resources import Head, ResourceStore, head_of


class SharedResourceStore(ResourceStore):
    """The store at ``path``, of which others may be open in other processes.

    Args:
        board: made by the first of them.

    Raises:
        DataError: there is no such file, or it is not one of ours.
    """

    def __init__(self, path: Path, board: Path) -> None:
        self._board = Board(board, 1 << 12)
        self._words = self._board.words
        self._known: tuple[int, Head] = (0, Head(0, 0))
        super().__init__(Database(path), BoardLock(self._board, self._follow, self._tell))
        with self._lock:
            pass  # what it was opened with becomes what all go back to, or that is learnt from the board

    @property
    def _head(self) -> Head:
        number, head = self._known
        return head if number == self._words[0] else self._learn()

    @_head.setter
    def _head(self, head: Head) -> None:
        self._known = self._words[0], head

    def holds(self, seq: int) -> bool:
        """See :meth:`ResourceStore.holds`."""
        self._learn()
        return super().holds(seq)

    def close(self) -> None:
        """See :meth:`ResourceStore.close`."""
        super().close()
        self._board.close()

    def _learn(self) -> Head:
        number, told = self._board.read()
        if told is None:
            return self._known[1]
        head, first, self._first_vk, self._rewound_at = told
        self._first = Head(*first)
        self._known = number, Head(*head)
        return self._known[1]

    def _follow(self) -> None:
        """Before something is written: a process may have been killed after it wrote, before it could tell."""
        self._learn()
        self._head = head_of(self._database)

    def _tell(self) -> None:
        told: list[Any] = [self._known[1], self._first, self._first_vk, self._rewound_at]
        if self._board.read()[1] != [list(told[0]), list(told[1]), *told[2:]]:
            self._known = self._board.write(told), self._known[1]
