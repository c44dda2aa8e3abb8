"""Listens to a request and its answer while somebody looks, for :class:`~mock_athena.journal.bodies.Bodies`.

Loaded when somebody does. Texts are kept; files of an export, documents, pictures and pages for people are not.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from mock_athena.errors import ConnectionFault
from mock_athena.journal.bodies import Bodies, Pairs, Part, Said
from mock_athena.web.exchange import Exchange
from mock_athena.web.quota import peeked
from mock_athena.web.routes import LARGEST_BODY

Environ = dict[str, Any]
Answer = Callable[[Exchange, Environ, Callable[..., Any]], Iterable[bytes]]

_TEXTS = ("json", "xml", "x-www-form-urlencoded", "text/plain")
_OTHERS = ("ndjson", "html")


def listen(
    bodies: Bodies, answer: Answer, exchange: Exchange, environ: Environ, start_response: Callable[..., Any]
) -> Iterable[bytes]:
    """Answer a request by ``answer``, and keep what both sides say."""
    if not exchange.route.journaled or not bodies.wanted():
        return answer(exchange, environ, start_response)
    said = Said(_fields(environ), _sent(environ))

    def start(status: str, headers: Pairs, exc_info: Any = None) -> Any:
        said.status, said.headers = status, headers
        bodies.keep(exchange.seq, said)
        return start_response(status, headers, *((exc_info,) if exc_info else ()))

    try:
        return _heard(said, answer(exchange, environ, start))
    except ConnectionFault:
        bodies.keep(exchange.seq, said)
        raise


def _fields(environ: Environ) -> Pairs:
    return [(name, str(value)) for name, value in environ.items() if name.startswith(("HTTP_", "CONTENT_")) and value]


def _sent(environ: Environ) -> Part:
    length = environ.get("CONTENT_LENGTH") or "0"
    part = Part(kept=_is_text(environ.get("CONTENT_TYPE") or "") and length.isdecimal() and int(length) <= LARGEST_BODY)
    if part.kept:
        part.add(peeked(environ, LARGEST_BODY))
    elif length.isdecimal():
        part.size = int(length)
    return part


def _heard(said: Said, answer: Iterable[bytes]) -> Iterable[bytes]:
    kind = next((value for name, value in said.headers if name.lower() == "content-type"), "")
    said.answered = Part(kept=_is_text(kind))
    if isinstance(answer, list):  # whole, such as a refusal
        for chunk in answer:
            said.answered.add(chunk)
        return answer
    return _Heard(said.answered, answer) if said.answered.kept else answer


@lru_cache(maxsize=64)
def _is_text(kind: str) -> bool:
    kind = kind.lower()
    return any(text in kind for text in _TEXTS) and not any(other in kind for other in _OTHERS)


class _Heard:
    """An answer that is listened to while it is sent."""

    def __init__(self, part: Part, answer: Iterable[bytes]) -> None:
        self._part, self._answer = part, answer

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._answer:
            self._part.add(chunk)
            yield chunk

    def close(self) -> None:
        """Close what was listened to."""
        close = getattr(self._answer, "close", None)
        if close:
            close()
