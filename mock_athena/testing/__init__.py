"""An emulator for tests, in the test's own process: behind a port, or in place of athenahealth's hosts.

::

    from mock_athena.testing import intercept_athena, serve_athena

    with serve_athena() as athena:            # behind a free port
        run_my_client(athena.base_url, *athena.client_credentials())
        athena.assert_called("GET", "/fhir/r4/Patient/*", times=1)

    with intercept_athena() as athena:        # my client keeps the URL of production
        run_my_client("https://api.platform.athenahealth.com/fhir/r4", *athena.client_credentials())

The pytest fixtures are in :mod:`mock_athena.testing.plugin`. Names are imported on first use, so that a test run
that never asks for an emulator pays nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_athena.testing.athena import Athena, ClientCredentials
    from mock_athena.testing.cases import AthenaTestCase
    from mock_athena.testing.intercept import RealHostRefused, intercept_athena
    from mock_athena.testing.server import serve_athena

__all__ = ["Athena", "AthenaTestCase", "ClientCredentials", "RealHostRefused", "intercept_athena", "serve_athena"]

_HOMES = {
    "Athena": "athena",
    "AthenaTestCase": "cases",
    "ClientCredentials": "athena",
    "RealHostRefused": "intercept",
    "intercept_athena": "intercept",
    "serve_athena": "server",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
