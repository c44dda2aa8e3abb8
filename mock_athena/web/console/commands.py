"""Commands to copy: a request of the FHIR API by curl, and by Python with requests."""

import shlex
from collections.abc import Sequence

from mock_athena.web.console.overview import CLIENT, SECRET
from mock_athena.web.searchset import url_of
from mock_athena.web.world import World

Pairs = Sequence[tuple[str, str]]


def token_command(world: World, origin: str, type: str) -> str:
    """How a shell gets a token that may read and search a type; empty where the client of the examples is gone."""
    if world.authorization.clients.get(CLIENT) is None:
        return ""
    asked = f"-d grant_type=client_credentials -d scope=system/{type}.read {origin}/oauth2/v1/token"
    return f'TOKEN=$(curl -s -u {CLIENT}:{SECRET} {asked} | sed -E \'s/.*"access_token": *"([^"]+)".*/\\1/\')'


def curl(url: str, pairs: Pairs = ()) -> str:
    """A read or a search, with the token in ``$TOKEN``."""
    return f'curl -H "Authorization: Bearer $TOKEN" {shlex.quote(url_of(url, pairs))}'


def python(url: str, pairs: Pairs = ()) -> str:
    """The same with requests, with the token in ``token``."""
    params = f"    params={[tuple(pair) for pair in pairs]!r},\n" if pairs else ""
    return (
        "import requests\n\n"
        f'answer = requests.get(\n    "{url}",\n{params}    headers={{"Authorization": f"Bearer {{token}}"}},\n)\n'
        "print(answer.status_code, answer.json())"
    )
