"""An answer on its way out, as faults see it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, header fields and a body.

    Attributes:
        bare: nothing of ours is added: it comes from something in front of us, such as a gateway.
    """

    status: int
    headers: Fields
    body: Iterable[bytes]
    bare: bool = False

    @classmethod
    def of(cls, status: int, content_type: str, body: bytes, headers: Fields = (), *, bare: bool = False) -> "Answer":
        """An answer made of one piece."""
        length = ("Content-Length", str(len(body)))
        return cls(status, (("Content-Type", content_type), length, *headers), [body], bare)

    def get(self, name: str) -> str | None:
        """The value of a header field; None where there is none."""
        return next((value for field, value in self.headers if field.lower() == name.lower()), None)

    def with_header(self, name: str, value: str | None) -> "Answer":
        """The same with a header field of this value and no other of its name; None takes it away."""
        kept = tuple(field for field in self.headers if field[0].lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))

    def whole(self) -> bytes:
        """The body in one piece, unpacked if it was packed; it is used up then."""
        try:
            body = b"".join(self.body)
        finally:
            self.close()
        if body and self.get("Content-Encoding") == "gzip":
            import gzip

            return gzip.decompress(body)
        return body

    def with_body(self, body: bytes) -> "Answer":
        """The same with another body, not packed, and a length that fits."""
        plain = self.with_header("Content-Encoding", None)
        return replace(plain.with_header("Content-Length", str(len(body))), body=[body])

    def streaming(self, chunks: Iterator[bytes]) -> "Answer":
        """The same with a body that is made while it is sent; whatever length was promised stays promised."""
        return replace(self, body=Body(chunks, self))

    def close(self) -> None:
        """Let go of what the body is read from."""
        close = getattr(self.body, "close", None)
        if close:
            close()


class Body:
    """Chunks that are made of another answer's body, and end together with it."""

    def __init__(self, chunks: Iterator[bytes], source: Answer) -> None:
        self._chunks = chunks
        self._source = source

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """Let go of both."""
        close = getattr(self._chunks, "close", None)
        if close:
            close()
        self._source.close()


def split_at(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The first ``size`` bytes of the chunks, and no more."""
    left = size
    for chunk in chunks:
        if left <= 0:
            return
        yield chunk[:left]
        left -= len(chunk)
