"""How a command ends, for scripts. ``docs/reference/cli.md`` is made from this table."""

from enum import IntEnum

from athena_fhir_client.errors import (
    AthenaError,
    AuthError,
    ConfigurationError,
    Forbidden,
    MissingDependency,
    NotFound,
    QuotaSpent,
    RateLimited,
    TransportError,
    Unauthorized,
    Unavailable,
)


class ExitCode(IntEnum):
    """What came of a command."""

    DONE = 0
    """done"""
    FAILED = 1
    """the server refused, or answered what nobody understands"""
    USAGE = 2
    """wrong options, or a setting is missing"""
    AUTH = 3
    """no token, or one that is not good"""
    FORBIDDEN = 4
    """the token does not cover it"""
    NOT_FOUND = 5
    """not found"""
    LIMITED = 6
    """the quota is used up"""
    UNREACHABLE = 7
    """no answer, or not in time"""
    INTERRUPTED = 130
    """interrupted"""


_CODES: tuple[tuple[type[AthenaError], ExitCode], ...] = (
    (ConfigurationError, ExitCode.USAGE),
    (MissingDependency, ExitCode.USAGE),
    (AuthError, ExitCode.AUTH),
    (Unauthorized, ExitCode.AUTH),
    (Forbidden, ExitCode.FORBIDDEN),
    (NotFound, ExitCode.NOT_FOUND),
    (RateLimited, ExitCode.LIMITED),
    (QuotaSpent, ExitCode.LIMITED),
    (TransportError, ExitCode.UNREACHABLE),
    (Unavailable, ExitCode.UNREACHABLE),
)


def exit_code(error: AthenaError) -> ExitCode:
    """The exit code of an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.FAILED)
