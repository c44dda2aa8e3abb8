"""The parameters of an OAuth request: each at most once, and without a value as good as not sent (RFC 6749 §3.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from mock_athena.errors import OAuthError

FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 500


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was sent.

    Attributes:
        values: those with a value; the first of each name.
        repeated: names that came more than once, in order.
    """

    values: Mapping[str, str]
    repeated: tuple[str, ...] = ()

    def get(self, name: str) -> str | None:
        """The value, or None when there is none."""
        return self.values.get(name)

    def demand(self, name: str, purpose: str) -> str:
        """The value.

        Raises:
            OAuthError: ``invalid_request``, when there is none.
        """
        value = self.values.get(name)
        if value is None:
            raise OAuthError("invalid_request", f"the parameter {name} is missing: it must be {purpose}")
        return value

    def refuse_repeated(self) -> None:
        """Refuse a request that says the same thing twice.

        Raises:
            OAuthError: ``invalid_request``, naming the parameters.
        """
        if self.repeated:
            raise OAuthError("invalid_request", f"sent more than once: {', '.join(self.repeated)}; send each once")


def parameters(pairs: Iterable[tuple[str, str]]) -> Parameters:
    """Parameters from decoded names and values."""
    values: dict[str, str] = {}
    seen: set[str] = set()
    repeated: dict[str, None] = {}
    for name, value in pairs:
        if name in seen:
            repeated[name] = None
        seen.add(name)
        if value:
            values.setdefault(name, value)
    return Parameters(values, tuple(repeated))


def parse_form(content_type: str | None, body: bytes) -> Parameters:
    """Parameters from a form body in UTF-8.

    Raises:
        OAuthError: ``invalid_request``, for any other media type or a body that cannot be decoded.
    """
    if (content_type or "").partition(";")[0].strip().lower() != FORM:
        message = f"the body came as {content_type or 'no media type'}; a token request is a form: send {FORM}"
        raise OAuthError("invalid_request", message)
    try:
        return parse_query(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _unreadable() from error


def parse_query(text: str) -> Parameters:
    """Parameters from a query string.

    Raises:
        OAuthError: ``invalid_request``, if it cannot be decoded.
    """
    try:
        return parameters(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS))
    except ValueError as error:
        raise _unreadable() from error


def _unreadable() -> OAuthError:
    expected = f"expected at most {MOST_PARAMETERS} fields, percent-encoded in UTF-8"
    return OAuthError("invalid_request", f"the parameters cannot be read: {expected}")
