"""Whoever sends no token, where that is let in: a service that may do everything (``--open-access``).

Bulk Data Access allows a server without authorization, https://hl7.org/fhir/uv/bulkdata/STU2/export.html#privacy-and-security-considerations,
and bulk clients have a mode for it. The real API has none.
"""

from mock_athena.auth.caller import Caller
from mock_athena.auth.scopes import parse_scopes
from mock_athena.clock import LATEST

CLIENT = "open-access"


def whoever() -> Caller:
    """The one caller that all without a token are."""
    return Caller(CLIENT, parse_scopes("system/*.cruds"), None, token_id="", expires=LATEST)
