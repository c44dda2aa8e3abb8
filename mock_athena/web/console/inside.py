"""A request of the console's own to the views of this very application: below the edge, and with every right.

It is answered by the same code as anybody's, and it spends no quota and is in no journal, since that is the edge's
business.
"""

from dataclasses import replace

from mock_athena.auth.caller import Caller
from mock_athena.auth.scopes import parse_scopes
from mock_athena.web.entries import Answered, answered_by_view
from mock_athena.web.exchange import current_exchange
from mock_athena.web.routes import route_of

_NEVER = 2**63


def everybody() -> Caller:
    """Who may see everything."""
    return Caller("console", parse_scopes("system/*.cruds"), None, "console", _NEVER)


def answered(path: str, query: str, environment: str) -> Answered:
    """What a ``GET`` is answered.

    Args:
        path: as the views know it, without the prefix of the environment. query: percent-encoded.
    """
    asked = replace(
        current_exchange(),
        method="GET",
        path=path,
        query=query,
        route=route_of(path).kind,
        environment=environment,
        caller=everybody(),
        is_entry=True,
        entries=0,
        wish=None,
    )
    return answered_by_view(asked)
