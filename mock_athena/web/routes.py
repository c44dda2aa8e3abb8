"""Which class of route a path belongs to, and what a request of that class costs: one table each.

The environment's prefix comes first, then ``bulkstatus`` and ``bulkdata``, and only then ``{type}/{id}``: neither
``sandbox`` nor ``bulkstatus`` can be mistaken for a resource type.
"""

from functools import lru_cache
from typing import NamedTuple

from mock_athena.environments import PRODUCTION, SANDBOX

FHIR_BASE = PRODUCTION.fhir_path
SANDBOX_BASE = SANDBOX.fhir_path
DOCUMENTS_BASE = PRODUCTION.documents_path

# Units of quota by route class. Whatever costs nothing needs no token either.
COSTS = {"public": 0, "oauth": 0, "control": 0, "unknown": 0, "fhir": 1, "bulk": 1, "documents": 1}

# (prefix with the environment's name, the same without it)
_SANDBOX_PREFIXES = ((SANDBOX_BASE, FHIR_BASE), (SANDBOX.documents_path, DOCUMENTS_BASE))

# The first prefix that a path is, or is below, gives its class.
_CLASSES = (
    ("/_mock", "control"),
    ("/oauth2/v1", "oauth"),
    (FHIR_BASE + "/metadata", "public"),
    (FHIR_BASE + "/.well-known", "public"),
    (FHIR_BASE + "/bulkstatus", "bulk"),
    (FHIR_BASE + "/bulkdata", "bulk"),
    (FHIR_BASE, "fhir"),
    (DOCUMENTS_BASE, "documents"),
)


class Route(NamedTuple):
    """Where a path leads.

    Attributes:
        name: the route class, a key of :data:`COSTS`.
        environment: ``production`` or ``sandbox``.
        path: the path without the environment's prefix, as the views know it.
    """

    name: str
    environment: str
    path: str


@lru_cache(maxsize=4096)
def route_of(path: str) -> Route:
    """The route of a request path."""
    environment = PRODUCTION.name
    for prefixed, plain in _SANDBOX_PREFIXES:
        if _is_below(path, prefixed):
            environment, path = SANDBOX.name, plain + path[len(prefixed) :]
    if path.endswith("/$export"):
        return Route("bulk" if _is_below(path, FHIR_BASE) else "unknown", environment, path)
    for prefix, name in _CLASSES:
        if _is_below(path, prefix):
            return Route(name, environment, path)
    return Route("unknown", environment, path)


def _is_below(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and (len(path) == len(prefix) or path[len(prefix)] == "/")
