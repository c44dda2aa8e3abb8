"""Where an export stands, in a file beside what it wrote, so that whatever ends a run, the next one goes on.

The file is replaced as a whole and never written in place: after ``kill -9`` it is the old one or the new one. What it
promises is on the disk before it says so.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from athena_fhir_client.bulk.asked import ExportRequest
from athena_fhir_client.bulk.errors import BadTarget
from athena_fhir_client.bulk.manifest import Kind

STATE_FILE = ".athena-export.json"
LOCK_FILE = ".athena-export.lock"
FORMAT = 1

Phase = Literal["new", "kicking-off", "running", "ready", "written", "done"]


@dataclass
class FileState:
    """One file of the manifest.

    Attributes:
        name: that it has, or will have, in the folder.
        whole: it is there under that name, checked.
        etag, encoding: of the representation whose beginning is in ``name.part``; both must be the same to go on.
        lines, bytes: what was written. refetched: how often it came wrong and was fetched anew.
        bad: what is wrong with it, in words.
    """

    name: str
    kind: Kind
    type: str
    url: str
    count: int | None = None
    size: int | None = None
    sha256: str = ""
    whole: bool = False
    etag: str = ""
    encoding: str = ""
    lines: int = 0
    bytes: int = 0
    refetched: int = 0
    types: dict[str, int] = field(default_factory=dict)
    bad: list[str] = field(default_factory=list)


@dataclass
class ExportState:
    """One export.

    Attributes:
        base: FHIR base URL; ``request`` is what was asked for there.
        phase: ``new`` → ``kicking-off`` (sent, no answer yet) → ``running`` → ``ready`` (manifest known) → ``written``
            (all files whole) → ``done`` (the server's copy deleted, or left there on purpose).
        started, completed: unix seconds.
        notes: what the user should know in the end.
    """

    base: str
    request: ExportRequest
    phase: Phase = "new"
    status_url: str = ""
    started: float = 0.0
    completed: float = 0.0
    transaction_time: str = ""
    requires_access_token: bool = True
    files: list[FileState] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    requests: int = 0

    def restart(self, note: str) -> None:
        """Forget the job: it is gone, and its files are of another snapshot than those of the next."""
        self.phase, self.status_url, self.transaction_time = "new", "", ""
        self.files.clear()
        self.notes.append(note)


def load(folder: Path) -> ExportState | None:
    """The state in a folder; None if there is none.

    Raises:
        BadTarget: it is not ours, or of another version.
    """
    path = folder / STATE_FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise BadTarget(f"{path} is not readable ({error}); remove it to start anew") from None
    if not isinstance(told, dict) or told.pop("format", None) != FORMAT:
        raise BadTarget(f"{path} is of another version; use another folder, or remove it to start anew")
    try:
        return _revived(told)
    except (KeyError, TypeError, ValueError) as error:
        raise BadTarget(f"{path} is not readable ({error!r}); remove it to start anew") from None


def _revived(told: dict[str, Any]) -> ExportState:
    told["request"] = ExportRequest.from_json(told["request"])
    told["files"] = [FileState(**file) for file in told["files"]]
    return ExportState(**told)


def save(folder: Path, state: ExportState) -> None:
    """Replace the file, durably."""
    told = {"format": FORMAT, **asdict(state), "request": state.request.as_json()}
    replace_file(folder / STATE_FILE, json.dumps(told, indent=1).encode())


def replace_file(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all."""
    fresh = path.with_name(f"{path.name}.tmp")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    publish(fresh, path)


def publish(fresh: Path, path: Path) -> None:
    """Give a written file its name, and see that the name lasts."""
    fresh.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one process writes in a folder; the lock goes with the process, however it ends.

    Raises:
        BadTarget: another one does.
    """
    from athena_fhir_client.libraries import filelock

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # what comes is about patients
    try:
        with filelock.FileLock(str(folder / LOCK_FILE), timeout=0):
            yield
    except filelock.Timeout:
        raise BadTarget(f"another process exports into {folder}; wait for it, or use another folder") from None
