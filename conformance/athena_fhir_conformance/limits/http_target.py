"""A FHIR server that can be probed: with its token, with another, from another address, on several routes, at once."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import httpx

from athena_fhir_conformance.credentials import Credentials, proof
from athena_fhir_conformance.limits.connections import Ask, Connections, Told, headers_of
from athena_fhir_conformance.limits.observation import Observation, Refusals
from athena_fhir_conformance.limits.probing import Axis, HttpProber
from athena_fhir_conformance.problems import ForeignHost, TargetProblem
from athena_fhir_conformance.target import FHIR_JSON, Target

_LOOPBACK = {"127.0.0.1", "localhost"}
_OTHER_ADDRESS = "127.0.0.2"
_THREADS = 16
_HELD = 5.0  # seconds that overlapping requests wait for each other


@dataclass(frozen=True)
class Options:
    """How it is probed.

    Attributes:
        probe: path below the FHIR base. held: a path whose answer is long, for requests that overlap.
        other: credentials of a second client. source: a second local address.
    """

    probe: str = "Patient/athena-conformance-probe"
    held: str = "Patient?_count=1000"
    other: Credentials | None = None
    source: str = ""
    seconds: float = 30.0


class HttpTarget:
    """See :class:`~athena_fhir_conformance.limits.investigation.Target`."""

    def __init__(self, target: Target, options: Options, pool: ThreadPoolExecutor) -> None:
        self._target, self._options, self._pool = target, options, pool
        self._connections = Connections(options.seconds, target.manners.verify)
        self._axis = Axis(target.clock, self._connections)
        self._refusals = Refusals()
        if not target.trusts(target.url(options.probe)) or not target.trusts(target.url(options.held)):
            message = "what is probed is on another host than the FHIR base, where no token is sent"
            raise ForeignHost(message)
        self.main = self._main()
        self.variants = self._variants()
        self.tokens = self._tokens()
        self.routes = self._routes()

    def end_at(self, instant: float) -> None:
        """No burst goes on beyond this instant."""
        self._axis.until = instant

    def _main(self) -> HttpProber:
        """The probe with the usual token."""
        return self._prober(self._read(self._bearer()), renews=True)

    def _variants(self) -> dict[str, HttpProber]:
        """Others who ask the same."""
        found = {"connection": self._prober(replace(self._read(self._bearer()), fresh=True))}
        second = self._fresh(self._target.credentials)
        if second:
            found["token"] = self._prober(self._read(second))
        source = self._options.source or (_OTHER_ADDRESS if urlsplit(self._target.base).hostname in _LOOPBACK else "")
        if source:
            found["address"] = self._prober(self._read(self._bearer(), source))
        other = self._fresh(self._options.other) if self._options.other else ""
        if other:
            found["client"] = self._prober(self._read(other))
        return found

    def _routes(self) -> dict[str, HttpProber]:
        """A probe of each class of route that does no harm: the export is one that no server can start."""
        base, headers = self._target.base, self._headers(self._bearer())
        unstartable = f"{base}/Patient/$export?_outputFormat=application/x-no-such-format"
        found = {
            "public": self._prober(Ask("GET", f"{base}/metadata", {"Accept": FHIR_JSON})),
            "bulk": self._prober(Ask("GET", unstartable, {**headers, "Prefer": "respond-async"})),
        }
        if self.tokens:
            found["oauth"] = self.tokens
        return found

    def _tokens(self) -> HttpProber | None:
        """A request of a token; None where there are no credentials for it."""
        credentials = self._target.credentials
        if not credentials.can_ask:
            return None
        return self._prober(self._token_request(credentials))

    def overlapping(self, count: int) -> list[Observation]:
        """Requests for a long answer that nobody reads until all have been answered: so they stay in flight."""
        ask = self._read(self._bearer(), path=self._options.held)
        together = threading.Barrier(count)
        answers: list[Observation] = []

        def work() -> None:
            connection = self._connections.open(ask)
            try:
                answers.append(self._held(connection, ask, together))
            finally:
                connection.close()

        threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._axis.spent += count
        return answers

    def _held(self, connection: HTTPConnection, ask: Ask, together: threading.Barrier) -> Observation:
        parts = urlsplit(ask.url)
        try:
            connection.connect()
            with _patient(together):
                together.wait(_HELD)
            sent = self._axis.now()
            connection.request(ask.method, f"{parts.path}?{parts.query}", headers=dict(ask.headers))
            answer = connection.getresponse()
            told = Told(answer.status, headers_of(answer), "")
            received = self._axis.now()
            with _patient(together):
                together.wait(_HELD)
        except OSError as error:
            return Observation(0.0, 0.0, 0, {}, str(error))
        return Observation(sent, received, told.status, told.headers, told.body)

    def _read(self, token: str, source: str = "", path: str = "") -> Ask:
        return Ask("GET", self._target.url(path or self._options.probe), self._headers(token), source=source)

    def _headers(self, token: str) -> dict[str, str]:
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        return {"Accept": FHIR_JSON, **authorization}

    def _bearer(self) -> str:
        return self._target.tokens.usual() if self._target.credentials.any else ""

    def _fresh(self, credentials: Credentials | None) -> str:
        """A token that nobody has yet."""
        if not credentials or not credentials.can_ask:
            return credentials.token if credentials else ""
        try:
            self._axis.spent += 1
            answer = self._target.tokens.ask(credentials.scope or self._scope(), credentials)
            token = answer.json.get("access_token", "") if answer.ok else ""
        except TargetProblem:
            return ""
        return token if isinstance(token, str) else ""

    def _scope(self) -> str:
        return self._target.credentials.scope or self._target.tokens.granted or "system/*.read"

    def _token_request(self, credentials: Credentials) -> Ask:
        endpoint = self._target.tokens.endpoint
        fields, auth = proof(credentials, endpoint, self._target.clock.now())
        form = {"grant_type": "client_credentials", "scope": self._scope(), **fields}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if auth:
            headers["Authorization"] = httpx.BasicAuth(*auth)._auth_header
        return Ask("POST", endpoint, headers, urlencode(form).encode())

    def _prober(self, ask: Ask, renews: bool = False) -> HttpProber:
        can = renews and self._target.credentials.can_ask
        return HttpProber(self._axis, ask, self._pool, self._refusals, self._renewed if can else None)

    def _renewed(self) -> Ask:
        return self._read(self._fresh(self._target.credentials))


@contextmanager
def _patient(barrier: threading.Barrier) -> Iterator[None]:
    """Whoever waited too long for the others goes on alone."""
    try:
        yield
    except threading.BrokenBarrierError:
        barrier.reset()


@contextmanager
def http_target(target: Target, options: Options) -> Iterator[HttpTarget]:
    """A target, and the threads that probe it."""
    with ThreadPoolExecutor(_THREADS) as pool:
        yield HttpTarget(target, options, pool)
