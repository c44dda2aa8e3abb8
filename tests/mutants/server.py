"""Starts healthy and broken emulators in this process, on a clock that stands still at a known instant."""

import gzip
import importlib
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from mock_athena.app import MockAthena, create_app
from mock_athena.settings import Settings
from tests.mutants.mutant import Answers, Asked, Mutant, Part, Requests, Told

WsgiApp = Callable[..., Iterable[bytes]]

_Remembering = type(lru_cache(len))

START = "2026-11-24T12:00:00Z"
SETTINGS: dict[str, Any] = {"clock": "manual", "start": START, "patients": 2, "auto_approve": True, "writable": True}


@contextmanager
def healthy(cache: Path, **changes: Any) -> Iterator[MockAthena]:
    """A healthy emulator."""
    app = create_app(Settings(**{**SETTINGS, "cache_dir": str(cache), **changes}))
    try:
        yield app
    finally:
        app.close()


@contextmanager
def broken(mutant: Mutant, cache: Path, **changes: Any) -> Iterator[tuple[WsgiApp, MockAthena]]:
    """A broken one, as a WSGI application, and the emulator within it; all is as before when the block ends."""
    seam = mutant.seam
    exchanged = _exchanged(seam) if isinstance(seam, Part) else nullcontext()
    with exchanged, healthy(cache, **{**mutant.settings, **changes}) as app:
        yield wrapped(app, seam) if not isinstance(seam, Part) else app, app


def wrapped(app: WsgiApp, seam: Answers | Requests) -> WsgiApp:
    """The application with something between it and who asks."""
    if isinstance(seam, Requests):

        def ask(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            seam.change(environ)
            return app(environ, start_response)

        return ask

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = _asked(environ)
        told = _told(app, environ)
        sized, packed = bool(told.get("Content-Length")), told.get("Content-Encoding") == "gzip"
        if packed:
            told.body = gzip.decompress(told.body)
        seam.change(asked, told)
        if packed:
            told.body = gzip.compress(told.body, 1, mtime=0)
        if sized and asked.method != "HEAD":
            told.set("Content-Length", str(len(told.body)))
        start_response(_status_line(told.status), told.headers)
        return [told.body]

    return answer


def _asked(environ: dict[str, Any]) -> Asked:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    headers = {name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name[:5] == "HTTP_"}
    return Asked(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""), headers, body)


def _told(app: WsgiApp, environ: dict[str, Any]) -> Told:
    told = Told(0, [], b"")

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        told.status, told.headers = int(status[:3]), list(headers)

    chunks = app(environ, start)
    try:
        told.body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()
    return told


def _status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


@contextmanager
def _exchanged(seam: Part) -> Iterator[None]:
    """One attribute is another; what was computed with the one is forgotten before it is computed with the other."""
    module, _, path = seam.where.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    before = vars(owner)[name]  # as it is kept there: a property or a static method, and not what it gives
    setattr(owner, name, seam.instead(before))
    _forget()
    try:
        yield
    finally:
        setattr(owner, name, before)
        _forget()


def _forget() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("mock_athena"):
            for value in list(vars(module).values()):
                if isinstance(value, _Remembering):
                    value.cache_clear()
