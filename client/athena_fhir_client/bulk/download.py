"""Gets one file, whatever happens on the way: it goes on where it was if the server can, and else begins again.

A Range is asked for only with ``If-Range`` and the ETag of what is there (https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5),
so the pieces of two representations are never joined. Every wait has an end: sockets have timeouts, a body that
trickles is given up like one that stalls, and attempts that bring nothing new are counted.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Protocol

from athena_fhir_client.bulk.asked import NDJSON
from athena_fhir_client.bulk.errors import BadFile, DownloadFailed, JobGone
from athena_fhir_client.bulk.http import Exchange, FileAnswer
from athena_fhir_client.bulk.part import OnBad, Part, Undecodable
from athena_fhir_client.bulk.state import FileState
from athena_fhir_client.errors import Gone, NotFound, RateLimited, ServerError, TransportError

_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)")


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried before giving up.

    Attributes:
        attempts: in a row that brought less than ``least`` new bytes, and not the end.
        refetches: of a file that came as a whole and was wrong.
        pause: seconds before the second attempt; doubled each time, at most ``longest_pause``.
        slowest: bytes a second; a body that is slower for ``slow_for`` seconds is given up.
        chunk: bytes that are read at a time.
    """

    attempts: int = 5
    least: int = 1 << 14
    refetches: int = 2
    pause: float = 0.5
    longest_pause: float = 30.0
    slowest: float = 50.0
    slow_for: float = 60.0
    chunk: int = 1 << 18


class Watch(Protocol):
    """Is told what comes."""

    def received(self, file: FileState, size: int) -> None:
        """So many bytes more, as they were sent; fewer than none if they were forgotten again."""
        ...


class Cancelled(Exception):
    """Another file failed, or the user had enough; what came is kept."""


@dataclass
class Download:
    """One file on its way.

    Args:
        save: keeps the state; called when it changed.
        stop: set by others when there is no point in going on.
    """

    http: Exchange
    folder: Path
    file: FileState
    with_token: bool
    save: Callable[[], None]
    stop: Event
    watch: Watch
    effort: Effort = field(default_factory=Effort)
    on_bad: OnBad = "stop"
    compressed: bool = True

    def run(self) -> None:
        """Get it, check it, give it its name.

        Raises:
            DownloadFailed, BadFile, JobGone, ForeignHost, StatusError, Cancelled: what came so far is kept.
        """
        part = Part(self.folder, self.file, self.on_bad)
        try:
            while not self._sound(part):
                self._begin_again(part, "", "")
            part.publish()
            self.file.whole = True
            self.save()
        finally:
            part.close()

    def _sound(self, part: Part) -> bool:
        """Whether it came and may stay."""
        try:
            self._fetch(part)
            problems = part.end()
        except Undecodable as error:
            problems = [f"{self.file.name}: {error}"]
        self.file.bad = problems
        if not problems or (self._only_lines(part, problems) if self.on_bad == "skip" else self.on_bad == "keep"):
            return True
        if self.file.refetched >= self.effort.refetches:
            raise self._bad(problems)
        self.file.refetched += 1
        return False

    def _only_lines(self, part: Part, problems: list[str]) -> bool:
        return part.check.bad_count > 0 and all(", line " in each or "more bad lines" in each for each in problems)

    def _bad(self, problems: list[str]) -> BadFile:
        tries = self.file.refetched + 1
        self.file.refetched = 0  # another run tries as often again
        self.save()
        shown = "; ".join(problems[:3]) + (f"; and {len(problems) - 3} more" if len(problems) > 3 else "")
        message = f"{shown}. It came so {tries} times from {self.file.url}; nothing of it was kept under its name"
        return BadFile(message, self.file.name, problems)

    def _fetch(self, part: Part) -> None:
        """Until all has come; attempts that bring nothing new are counted."""
        farthest, barren, pause = part.size, 0, self.effort.pause
        while True:
            asked = 0.0
            try:
                if self._attempt(part):
                    return
                trouble = "the connection ended early"
            except (TransportError, ServerError, RateLimited, NotFound) as error:
                trouble, asked = self._transient(error), self.http.retry_after(error)
            barren = 0 if part.size >= farthest + self.effort.least else barren + 1
            farthest = max(farthest, part.size)
            if barren >= self.effort.attempts:
                raise DownloadFailed(
                    f"{self.file.name}: {trouble}; {barren} attempts in a row brought little or nothing. "
                    f"{part.size} bytes are kept; run the same again to go on"
                )
            self.http.pause(max(asked, min(pause * 2**barren, self.effort.longest_pause)))
            self._check_stop()

    def _transient(self, error: Exception) -> str:
        if isinstance(error, Gone):
            message = f"{self.file.name}: {error}. The job expired or was deleted; run the same again for a new one"
            raise JobGone(message) from error
        return str(error)

    def _attempt(self, part: Part) -> bool:
        """One request; whether all has come by it."""
        self._check_stop()
        headers = {"Accept": NDJSON, "Accept-Encoding": self._encoding(part)}
        if part.can_go_on:
            headers |= {"Range": f"bytes={part.size}-", "If-Range": self.file.etag}
        with self.http.file(self.file.url, headers, with_token=self.with_token) as answer:
            if answer.status == 416:
                return self._out_of_range(part, answer)
            expected = self._placed(part, answer)
            self._read(part, answer)
            return expected is None or part.size >= expected

    def _encoding(self, part: Part) -> str:
        wanted = "gzip" if self.compressed else "identity"
        return (self.file.encoding or "identity") if part.can_go_on else wanted

    def _placed(self, part: Part, answer: FileAnswer) -> int | None:
        """See to it that the body belongs right behind what is there; the size of the whole, if it is told."""
        headers = answer.headers
        if answer.status == 206:
            told = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
            if told and int(told[1]) == part.size and headers.get("ETag", self.file.etag) == self.file.etag:
                return None if told[2] == "*" else int(told[2])
            self._begin_again(part, "", "")
            message = f"{self.file.name}: a range was asked for and another came"
            raise TransportError(message)
        etag = headers.get("ETag", "")
        self._begin_again(part, "" if etag.startswith("W/") else etag, headers.get("Content-Encoding", ""))
        length = headers.get("Content-Length", "")
        return int(length) if length.isascii() and length.isdecimal() and len(length) <= 18 else None

    def _out_of_range(self, part: Part, answer: FileAnswer) -> bool:
        if answer.headers.get("Content-Range") == f"bytes */{part.size}":
            return True
        self._begin_again(part, "", "")
        return False

    def _begin_again(self, part: Part, etag: str, encoding: str) -> None:
        self.watch.received(self.file, -part.size)
        part.restart(etag, encoding.lower().replace("x-gzip", "gzip").replace("identity", ""))
        self.save()

    def _read(self, part: Part, answer: FileAnswer) -> None:
        clock, since, got = self.http.now, self.http.now(), 0
        while data := answer.read(self.effort.chunk):
            part.write(data)
            self.watch.received(self.file, len(data))
            got += len(data)
            self._check_stop()
            passed = clock() - since
            if passed >= self.effort.slow_for:
                if got < self.effort.slowest * passed:
                    message = f"{self.file.name}: only {got} bytes came in {passed:.0f} s"
                    raise TransportError(message)
                since, got = clock(), 0

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise Cancelled
