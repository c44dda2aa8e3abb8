"""What is known of one request on its way through the emulator; filled in step by step by the edge."""

from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from flask import request

from mock_athena.auth.caller import Caller
from mock_athena.errors import FhirError, Layer, Refusal, Unauthorized
from mock_athena.faults import UNDISTURBED, Disturbance
from mock_athena.journal import Entry
from mock_athena.profiles import MISSION, Profile
from mock_athena.ratelimit import Decision
from mock_athena.web.negotiate import Wish, wants_pretty
from mock_athena.web.parameters import pairs_of
from mock_athena.web.routes import RouteClass

ENVIRON_KEY = "mock_athena.exchange"
HELD_KEY = "mock_athena.held"
GONE_KEY = "mock_athena.gone"


@dataclass(slots=True)
class Exchange:
    """One request and what was decided of it.

    Attributes:
        method: HTTP method.
        path: as the caller sent it, percent-decoded and without the query.
        query: as the caller sent it, undecoded.
        route: class of the path.
        environment: ``production`` or ``sandbox``.
        origin: scheme, host and port that the caller used to reach us, such as ``http://127.0.0.1:8080``.
        remote: the caller's address.
        request_id: the caller's X-Request-Id, or one of ours.
        caller: who it is; None on routes that need no token, and until that is known.
        client_id: who it says it is from, proven or not, on routes where clients authenticate themselves; for the
            journal only.
        quota: whose quota it spends, in words; empty where none was asked for.
        cost: units of quota that it spends; 0 where nothing is limited.
        decision: what the limiter said; None until it was asked.
        over: it is no longer in flight: the number of the last decision before that; None where nobody asks.
        began: when it came, by the stopwatch.
        refusal: how it was refused; None where it was not. reason: why, for the journal.
        requirement: the statement of the integration guide that the refusal keeps, for the journal.
        unauthenticated: it ended because nobody knows who sent it.
        may_change: faults may make something else of its answer; until then its ``entry`` waits here, as it does while
            it is in flight where that is limited.
        disturbance: what a fault does to the export that it starts.
        wish: the representation that was agreed on; None where the query and the Accept header say it.
        entries: how many entries the Bundle of a batch or transaction had; 0 for everything else.
        assigned_id: of an entry that creates something, the id that others in its transaction know already.
        expected: the resources (``Type/id``) that its transaction writes, so that it may point to them already.
        is_entry: it is an entry of a Bundle, not a request of its own.
        is_rehearsed: it is only talked about, so nothing is remembered of it.
        profile: whose behaviour is shown.
        other_sites: scripts of web pages from elsewhere may read its answer.
        seq: the number of its entry in the journal; 0 until there is one.
        cursor: of the page that follows; empty where none does.
        manners: header fields of request and answer, for a journal that keeps them.
        layer: which part of the real API would have answered.
    """

    method: str
    path: str
    query: str
    route: RouteClass
    environment: str
    origin: str
    remote: str
    request_id: str
    caller: Caller | None = None
    client_id: str | None = None
    quota: str = ""
    cost: int = 0
    decision: Decision | None = None
    over: int | None = None
    began: int = 0
    refusal: Refusal | None = None
    reason: str = ""
    requirement: str = ""
    unauthenticated: bool = False
    may_change: bool = False
    entry: Entry | None = None
    disturbance: Disturbance = UNDISTURBED
    wish: Wish | None = None
    entries: int = 0
    assigned_id: str = ""
    expected: frozenset[str] = frozenset()
    is_entry: bool = False
    is_rehearsed: bool = False
    profile: Profile = MISSION
    other_sites: bool = False
    seq: int = 0
    cursor: str = ""
    manners: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]] = ((), ())
    layer: Layer = "service"

    def end(self, refusal: Refusal) -> None:
        """It is refused: why is for the journal."""
        self.refusal, self.reason = refusal, refusal.reason
        self.requirement = refusal.requirement
        self.unauthenticated = isinstance(refusal, Unauthorized)
        if isinstance(refusal, FhirError):
            self.layer = refusal.layer

    @property
    def pretty(self) -> bool:
        """Whether the answer is to be indented, also where it is a refusal and nothing was agreed on."""
        return self.wish.pretty if self.wish else "_pretty" in self.query and wants_pretty(pairs_of(self.query))

    @property
    def bearer(self) -> Caller:
        """Who it is, on a route that needs a token: the edge lets nobody unknown reach its views."""
        assert self.caller is not None  # noqa: S101 - says so to the type checker
        return self.caller


def current_exchange() -> Exchange:
    """The exchange of the request that Flask is serving on this thread; for views only."""
    exchange: Exchange = request.environ[ENVIRON_KEY]
    return exchange


def held(environ: MutableMapping[str, Any]) -> AbstractContextManager[None]:
    """While this lasts, the thread may wait for long: the server has another one answer in its place.

    Raises:
        Unavailable: on entering, where too many requests are being held.
    """
    hold: Callable[[], AbstractContextManager[None]] = environ.get(HELD_KEY, nullcontext)
    return hold()


def gone(environ: MutableMapping[str, Any]) -> Callable[[], bool]:
    """Says whether the caller has gone while it waits for its answer; never, where there is no socket."""
    found: Callable[[], bool] = environ.get(GONE_KEY, lambda: False)
    return found
