"""An offline emulator of athenahealth's FHIR R4 API.

The public face of the package::

    from mock_athena import Settings, create_app

    app = create_app(Settings(patients=10, clock="manual"))   # a WSGI application

Both names are imported on first use, so that ``import mock_athena`` costs nothing.
"""

from typing import TYPE_CHECKING, Any

from mock_athena._version import __version__

if TYPE_CHECKING:
    from mock_athena.app import create_app
    from mock_athena.settings import Settings

__all__ = ["Settings", "__version__", "create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        from mock_athena.app import create_app

        return create_app
    if name == "Settings":
        from mock_athena.settings import Settings

        return Settings
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
