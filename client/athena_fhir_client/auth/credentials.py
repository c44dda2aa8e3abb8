"""How a client proves to the token endpoint who it is (RFC 6749 §2.3, SMART client authentication)."""

from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote_plus

Fields = Mapping[str, str]


class Credentials(Protocol):
    """Adds a proof to a request for a token."""

    @property
    def client_id(self) -> str:
        """Under which name the application is registered."""
        ...

    def headers(self) -> Fields:
        """Header fields of the proof."""
        ...

    def form(self, token_endpoint: str) -> Fields:
        """Form fields of the proof."""
        ...


@dataclass(frozen=True, slots=True)
class Secret:
    """Id and secret: in the Authorization header, or in the form where a server says that it takes them there only.

    Attributes:
        methods: the authentication methods that the server names, such as ``client_secret_post``.
    """

    client_id: str
    secret: str = field(repr=False)
    methods: Callable[[], Collection[str]] = frozenset

    def headers(self) -> Fields:
        """``client_secret_basic``: both form-encoded first, as RFC 6749 §2.3.1 has it."""
        if self._in_form():
            return {}
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def form(self, token_endpoint: str) -> Fields:  # noqa: ARG002 - see Credentials
        """``client_secret_post``: both."""
        return {"client_id": self.client_id, "client_secret": self.secret} if self._in_form() else {}

    def _in_form(self) -> bool:
        methods = self.methods()
        return "client_secret_post" in methods and "client_secret_basic" not in methods


@dataclass(frozen=True, slots=True)
class Public:
    """A client without a secret; PKCE is its proof."""

    client_id: str

    def headers(self) -> Fields:
        """None."""
        return {}

    def form(self, token_endpoint: str) -> Fields:  # noqa: ARG002 - see Credentials
        """The id alone."""
        return {"client_id": self.client_id}
