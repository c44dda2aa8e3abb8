"""Asks an emulator on this machine how it is, for ``mock-athena health`` and the health check of containers."""

from typing import Any
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from mock_athena.addresses import reachable
from mock_athena.control_requests import answered
from mock_athena.settings import Settings

_PATIENCE = 3  # real seconds


def health(settings: Settings, seconds: float = _PATIENCE) -> dict[str, Any]:
    """What the emulator says that was started with these settings on this machine.

    Raises:
        ConfigurationError: nobody answers there, or it is not well; the message says what is lost.
    """
    tls = bool(settings.tls or settings.tls_cert)
    origin = f"{'https' if tls else 'http'}://{reachable(settings.host)}:{settings.port}"
    headers = {"Authorization": f"Bearer {settings.control_token}"} if settings.control_token else {}
    handlers: list[Any] = [ProxyHandler({})]
    if tls:
        import ssl

        # It is this machine, and the certificate may be for the name that others use.
        handlers.append(HTTPSHandler(context=ssl._create_unverified_context()))  # noqa: S323
    opener = build_opener(*handlers)
    told: dict[str, Any] = answered(
        origin, "/_mock/health", None, headers, send=lambda request: opener.open(request, timeout=seconds)
    )
    return told
