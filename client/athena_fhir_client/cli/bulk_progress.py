"""How far an export is: a line for the job, a bar for the bytes, with rate, quota left and time to go."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from athena_fhir_client.bulk.export import Silent, Watch
from athena_fhir_client.bulk.state import FileState


@contextmanager
def bulk_progress(client: Any, quiet: bool) -> Iterator[Watch]:
    """Shown on standard error, where that is a terminal; silent otherwise."""
    if quiet or not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TransferSpeedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[files]}"),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.fields[eta]}"),
        TextColumn("{task.fields[left]:,} requests left today"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar, client)


class _Bar:
    def __init__(self, bar: Any, client: Any) -> None:
        self._bar, self._client, self._lock = bar, client, threading.Lock()
        self._task = bar.add_task("", total=None, files="", eta="", left=client.pacer.left_today)
        self._files = self._whole = 0
        self._began = client.clock.monotonic()

    def phase(self, text: str) -> None:
        self._show(description=text)

    def waiting(self, progress: str, seconds: float) -> None:
        self._show(description=f"{progress or 'in progress'}; asked again in {seconds:.0f} s")

    def listed(self, files: list[FileState]) -> None:
        self._files, self._whole = len(files), sum(file.whole for file in files)
        self._began = self._client.clock.monotonic()
        sizes = [file.size for file in files]
        known = sum(size for size in sizes if size is not None) if all(size is not None for size in sizes) else None
        self._show(total=known, files=f"{self._whole}/{self._files} files")

    def received(self, file: FileState, size: int) -> None:  # noqa: ARG002 - a Watch
        self._bar.advance(self._task, size)

    def whole(self, file: FileState) -> None:  # noqa: ARG002 - a Watch
        with self._lock:
            self._whole += 1
            passed = self._client.clock.monotonic() - self._began
            to_go = passed / self._whole * (self._files - self._whole)
            self._show(files=f"{self._whole}/{self._files} files", eta=f"{to_go:.0f} s to go")

    def _show(self, **changed: Any) -> None:
        self._bar.update(self._task, left=self._client.pacer.left_today, **changed)
