"""How a server ends when it is told to: nobody new is let in, who is being answered gets the answer, and within bounds.

What is held (a stalled answer, a long-poll, a follower of the journal) is let go at once. A second signal ends all.
"""

import signal
import sys
from types import FrameType
from typing import Any

from waitress import wasyncore

from mock_athena.clock import NANOSECONDS, stopwatch

_EACH = 0.1  # real seconds between two looks at who is left


class Ending:
    """Serves until told to end, and ends.

    Args:
        server: waitress'. grace: real seconds that answers may take to their end.
    """

    def __init__(self, server: Any, grace: float) -> None:
        self._server, self._grace = server, grace
        # That of a name with several addresses has a map and servers in it.
        self._map: dict[int, Any] = server.map if hasattr(server, "map") else server._map
        self._asked = False

    def on_signals(self) -> None:
        """Let SIGTERM and SIGINT begin it; for the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._told)

    def run(self) -> None:
        """Serve, until told to end and nobody is left to be answered, or the time is over."""
        # Others may have closed everything meanwhile: then nothing is left in the map.
        try:
            while self._map and not self._asked:
                self._poll(self._server.adj.asyncore_loop_timeout)
            if self._map:
                self._drain()
        finally:
            self._server.task_dispatcher.shutdown()
            wasyncore.close_all(self._map)

    def _told(self, number: int, _frame: FrameType | None) -> None:
        if self._asked:
            sys.exit(128 + number)
        self._asked = True
        wake = next(each for each in self._map.values() if hasattr(each, "pull_trigger"))
        wake.pull_trigger()

    def _poll(self, seconds: float) -> None:
        wasyncore.loop(seconds, self._server.adj.asyncore_use_poll, self._map, count=1)

    def _drain(self) -> None:
        until = stopwatch() + int(self._grace * NANOSECONDS)
        self._poll(0)  # who has asked by now is heard
        for listening in [each for each in self._map.values() if each.accepting]:
            wasyncore.dispatcher.close(listening)
        self._server.task_dispatcher.let_go()
        while self._busy() and stopwatch() < until:
            self._poll(_EACH)
        left = self._busy()
        if left:
            told = f"mock-athena: {left} answers were cut off, which took longer than --shutdown-grace {self._grace:g}"
            print(told, file=sys.stderr, flush=True)

    def _busy(self) -> int:
        """How many connections somebody waits on; the others are closed."""
        busy = 0
        for channel in [each for each in self._map.values() if hasattr(each, "total_outbufs_len")]:
            if channel.requests or channel.request or channel.total_outbufs_len:
                busy += 1
            else:
                channel.handle_close()
        return busy
