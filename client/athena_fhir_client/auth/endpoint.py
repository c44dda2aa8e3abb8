"""One call of the token endpoint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from athena_fhir_client.auth.credentials import Credentials
from athena_fhir_client.auth.token import Token, token_from_answer
from athena_fhir_client.clock import Clock
from athena_fhir_client.debug import AUTH
from athena_fhir_client.errors import AthenaError, AuthError, JsonObject, RateLimited, ServerError, StatusError

Post = Callable[[str, Mapping[str, str], Mapping[str, str]], JsonObject]
"""Posts a form to a URL with header fields, and answers its JSON; raises as :meth:`.AthenaClient.request` does."""


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Where tokens come from.

    Attributes:
        url: asked for when it is needed, since it may have to be discovered first.
    """

    url: Callable[[], str]
    post: Post
    credentials: Credentials
    clock: Clock

    def ask(self, form: Mapping[str, str], scope: str = "", refresh_token: str = "") -> Token:
        """The token that a grant brings.

        Raises:
            AuthError: it was refused; says why, and what to look at.
            RateLimited, ServerError: it was not; later may be better.
        """
        url = self.url()
        asked_at = self.clock.now()  # its life began no earlier
        AUTH("asks for a token: %s, scope %s", form["grant_type"], scope or "as before")
        try:
            told = self.post(url, {**form, **self.credentials.form(url)}, self.credentials.headers())
        except (RateLimited, ServerError):
            raise  # it refuses nobody: it is busy, or not there
        except StatusError as error:
            raise _refused(error, self.credentials.client_id) from error
        token = token_from_answer(told, asked_at, scope, refresh_token)
        AUTH("got a token for %.0f s, scope %s", token.lifetime, token.scope)
        return token

    def refresh(self, token: Token) -> Token:
        """A new token for one that can be refreshed. The scope is repeated, which the real API insists on."""
        form = {"grant_type": "refresh_token", "refresh_token": token.refresh_token}
        renewed = self.ask(form | ({"scope": token.scope} if token.scope else {}), token.scope, token.refresh_token)
        return _with_context(renewed, token)


def _with_context(renewed: Token, before: Token) -> Token:
    """A refreshed token is for the same patient, also where the answer does not repeat it."""
    return replace(renewed, patient=renewed.patient or before.patient, context={**before.context, **renewed.context})


def _refused(error: StatusError, client_id: str) -> AthenaError:
    try:
        body = error.response.json()
    except (ValueError, RecursionError):
        body = {}
    code = str(body.get("error", "")) if isinstance(body, dict) else ""
    hint = _HINTS.get(code, "")
    said = error.words or f"status {error.status}"
    message = f"the token endpoint refused client {client_id!r}: {said}{f'. {hint}' if hint else ''}"
    return AuthError(message, code, error.status)


_HINTS = {
    "invalid_client": "Check client id, secret or key, and how the client is registered to authenticate",
    "invalid_scope": "Ask only for scopes that the application is registered for; the real API refuses wildcards",
    "invalid_grant": "The code or refresh token is used up, expired or another client's: sign in again",
    "unauthorized_client": "The application is not registered for this grant",
    "access_denied": "The application is registered for another grant, or no scope was asked for",
}
