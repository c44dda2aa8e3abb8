"""How the commands end when somebody ends them: what they started is ended and put away, and no traceback is shown."""

import signal
import sys
from collections.abc import Callable
from types import FrameType

INTERRUPTED = 130
"""What a shell says of a command that was ended by Ctrl-C."""


def _raise(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
    raise KeyboardInterrupt


def ended(main: Callable[[], int]) -> int:
    """Run a command; 130 if Ctrl-C or SIGTERM ends it, after every ``finally`` on the way out."""
    signal.signal(signal.SIGTERM, _raise)
    try:
        return main()
    except KeyboardInterrupt:
        sys.stderr.write("ended before it was done\n")
        return INTERRUPTED
