"""A whole export: kick off, wait, download, delete; each step written down before the next, so that any run goes on.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html. What a run finds half done it continues: a job is polled on, a file
is fetched on, and what is whole stays.
"""

import json
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Protocol

from athena_fhir_client.bulk.asked import ExportRequest
from athena_fhir_client.bulk.download import Cancelled, Download, Effort
from athena_fhir_client.bulk.errors import BadFile, BadTarget, DownloadFailed, ExportFailed, JobGone
from athena_fhir_client.bulk.http import Exchange
from athena_fhir_client.bulk.manifest import Manifest
from athena_fhir_client.bulk.part import OnBad
from athena_fhir_client.bulk.report import Report, report_of, write_report
from athena_fhir_client.bulk.state import ExportState, FileState, load, locked, save
from athena_fhir_client.bulk.waiting import Polling, wait_for_manifest
from athena_fhir_client.errors import AthenaError, ForeignHost, NotFound, TransportError
from athena_fhir_client.outcomes import outcome_words

if TYPE_CHECKING:
    from athena_fhir_client.client import AthenaClient


class Watch(Protocol):
    """Is told how an export goes; called from several threads."""

    def phase(self, text: str) -> None:
        """What is done now."""
        ...

    def waiting(self, progress: str, seconds: float) -> None:
        """The job is in progress (what the server says of it), and will be asked again in so many seconds."""
        ...

    def listed(self, files: list[FileState]) -> None:
        """The manifest is known."""
        ...

    def received(self, file: FileState, size: int) -> None:
        """So many bytes more of a file, as they were sent; fewer than none if they were forgotten again."""
        ...

    def whole(self, file: FileState) -> None:
        """A file is there, checked."""
        ...


class Silent:
    """Nobody looks."""

    def phase(self, text: str) -> None:
        """See :class:`Watch`."""

    def waiting(self, progress: str, seconds: float) -> None:
        """See :class:`Watch`."""

    def listed(self, files: list[FileState]) -> None:
        """See :class:`Watch`."""

    def received(self, file: FileState, size: int) -> None:
        """See :class:`Watch`."""

    def whole(self, file: FileState) -> None:
        """See :class:`Watch`."""


@dataclass(frozen=True, slots=True)
class Options:
    """How an export is done.

    Attributes:
        workers: files at a time; a single one in the caller's own thread.
        on_bad: what happens to a file that is wrong after it was fetched again: ``stop`` ends with an error, ``skip``
            leaves
            bad lines out, ``keep`` keeps it as it came. Either way the report says what was wrong.
        compressed: ask for gzip. delete: delete the server's copy in the end.
    """

    workers: int = 4
    polling: Polling = field(default_factory=Polling)
    effort: Effort = field(default_factory=Effort)
    on_bad: OnBad = "stop"
    compressed: bool = True
    delete: bool = True


@dataclass
class BulkExport:
    """An export into a folder.

    Args:
        client: sends the requests, within the pace.
        folder: is created; one export only.
    """

    client: "AthenaClient"
    request: ExportRequest
    folder: Path
    options: Options = field(default_factory=Options)
    watch: Watch = field(default_factory=Silent)
    stop: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        """The rest is made from what was given."""
        self.folder = Path(self.folder)
        self._http = Exchange(self.client)
        self._lock = Lock()

    def run(self) -> Report:
        """Do what is left to do, and say what was written.

        Raises:
            BulkError, or another :class:`AthenaError`; the folder's state is one from which the next run goes on.
        """
        with locked(self.folder):
            state = self._state()
            begun_before = state.phase != "new"
            try:
                return self._run(state)
            except (JobGone, ExportFailed) as error:
                self._forget(state, str(error))
                if isinstance(error, ExportFailed) or not begun_before:
                    raise
            return self._run(state)  # what an earlier run began is gone meanwhile

    def cancel(self) -> bool:
        """Delete the job at the server, and here what came of it; whether there was one.

        Raises:
            AthenaError: the server did not take it.
        """
        with locked(self.folder):
            state = self._state()
            if not state.status_url:
                return False
            with suppress(NotFound):
                self._http.delete(state.status_url)
            self._forget(state, "the job was cancelled")
            return True

    def _state(self) -> ExportState:
        base = self.client.base_url.rstrip("/")
        found = load(self.folder)
        if found is None:
            return ExportState(base, self.request)
        if found.base != base or found.request != self.request:
            message = f"{self.folder} holds another export: {_described(found.base, found.request)}. Use another folder"
            raise BadTarget(f"{message} for {_described(base, self.request)}")
        return found

    def _run(self, state: ExportState) -> Report:
        if state.phase in ("new", "kicking-off"):
            self._kick_off(state)
        if state.phase == "running":
            self._wait(state)
        if state.phase == "ready":
            self._download(state)
        if state.phase == "written":
            self._finish(state)
        return report_of(self.folder, state)

    def _kick_off(self, state: ExportState) -> None:
        if state.phase == "kicking-off":
            state.notes.append(_LOST)
        state.phase, state.started = "kicking-off", self.client.clock.now()
        save(self.folder, state)
        self.watch.phase("kick-off")
        try:
            state.status_url = self._http.kick_off(self.request)
        except TransportError as error:
            if not error.sent:
                state.phase = "new"
                save(self.folder, state)
                raise
            state.notes.append(_LOST)
            state.status_url = self._http.kick_off(self.request)
        except AthenaError:
            state.phase = "new"
            save(self.folder, state)
            raise
        state.phase = "running"
        save(self.folder, state)

    def _wait(self, state: ExportState) -> None:
        self.watch.phase("export")
        polling = self.options.polling
        manifest = wait_for_manifest(self._http, state.status_url, polling, self.watch.waiting, self._check_stop)
        self._take_over(state, manifest)
        state.phase = "ready"
        save(self.folder, state)

    def _take_over(self, state: ExportState, manifest: Manifest) -> None:
        """The files of a manifest; what an earlier run has of the same snapshot stays."""
        files = _named(manifest)
        before = {file.name: file for file in state.files}
        if manifest.transaction_time != state.transaction_time:
            self._remove(state.files)
            before = {}
        state.transaction_time = manifest.transaction_time
        state.requires_access_token = manifest.requires_access_token
        state.files = [_going_on(file, before.get(file.name)) for file in files]

    def _download(self, state: ExportState) -> None:
        try:
            self._download_all(state)
        except (BadFile, DownloadFailed, ForeignHost):
            state.phase = "running"  # the next run asks for the manifest again: it may have been what is wrong
            save(self.folder, state)
            raise

    def _download_all(self, state: ExportState) -> None:
        self.watch.phase("download")
        self.watch.listed(state.files)
        left = [file for file in state.files if not file.whole]
        if self.options.workers == 1:
            for file in left:
                self._one(state, file)
        else:
            self._in_parallel(state, left)
        state.notes += self._server_errors(state)
        state.phase, state.completed = "written", self.client.clock.now()
        save(self.folder, state)

    def _in_parallel(self, state: ExportState, left: list[FileState]) -> None:
        with ThreadPoolExecutor(self.options.workers, thread_name_prefix="download") as pool:
            tasks = [pool.submit(self._one, state, file) for file in left]
            try:
                wait(tasks, return_when=FIRST_EXCEPTION)
            finally:
                if not all(task.done() for task in tasks):
                    self.stop.set()
        try:
            _raise_first(tasks)
        except Exception:
            self.stop.clear()  # it was set for the others; another run of the same may go on
            raise

    def _one(self, state: ExportState, file: FileState) -> None:
        with_token = state.requires_access_token
        download = Download(
            self._http, self.folder, file, with_token, self._saver(state), self.stop, self.watch,
            self.options.effort, self.options.on_bad, self.options.compressed,
        )  # fmt: skip
        download.run()
        self.watch.whole(file)

    def _saver(self, state: ExportState) -> Callable[[], None]:
        def locked_save() -> None:
            with self._lock:
                save(self.folder, state)

        return locked_save

    def _server_errors(self, state: ExportState) -> list[str]:
        """What the server says of what it could not export, in words."""
        words: list[str] = []
        for file in state.files:
            if file.kind == "error":
                lines = (self.folder / file.name).read_bytes().splitlines()
                words += [f"the server says: {_said(line)}" for line in lines]
        return words

    def _finish(self, state: ExportState) -> None:
        if self.options.delete:
            self.watch.phase("delete")
            try:
                self._http.delete(state.status_url)
            except NotFound:
                pass
            except AthenaError as error:
                state.notes.append(f"the server's copy could not be deleted: {error}")
        state.phase = "done"
        write_report(self.folder, state)
        save(self.folder, state)

    def _forget(self, state: ExportState, note: str) -> None:
        self._remove(state.files)
        state.restart(note)
        save(self.folder, state)

    def _remove(self, files: list[FileState]) -> None:
        for file in files:
            for name in (file.name, f"{file.name}.part", f"{file.name}.tmp"):
                (self.folder / name).unlink(missing_ok=True)

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise Cancelled


_LOST = "the answer to a kick-off was lost: a job whose address nobody knows may run at the server until it expires"


def adopt(folder: Path, base: str, request: ExportRequest, status_url: str, now: float) -> None:
    """Let an export go on in a folder whose job was kicked off elsewhere, unless it is there already.

    Raises:
        BadTarget: another export is there, or another process writes there.
    """
    with locked(folder):
        found = load(folder)
        if found is None:
            save(folder, ExportState(base.rstrip("/"), request, "running", status_url, now))
        elif found.status_url != status_url:
            message = f"{folder} holds another export: {_described(found.base, found.request)}"
            raise BadTarget(message)


def _named(manifest: Manifest) -> list[FileState]:
    """Each file with a name of ours: what a server calls its files never becomes a path."""
    seen: dict[str, int] = {}
    named: list[FileState] = []
    for file in manifest.files:
        stem = file.kind if file.kind != "output" else file.type or "resources"
        seen[stem] = seen.get(stem, 0) + 1
        name = f"{stem}.ndjson" if seen[stem] == 1 else f"{stem}.{seen[stem]}.ndjson"
        named.append(FileState(name, file.kind, file.type, file.url, file.count, file.size, file.sha256))
    return named


def _going_on(file: FileState, before: FileState | None) -> FileState:
    """A file of a manifest that was asked for again, with what is there of it."""
    if before is None:
        return file
    whole = before.whole and file.count in (None, before.lines)
    told = {"url": file.url, "count": file.count, "size": file.size, "sha256": file.sha256}
    return replace(before, whole=whole, **told)  # type: ignore[arg-type]


def _said(line: bytes) -> str:
    try:
        return outcome_words(json.loads(line))
    except (ValueError, AttributeError):
        return line[:200].decode("utf-8", "backslashreplace")  # kept though it is no outcome


def _raise_first(tasks: list["Future[None]"]) -> None:
    """The error that stopped the others, if there is one."""
    errors = [error for task in tasks if (error := task.exception())]
    for error in errors:
        if not isinstance(error, Cancelled):
            raise error
    if errors:
        raise errors[0]


def _described(base: str, request: ExportRequest) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in request.pairs() if name != "_outputFormat")
    return f"{base}/{request.path}{f'?{pairs}' if pairs else ''}"
