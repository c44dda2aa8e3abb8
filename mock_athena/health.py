"""Asks an emulator on this machine how it is, for ``mock-athena health`` and the health check of containers."""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from mock_athena.errors import ConfigurationError
from mock_athena.settings import Settings

_PATIENCE = 3  # real seconds


def health(settings: Settings, seconds: float = _PATIENCE) -> dict[str, Any]:
    """What the emulator says that was started with these settings on this machine.

    Raises:
        ConfigurationError: nobody answers there, or it is not well; the message says what is lost.
    """
    tls = bool(settings.tls or settings.tls_cert)
    host = settings.host if settings.host not in ("", "0.0.0.0", "::") else "127.0.0.1"  # noqa: S104 - compared
    url = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{settings.port}/_mock/health"
    headers = {"Authorization": f"Bearer {settings.control_token}"} if settings.control_token else {}
    handlers: list[Any] = [ProxyHandler({})]
    if tls:
        import ssl

        # It is this machine, and the certificate may be for the name that others use.
        handlers.append(HTTPSHandler(context=ssl._create_unverified_context()))  # noqa: S323
    try:
        with build_opener(*handlers).open(Request(url, headers=headers), timeout=seconds) as answer:  # noqa: S310
            told: dict[str, Any] = json.load(answer)
            return told
    except HTTPError as error:
        message = f"{url} answered {error.code}: {error.read(2000).decode(errors='replace')}"
    except (URLError, OSError) as error:
        message = f"{url} cannot be reached: {getattr(error, 'reason', error)}; is the emulator running there?"
    except ValueError:
        message = f"{url} did not answer with JSON; is it an emulator?"
    raise ConfigurationError(message)
