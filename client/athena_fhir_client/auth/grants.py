"""What a client asks the token endpoint for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from athena_fhir_client.errors import AuthError


class Grant(Protocol):
    """The form of a request for a first token."""

    @property
    def scope(self) -> str:
        """What is asked for."""
        ...

    def form(self) -> Mapping[str, str]:
        """The form fields.

        Raises:
            AuthError: it takes a person, who is not there.
        """
        ...


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """For a service: nobody signs in (RFC 6749 §4.4)."""

    scope: str = "system/*.read"

    def form(self) -> Mapping[str, str]:
        """See :class:`Grant`."""
        return {"grant_type": "client_credentials", "scope": self.scope}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody signed in and consented before; what came of it is kept, and renewed as long as that goes."""

    scope: str = ""

    def form(self) -> Mapping[str, str]:
        """There is nothing to ask for without that person."""
        message = "nobody is signed in, or the sign-in has ended: sign in again (athena-fhir login)"
        raise AuthError(message, error="login_required")
