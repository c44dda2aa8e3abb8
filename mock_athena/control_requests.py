"""Asks a running emulator, for the commands that do so: its control API, mostly."""

import json
from collections.abc import Callable, Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from mock_athena.errors import ConfigurationError


def opened(request: Request) -> Any:
    """The answer to a request, whose scheme was checked; an emulator of ``--tls`` on this machine is trusted."""
    context = None
    if request.full_url.startswith("https://"):
        from mock_athena.tls.context import trusting  # most emulators speak http

        context = trusting()
    return urlopen(request, timeout=10, context=context)  # noqa: S310 - the caller checked


def asked(origin: str, control_token: str, path: str, said: Any = None, method: str | None = None) -> Any:
    """The JSON that ``path`` below ``/_mock`` answers; None for an empty answer.

    Args:
        said: the JSON body, if there is one. method: POST with a body and GET without, if left out.

    Raises:
        ConfigurationError: nobody answers there, or not with JSON, or with a refusal.
    """
    headers = {"Content-Type": "application/json"}
    if control_token:
        headers["Authorization"] = f"Bearer {control_token}"
    body = None if said is None else json.dumps(said).encode()
    return answered(origin, f"/_mock/{path}", body, headers, method)


def answered(
    origin: str,
    path: str,
    body: bytes | None,
    headers: dict[str, str],
    method: str | None = None,
    send: Callable[[Request], Any] = opened,
) -> Any:
    """The JSON that ``path`` answers; None for an empty answer.

    Raises:
        ConfigurationError: as :func:`asked` does.
    """
    url = f"{origin.rstrip('/')}{path}"
    if not url.startswith(("http://", "https://")):
        message = f"--url {origin}: expected an origin such as http://127.0.0.1:8080"
        raise ConfigurationError(message)
    request = Request(url, body, headers, method=method)  # noqa: S310 - it was checked
    try:
        with send(request) as answer:
            text = answer.read()
            return json.loads(text) if text else None
    except HTTPError as error:
        message = f"{url} answered {error.code}: {error.read(2000).decode(errors='replace')}"
    except (OSError, HTTPException) as error:
        message = f"{url} cannot be reached: {getattr(error, 'reason', error)}; is the emulator running there?"
    except ValueError:
        message = f"{url} did not answer with JSON; is it an emulator?"
    raise ConfigurationError(message)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows for somebody who reads them, one a line, in columns; the first is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
