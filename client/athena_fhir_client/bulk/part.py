"""What has come of a file so far: its bytes as they were sent, on the disk; decoded, counted and checked as they come.

The network is read in one thread, and all of that done in another: it writes, and with that lets go of the
interpreter's lock, for each portion that it checks. To write in the thread that reads cost a fifth of the speed, since
it waited for that lock; to decode there gained nothing.

The bytes stay as they were sent, compressed or not, because that is what a Range continues. Under its final name a file
appears only when it is whole and checked, by a rename.
"""

import hashlib
import os
import zlib
from pathlib import Path
from typing import BinaryIO, Literal

from athena_fhir_client.bulk.behind import Behind
from athena_fhir_client.bulk.lines import LineCheck
from athena_fhir_client.bulk.state import FileState, publish

OnBad = Literal["stop", "skip", "keep"]

_GZIP = 16 + zlib.MAX_WBITS
_REPLAY = 1 << 20
_FLUSH = 1 << 24
_SHOWN = 20  # bad lines that a report names; it counts all


class Undecodable(Exception):
    """The bytes are no gzip, or not a whole one."""


class Part:
    """The beginning of a file, which grows.

    Args:
        on_bad: with ``skip``, lines that are good are written apart, and make the file.
    """

    def __init__(self, folder: Path, file: FileState, on_bad: OnBad) -> None:
        self._file = file
        self._folder = folder
        self._skip = on_bad == "skip"
        self._sent = (folder / f"{file.name}.part").open("ab", buffering=0)
        self.size = self._sent.tell()
        self._flushed = 0
        self._flusher: Behind | None = None
        self._begin()
        if self.size:
            self._replay()

    @property
    def can_go_on(self) -> bool:
        """Whether what is there has a validator, so that a Range can be asked for."""
        return self.size > 0 and bool(self._file.etag)

    def restart(self, etag: str, encoding: str) -> None:
        """Forget what is there; another representation begins."""
        self._stop()
        self._sent.truncate(0)
        self._sent.seek(0)
        self.size = self._flushed = 0
        self._file.etag, self._file.encoding = etag, encoding
        self._begin()

    def write(self, data: bytes) -> None:
        """The next bytes as they were sent.

        Raises:
            Undecodable: they are no gzip, though they should be.
        """
        self.size += len(data)
        self._behind.give(data)

    def end(self) -> list[str]:
        """All has come: what is wrong with it, in words.

        Raises:
            Undecodable: it breaks off.
        """
        self._behind.finish()
        if self._decoder is not None and self.size and not self._decoder.eof:
            raise Undecodable("it ends in the midst of its gzip")
        self.check.finish()
        return [*self._wrong_as_a_whole(), *self._wrong_lines()]

    def publish(self) -> None:
        """Give the file its name; the disk has all of it by then."""
        self._file.lines, self._file.bytes = self.check.lines, self._plain
        self._file.types = dict(self.check.types)
        if self._skip:
            self._file.lines -= self.check.bad_count
        source = self._apart or self._sent
        source.flush()
        os.fsync(source.fileno())
        if self._flusher:
            self._flusher.finish()  # an error of the disk is told once, and perhaps to it
        self.close()
        target = self._folder / self._file.name
        publish(Path(str(source.name)), target)
        self._file.bytes = target.stat().st_size
        for left in (".part", ".tmp"):  # of this run or of one that was killed
            (self._folder / f"{self._file.name}{left}").unlink(missing_ok=True)

    def close(self) -> None:
        """Leave what is there for another time."""
        self._stop()
        self._sent.close()

    def _stop(self) -> None:
        """Nothing is done behind any more."""
        self._behind.stop()
        if self._flusher:
            self._flusher.stop()
            self._flusher = None
        if self._apart:
            self._apart.close()

    def _begin(self) -> None:
        self._plain = 0
        self._decoder = zlib.decompressobj(_GZIP) if self._file.encoding == "gzip" else None
        self._hash = hashlib.sha256() if self._file.sha256 else None
        self._apart: BinaryIO | None = None
        if self._skip or self._decoder is not None:
            self._apart = (self._folder / f"{self._file.name}.tmp").open("wb")
        keep = self._apart.write if self._skip and self._apart else None
        expected = {"output": self._file.type, "deleted": "Bundle", "error": "OperationOutcome"}[self._file.kind]
        self.check = LineCheck(expected, keep)
        self._behind = Behind(self._keep)

    def _replay(self) -> None:
        """Decode, count and check again what an earlier run, or attempt, left."""
        try:
            with Path(str(self._sent.name)).open("rb") as before:
                while data := before.read(_REPLAY):
                    self._take(data)
        except Undecodable:
            self.restart("", "")

    def _keep(self, data: bytes) -> None:
        """Write what was sent, and take it."""
        left = memoryview(data)
        while left:  # a disk that is nearly full takes less than all, and complains the next time
            left = left[self._sent.write(left) :]
        self._take(data)

    def _take(self, data: bytes) -> None:
        plain = self._decoded(data) if self._decoder is not None else data
        self._plain += len(plain)
        if self._hash:
            self._hash.update(plain)
        if self._apart and not self._skip:
            self._apart.write(plain)
        self.check.feed(plain)
        if self._plain - self._flushed > _FLUSH:
            self._flush()

    def _decoded(self, data: bytes) -> bytes:
        plain = b""
        try:
            while data:
                assert self._decoder is not None  # noqa: S101 - the caller asked
                if self._decoder.eof:  # a gzip may consist of several
                    self._decoder = zlib.decompressobj(_GZIP)
                plain += self._decoder.decompress(data)
                data = self._decoder.unused_data
        except zlib.error as error:
            raise Undecodable(f"it is no gzip: {error}") from None
        return plain

    def _flush(self) -> None:
        """Let the disk begin with what came, so that it has little left to do in the end."""
        self._flushed = self._plain
        if self._flusher is None:
            self._flusher = Behind(lambda _: os.fsync((self._apart or self._sent).fileno()))
        self._flusher.give(b"")

    def _wrong_as_a_whole(self) -> list[str]:
        file, found = self._file, []
        if file.count is not None and file.count != self.check.lines:
            found.append(f"{file.name} has {self.check.lines} lines, the manifest says {file.count}")
        if file.size is not None and file.size != self._plain:
            found.append(f"{file.name} has {self._plain} bytes, the manifest says {file.size}")
        if self._hash and self._hash.hexdigest() != file.sha256:
            found.append(f"{file.name} has the SHA-256 {self._hash.hexdigest()}, the manifest says {file.sha256}")
        return found

    def _wrong_lines(self) -> list[str]:
        bad = self.check.bad
        shown = [f"{self._file.name}, line {line.number}: {line.reason} ({line.text!r})" for line in bad[:_SHOWN]]
        more = self.check.bad_count - len(shown)
        return [*shown, f"{self._file.name}: {more} more bad lines"] if more else shown
