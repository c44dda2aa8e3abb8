"""A server in a process of its own, whose CPU time and memory are looked at from outside (on Linux)."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_UTIME, _STIME = 11, 12  # of the fields of /proc/PID/stat behind the name of the process


@dataclass(frozen=True, slots=True)
class Running:
    """A running server.

    Attributes:
        origin: such as ``http://127.0.0.1:43210``.
    """

    process: "subprocess.Popen[str]"
    origin: str

    def cpu_seconds(self) -> float:
        """CPU time of all its threads so far, to a hundredth of a second."""
        return cpu_seconds(self.process.pid)

    def private_bytes(self) -> int:
        """Its memory that is neither a file nor shared."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return 1024 * int(next(line for line in status.splitlines() if line.startswith("RssAnon:")).split()[1])

    def written_bytes(self) -> int:
        """What it wrote to files so far."""
        counted = Path(f"/proc/{self.process.pid}/io").read_text(encoding="utf-8")
        return int(next(line for line in counted.splitlines() if line.startswith("write_bytes:")).split()[1])


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[_UTIME]) + int(fields[_STIME])) / _TICKS


def running(options: Sequence[str], folder: Path) -> AbstractContextManager[Running]:
    """``mock-athena serve`` with these options, on any free port, as :func:`started`."""
    return started([sys.executable, "-m", "mock_athena", "serve", "--port", "0", *options], folder)


@contextmanager
def started(command: Sequence[str], folder: Path) -> Iterator[Running]:
    """A server whose first line ends with its address; it is ended in the end.

    Raises:
        ChildProcessError: it does not start; on stderr it said why.
    """
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if "ready" not in line:
            raise ChildProcessError(f"the server did not start; it ended with {process.wait(30)}")
        yield Running(process, line.split()[-1].removesuffix("/fhir/r4"))
    finally:
        process.terminate()
        process.communicate(timeout=30)
