"""Which scopes a profile supports: what the SMART configuration lists, and each of which can really be granted."""

from collections.abc import Iterable, Iterator

from mock_athena.auth.scopes import CONTEXTS, PLAIN_SCOPES
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.profiles import Profile


def scopes_supported(profile: Profile, types: Iterable[str] = RESOURCE_TYPES) -> list[str]:
    """The texts of the scopes that are granted to a client that registered them.

    Args:
        types: the resource types that are served.
    """
    return [*PLAIN_SCOPES, *(scope for context in CONTEXTS for scope in _of_context(context, profile, tuple(types)))]


def _of_context(context: str, profile: Profile, types: tuple[str, ...]) -> Iterator[str]:
    all_rights = ("read", "write", "rs", "cruds") if profile.writable else ("read", "rs")
    for name in ("*",) if profile.wildcard_scopes else types:
        yield from (f"{context}/{name}.{rights}" for rights in all_rights)
    for name in types:
        yield from (f"{context}/{name}.rs?{search}" for search in RESOURCE_TYPES[name].granular)
