"""Ways of making one function into another, of which several mutants are made."""

from collections.abc import Callable
from typing import Any

from mock_athena.errors import OAuthError


def forgiving(message: str, instead: Callable[..., Any], fault: type[Exception] = OAuthError) -> Any:
    """A function that does something else where the healthy one refuses with these words."""

    def make(healthy: Any) -> Any:
        def forgiving(*given: Any) -> Any:
            try:
                return healthy(*given)
            except fault as refusal:
                if message not in str(refusal):
                    raise
                return instead(*given)

        return forgiving

    return make


def forgetful(name: str) -> Any:
    """A method before which what was used is forgotten."""

    def make(healthy: Any) -> Any:
        def forgetful(server: Any, *given: Any) -> Any:
            getattr(server, name).clear()
            return healthy(server, *given)

        return forgetful

    return make


def nothing(_: Any) -> Any:
    """A check that checks nothing."""
    return lambda *_, **__: None
