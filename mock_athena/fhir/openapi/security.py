"""Who may call: SMART App Launch and Backend Services as OAuth 2 flows, or a token that is there already."""

from collections.abc import Iterator

from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import Json

_CONTEXTS = {"system": "everybody's", "user": "what the user may see of", "patient": "the patient's"}


def schemes(served: Served) -> Json:
    """The security schemes."""
    ends = {"tokenUrl": served.origin + served.token}
    return {
        "smart": {
            "type": "oauth2",
            "description": f"SMART on FHIR; see {served.base}/.well-known/smart-configuration.",
            "flows": {
                "clientCredentials": {**ends, "scopes": dict(_scopes(served, "system"))},
                "authorizationCode": {
                    "authorizationUrl": served.origin + served.authorize,
                    **ends,
                    "refreshUrl": served.origin + served.token,
                    "scopes": {
                        "launch/patient": "a patient is chosen at sign-in",
                        "offline_access": "a refresh token",
                        **dict(_scopes(served, "user")),
                        **dict(_scopes(served, "patient")),
                    },
                },
            },
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token, however it was got.",
        },
        "client": {"type": "http", "scheme": "basic", "description": "client_id and client_secret."},
    }


def _scopes(served: Served, context: str) -> Iterator[tuple[str, str]]:
    names = (*(("*",) if served.profile.wildcard_scopes else ()), *served.types)
    for name in names:
        what = "resources of every type" if name == "*" else name
        yield f"{context}/{name}.rs", f"read and search {_CONTEXTS[context]} {what}"
        if served.writable:
            yield f"{context}/{name}.cruds", f"read, search and write {_CONTEXTS[context]} {what}"
        for search in served.types[name].granular if name != "*" else ():
            only = f"{what} with {search.partition('=')[0]} {search.rpartition('|')[2]}"
            yield f"{context}/{name}.rs?{search}", f"read and search {_CONTEXTS[context]} {only} alone"


def needed(*types: str, writes: bool = False) -> list[Json]:
    """What an operation needs: one of these."""
    rights = "cruds" if writes else "rs"
    if not types:
        return [{"smart": []}, {"bearer": []}]
    return [*({"smart": [f"{context}/{type}.{rights}" for type in types]} for context in _CONTEXTS), {"bearer": []}]
