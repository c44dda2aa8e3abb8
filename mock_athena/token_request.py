"""Asks a running emulator for an access token, for ``mock-athena token``."""

import json
from base64 import b64encode
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request

from mock_athena.control_requests import opened
from mock_athena.errors import ConfigurationError


def request_token(origin: str, client_id: str, client_secret: str, scope: str) -> str:
    """An access token by client credentials (RFC 6749 §4.4).

    Raises:
        ConfigurationError: nobody answers there, or the answer is no token.
    """
    url = f"{origin.rstrip('/')}/oauth2/v1/token"
    if not url.startswith(("http://", "https://")):
        message = f"--url {origin}: expected an origin such as http://127.0.0.1:8080"
        raise ConfigurationError(message)
    form = urlencode({"grant_type": "client_credentials", "scope": scope}).encode()
    credentials = b64encode(f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}".encode()).decode()
    request = Request(url, form, {"Authorization": f"Basic {credentials}"})  # noqa: S310 - the scheme was checked
    try:
        with opened(request) as answer:
            token: str = json.load(answer)["access_token"]
            return token
    except HTTPError as error:
        message = f"{url} answered {error.code}: {error.read(2000).decode(errors='replace')}"
    except URLError as error:
        message = f"{url} cannot be reached: {error.reason}; is the emulator running there?"
    except (ValueError, KeyError):
        message = f"{url} did not answer with a token; is it an emulator?"
    raise ConfigurationError(message)
