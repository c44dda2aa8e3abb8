"""``urllib3``, and with it ``requests``: its connections are those of ``http.client`` with their own ``connect``."""

from mock_athena.testing.libraries.changes import Change, Guide
from mock_athena.testing.libraries.http_client import connecting


def changes(guide: Guide) -> list[Change]:
    """What leads this library."""
    from urllib3 import connection

    return [
        connecting(connection.HTTPConnection, "http", guide),
        connecting(connection.HTTPSConnection, "https", guide),
    ]
