"""The guide's own way to search: a function that is given everything.

``search_resources(endpoint, token, type, params)``, as in its example "Get Specific Resource". Calls with the same
endpoint and token share connections and a pace.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from athena_fhir_client.client import AthenaClient
from athena_fhir_client.errors import JsonObject
from athena_fhir_client.libraries import AuthBase, requests
from athena_fhir_client.transport import origin_of


class FixedToken(AuthBase):
    """A token that somebody else keeps fresh."""

    def __init__(self, audience: str, access_token: str) -> None:
        self._audience, self._token = audience, access_token

    def __call__(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        """Add it, if the request goes where the token is for."""
        if origin_of(request.url or "") == origin_of(self._audience):
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@lru_cache(maxsize=32)
def client_of(endpoint: str, access_token: str) -> AthenaClient:
    """The client of an endpoint and a token."""
    return AthenaClient(endpoint, FixedToken(endpoint, access_token))


def search_resources(
    endpoint: str, access_token: str, type: str, params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None
) -> list[JsonObject]:
    """All resources that match, over all pages.

    Raises:
        AthenaError: as :meth:`.AthenaClient.search`.
    """
    return list(client_of(endpoint, access_token).search(type, params))
