"""Asks a running emulator for an access token, for ``mock-athena token``."""

from base64 import b64encode
from urllib.parse import quote, urlencode

from mock_athena.control_requests import answered
from mock_athena.errors import ConfigurationError


def request_token(origin: str, client_id: str, client_secret: str, scope: str) -> str:
    """An access token by client credentials (RFC 6749 §4.4).

    Raises:
        ConfigurationError: nobody answers there, or the answer is no token.
    """
    form = urlencode({"grant_type": "client_credentials", "scope": scope}).encode()
    credentials = b64encode(f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}".encode()).decode()
    told = answered(origin, "/oauth2/v1/token", form, {"Authorization": f"Basic {credentials}"})
    match told:
        case {"access_token": str() as token}:
            return token
    message = f"{origin.rstrip('/')}/oauth2/v1/token did not answer with a token; is it an emulator?"
    raise ConfigurationError(message)
