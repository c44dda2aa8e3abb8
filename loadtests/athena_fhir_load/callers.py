"""Calls a WSGI application directly, as many different callers."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import cycle
from typing import Any

from mock_athena.app import MockAthena
from mock_athena.auth.grant import Grant

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def tokens(app: MockAthena, callers: int) -> list[str]:
    """Authorization headers of so many clients, each with a quota of its own."""
    issue = app.world.authorization.tokens.issue
    return [f"Bearer {issue(Grant(f'load-{number}', ('system/*.read',)))}" for number in range(callers)]


class Calls:
    """Repeats one GET, each time as the next caller.

    Attributes:
        statuses: how often each status was answered. body: of the last answer.
    """

    def __init__(self, app: WsgiApp, path: str, query: str = "", authorizations: Sequence[str] = ("",)) -> None:
        self.statuses: Counter[str] = Counter()
        self.body = b""
        self._app = app
        self._authorizations = cycle(authorizations)
        self._environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8080",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8080",
            "HTTP_ACCEPT": "application/fhir+json",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
        }

    def run(self, times: int) -> None:
        """Call so many times."""
        app, environ, authorizations = self._app, self._environ, self._authorizations
        for _ in range(times):
            answer = app({**environ, "HTTP_AUTHORIZATION": next(authorizations)}, self._start)
            self.body = b"".join(answer)
            close = getattr(answer, "close", None)
            if close:
                close()

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:  # noqa: ARG002
        self.statuses[status[:3]] += 1
