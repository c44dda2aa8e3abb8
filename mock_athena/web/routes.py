"""Which class of route a path belongs to, and what that means: one table.

The environment's prefix comes first, then ``bulkstatus`` and ``bulkdata``, and only then ``{type}/{id}``: neither
``sandbox`` nor ``bulkstatus`` can be mistaken for a resource type.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from mock_athena.environments import PRODUCTION, SANDBOX

FHIR_BASE = PRODUCTION.fhir_path
SANDBOX_BASE = SANDBOX.fhir_path
DOCUMENTS_BASE = PRODUCTION.documents_path
OPEN_FILES = FHIR_BASE + "/bulkdata/open"

# (prefix with the environment's name, the same without it)
_SANDBOX_PREFIXES = ((SANDBOX_BASE, FHIR_BASE), (SANDBOX.documents_path, DOCUMENTS_BASE))


@dataclass(frozen=True, slots=True)
class RouteClass:
    """What all routes of one class have in common.

    Attributes:
        name: as the journal shows it.
        needs_token: nobody unknown gets in.
        cost: units of quota that a request spends; 0 where nothing is limited.
        speaks: the language of its refusals: OperationOutcome, OAuth error or JSON of the control API.
        journaled: False where looking at the emulator would change what is looked at; no fault strikes there.
        fields: header fields of its answers, unless these say otherwise themselves.
        other_sites: scripts of web pages from elsewhere may read its answers.
    """

    name: str
    needs_token: bool = False
    cost: int = 0
    speaks: Literal["fhir", "oauth", "control"] = "fhir"
    journaled: bool = True
    fields: tuple[tuple[str, str], ...] = ()
    other_sites: bool = True


# Records of a patient: for nobody's cache but the caller's own, which asks again whether they are still current.
_PRIVATE = ("Cache-Control", "private, no-cache")
_VARIES = ("Vary", "Accept, Accept-Encoding")

CONTROL = RouteClass("control", speaks="control", journaled=False, other_sites=False)
OAUTH = RouteClass("oauth", speaks="oauth")
PUBLIC = RouteClass("public", fields=(("Cache-Control", "no-cache"), _VARIES))
FHIR = RouteClass("fhir", needs_token=True, cost=1, fields=(_PRIVATE, _VARIES))
BULK = RouteClass("bulk", needs_token=True, cost=1, fields=(_PRIVATE,))
# A file whose URL is the secret: a token that is sent nevertheless is not even looked at.
OPEN = RouteClass("bulk", cost=1, fields=(_PRIVATE,))
DOCUMENTS = RouteClass("documents", needs_token=True, cost=1, fields=(_PRIVATE,))
# Pages for people; what they say of themselves is the portal's matter.
PORTAL = RouteClass("portal", speaks="control", other_sites=False)
# The console shows what happens, and is not among it; nor are the files of its pages.
CONSOLE = RouteClass("console", speaks="control", journaled=False, other_sites=False)
UNKNOWN = RouteClass("unknown")
# What a browser asks before a request: it carries no token, and comes before whatever would be charged.
PREFLIGHT = RouteClass("preflight")

LONGEST_REMEMBERED = 200
LARGEST_BODY = 1_048_576

# The first prefix that a path is, or is below, gives its class.
_CLASSES = (
    ("/_mock", CONTROL),
    ("/oauth2/v1", OAUTH),
    ("/portal/portal.css", CONSOLE),
    ("/portal/icon.svg", CONSOLE),
    ("/portal", PORTAL),
    ("/console", CONSOLE),
    (FHIR_BASE + "/metadata", PUBLIC),
    (FHIR_BASE + "/.well-known", PUBLIC),
    (FHIR_BASE + "/bulkstatus", BULK),
    (OPEN_FILES, OPEN),
    (FHIR_BASE + "/bulkdata", BULK),
    (FHIR_BASE, FHIR),
    (DOCUMENTS_BASE, DOCUMENTS),
)


class Route(NamedTuple):
    """Where a path leads.

    Attributes:
        environment: ``production`` or ``sandbox``.
        path: the path without the environment's prefix, as the views know it.
    """

    kind: RouteClass
    environment: str
    path: str


def route_of(path: str) -> Route:
    """The route of a request path."""
    # Only what is short is remembered: a path may be as long as the server takes.
    return _remembered(path) if len(path) <= LONGEST_REMEMBERED else _route_of(path)


def _route_of(path: str) -> Route:
    environment = PRODUCTION.name
    for prefixed, plain in _SANDBOX_PREFIXES:
        if _is_below(path, prefixed):
            environment, path = SANDBOX.name, plain + path[len(prefixed) :]
    if path.endswith("/$export"):
        return Route(BULK if _is_below(path, FHIR_BASE) else UNKNOWN, environment, path)
    if path == "/":
        return Route(CONSOLE, environment, path)
    return Route(next((kind for prefix, kind in _CLASSES if _is_below(path, prefix)), UNKNOWN), environment, path)


def _is_below(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and (len(path) == len(prefix) or path[len(prefix)] == "/")


_remembered = lru_cache(maxsize=4096)(_route_of)
