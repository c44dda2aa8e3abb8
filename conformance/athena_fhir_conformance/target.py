"""The server that is judged: everything a check sends goes through here.

What a check gets for nothing: a token, the quota kept, equal GETs answered once, every exchange recorded without
secrets, nothing sent to another host, and an end to bodies that have none.
"""

import json
import re
import threading
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from athena_fhir_conformance import sending
from athena_fhir_conformance.clock import Clock, MovedTime, RealTime
from athena_fhir_conformance.credentials import Credentials
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.judges.challenges import parameters_of
from athena_fhir_conformance.judges.scopes import covers
from athena_fhir_conformance.manners import Manners
from athena_fhir_conformance.pacing import Pacer, Told
from athena_fhir_conformance.problems import (
    BadAnswer,
    BudgetSpent,
    CannotRun,
    ForeignHost,
    NotGranted,
    TargetProblem,
    Unreachable,
)
from athena_fhir_conformance.profiles import MISSION, Profile
from athena_fhir_conformance.tokens import Tokens

Json = dict[str, Any]
FHIR_JSON = "application/fhir+json"
USUAL = "usual"
"""As a token: the one of the credentials."""

_RESOURCE = re.compile(r"(?P<type>[A-Z][A-Za-z]+)(?:/_search|/(?P<id>[A-Za-z0-9.-]+)(?:/_history/.*)?)?")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_CONTROL = sending.Bounds(16 * sending.MEBIBYTE, 10.0)  # of an answer of an emulator's control API
_PATIENCE = 3  # times that a 429 is waited for before it is an answer like any other
_LONGEST_WAIT = 120.0  # seconds of a Retry-After that are waited


class Target:
    """A FHIR server by its base URL, or a WSGI application.

    Args:
        base: such as ``https://host/fhir/r4``; for an application too, as what it is to be called.
        app: the WSGI application.

    Attributes:
        exchanges: all of them, in order.
        used: numbers of the exchanges that the running check sent or read again.
        in_process: it is an application that is asked without a socket.
        clock: the target's time. A check waits with ``target.clock.sleep``.
        puts_off: the running check may be put off while an export runs, and begun anew.
        exports_at_once: how many exports it takes, as far as it is known.
        burst_by: instant of the target's at which a burst begins even though quota is left; 0 where none is wanted.
    """

    def __init__(
        self,
        base: str,
        credentials: Credentials | None = None,
        profile: Profile = MISSION,
        manners: Manners | None = None,
        app: Any = None,
    ) -> None:
        self.base = base.rstrip("/")
        self.origin = origin_of(base)
        self.credentials, self.profile = credentials or Credentials(), profile
        self.manners = manners or Manners()
        self.exchanges: list[Exchange] = []
        self.used: list[int] = []
        self.secrets: set[str] = self.credentials.secrets() | self.manners.secrets()
        self._client = sending.http_client(app, self.manners.verify)
        self._down = ""
        self._answers: dict[tuple[Any, ...], Exchange | BadAnswer] = {}
        self._out_of_reach = set[str]()
        self.in_process = app is not None
        self.puts_off, self.exports_at_once, self.burst_by = False, 1 << 10, 0.0
        self._numbering = threading.Lock()
        self.clock: Clock = RealTime()
        self.pacer = Pacer(self.clock, self.manners.quotas, self.manners.learns)
        self.tokens = Tokens(self)

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    # -- discovery ---------------------------------------------------------------------------------------------------

    def look(self) -> str:
        """The first look: whether it answers, and whether it is an emulator whose clock can be moved.

        Returns: why nothing can be shown; empty if it answers.
        """
        try:
            self.get("metadata", token=None)
            self.clock = self._found_clock()
            self.pacer = Pacer(self.clock, self.manners.quotas, self.manners.learns)
        except Exception as problem:  # whatever it is, the checks will name it
            return "" if not isinstance(problem, CannotRun) else str(problem)
        return ""

    def doubt(self) -> str:
        """Why this may be no FHIR server; empty if it is one."""
        if self.capability.get("resourceType") == "CapabilityStatement":
            return ""
        return f"{self.base}/metadata is no CapabilityStatement: is {self.base} the FHIR base?"

    def _found_clock(self) -> Clock:
        if urlsplit(self.base).hostname not in _LOOPBACK:
            return RealTime()
        told = self._control("GET", "clock", None)
        if told.get("clock") != "manual":
            return RealTime()
        return MovedTime(float(told["unix"]), lambda by: float(self._control("POST", "clock", {"advance": by})["unix"]))

    def _control(self, method: str, path: str, body: Any) -> Json:
        """The control API of an emulator; empty where there is none. Not recorded: it is no part of what is judged."""
        request = self._client.build_request(method, f"{self.origin}/_mock/{path}", json=body, timeout=_CONTROL.seconds)
        try:
            answer = sending.send(self._client, request, _CONTROL)
            told = json.loads(answer.body) if answer.status < 300 else {}
        except (TargetProblem, ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}

    @property
    def capability(self) -> Json:
        """The CapabilityStatement; empty if there is none that can be read."""
        return self._object("metadata")

    @property
    def smart(self) -> Json:
        """The SMART configuration; empty if there is none that can be read."""
        return self._object(".well-known/smart-configuration")

    def _object(self, path: str) -> Json:
        try:
            answer = self.get(path, token=None)
            told = answer.json
        except BadAnswer:
            return {}
        return told if answer.ok and isinstance(told, dict) else {}

    @cached_property
    def rest(self) -> Json:
        """The statement's part about the server."""
        rests = self.capability.get("rest")
        return next((rest for rest in rests if isinstance(rest, dict)), {}) if isinstance(rests, list) else {}

    @cached_property
    def types(self) -> dict[str, Json]:
        """Type → its row of the CapabilityStatement."""
        rows = self.rest.get("resource")
        rows = rows if isinstance(rows, list) else []
        return {str(row["type"]): row for row in rows if isinstance(row, dict) and "type" in row}

    def offers(self, type: str, interaction: str) -> bool:
        """Whether an interaction is declared, such as ``vread``."""
        return any(each.get("code") == interaction for each in self.listed(type, "interaction"))

    def parameters(self, type: str) -> set[str]:
        """Names of the declared search parameters."""
        return {str(each.get("name", "")) for each in self.listed(type, "searchParam")}

    def listed(self, type: str, name: str) -> list[Json]:
        """What a type's row lists, as far as it is well-formed: a check judges that."""
        listed = self.types.get(type, {}).get(name)
        return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []

    # -- sending -----------------------------------------------------------------------------------------------------

    def get(self, path: str, fresh: bool = False, **options: Any) -> Exchange:
        """GET, from what was answered before if an equal request was; ``fresh`` sends it in any case."""
        known = ("GET", self.url(path), repr(sorted(options.items(), key=str)))
        if fresh or known not in self._answers:
            try:
                self._answers[known] = self.send("GET", path, **options)
            except BadAnswer as problem:  # a body without an end is not read once more for each check
                self._answers[known] = problem
        answer = self._answers[known]
        if isinstance(answer, BadAnswer):
            raise answer.with_traceback(None)
        self.use(answer.number)
        return answer

    def search(self, type: str, fresh: bool = False, **parameters: str | int | list[str]) -> Exchange:
        """A search by GET. ``_`` at the end of a name is dropped and ``__`` within it is ``-``: ``birthdate``,
        ``clinical__status``; other names come in ``**{"name:exact": …}``."""
        return self.get(type, fresh, params={_parameter(name): value for name, value in parameters.items()})

    def send(
        self,
        method: str,
        path: str,
        *,
        token: str | None = USUAL,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        json: Any = None,
        content: bytes | str | None = None,
        auth: tuple[str, str] | None = None,
        paced: bool = True,
        patient: bool = True,
        elsewhere: bool = False,
        practice: bool = True,
        bounds: sending.Bounds | None = None,
    ) -> Exchange:
        """Send a request and have the whole answer.

        Args:
            path: below the FHIR base, or an absolute URL.
            token: of the request; ``None`` for none, :data:`USUAL` for that of the credentials.
            headers: besides ``Accept: application/fhir+json``; an empty value leaves a header out.
            auth: for Basic authentication, instead of a token.
            paced: wait until the quota has room.
            patient: wait for a 429 to pass and send again.
            elsewhere: the URL may be on another host; it gets no credentials there.
            practice: name the practice where the profile wants it.

        Raises:
            TargetProblem: see :mod:`athena_fhir_conformance.problems`.
        """
        url = self.url(path)
        trusted = self.trusts(url)
        if not trusted and not elsewhere:
            raise ForeignHost(f"the target points to {origin_of(url)}, which is not asked")
        sent = {"Accept": FHIR_JSON, **(headers or {})}
        bearer = self.tokens.usual() if token == USUAL and trusted and auth is None else token
        if bearer and bearer != USUAL and trusted and auth is None:
            sent["Authorization"] = f"Bearer {bearer}"
        asked = dict(params or {})
        if practice and trusted and self._wants_practice(url, token, asked):
            asked["ah-practice"] = self.practice
        request = self._client.build_request(
            method,
            httpx.URL(url).copy_merge_params(asked) if asked else url,
            headers={name: value for name, value in sent.items() if value},
            data=dict(form) if form is not None else None,
            json=json,
            content=content,
            timeout=(bounds or self.manners.bounds).seconds,
        )
        for name in [name for name, value in sent.items() if not value]:
            request.headers.pop(name, None)
        if auth is not None and trusted:
            request.headers["Authorization"] = httpx.BasicAuth(*auth)._auth_header
        answer = self._sent_until_admitted(request, paced, patient, bounds or self.manners.bounds)
        if answer.status == 403 and token == USUAL and trusted and auth is None:
            self._look_for_its_scope(answer)
        return answer

    def _look_for_its_scope(self, refused: Exchange) -> None:
        """A 403 for want of a scope is the token's fault, not the target's.

        Raises:
            NotGranted: the token does not have the scope, as far as it is known, or as the target says (RFC 6750 §3.1).
        """
        asked = _RESOURCE.fullmatch(refused.url.partition("?")[0].removeprefix(self.base + "/"))
        granted = self.tokens.granted
        if asked and "system/" in granted:
            right = "r" if asked["id"] else "s"
            missing = "" if covers(granted, "system", asked["type"], right) else f"system/{asked['type']}.{right}"
        else:
            said = parameters_of(refused.headers.get("WWW-Authenticate", ""), "Bearer") or {}
            insufficient = said.get("error") == "insufficient_scope" and not covers(granted, "system", "*", "r")
            missing = said.get("scope", "that is needed") if insufficient else ""
        if missing:
            self._out_of_reach |= {asked["type"]} if asked else set()
            raise NotGranted(f"the token has no scope {missing}, and {refused.status} is the answer")

    def reached(self, type: str) -> None:
        """Before a type is said to be missing.

        Raises:
            NotGranted: the token does not reach it.
        """
        if type in self._out_of_reach:
            raise NotGranted(f"the token has no scope for {type}")

    def _sent_until_admitted(
        self, request: httpx.Request, paced: bool, patient: bool, bounds: sending.Bounds
    ) -> Exchange:
        for _ in range(_PATIENCE):
            exchange = self._send_once(request, paced, bounds)
            wait = _seconds(exchange.headers.get("Retry-After", "2"))
            if exchange.status != 429 or not patient or wait > _LONGEST_WAIT:
                return exchange
            self.clock.sleep(wait)
        return self._send_once(request, paced, bounds)

    def _send_once(self, request: httpx.Request, paced: bool, bounds: sending.Bounds) -> Exchange:
        if self._down:
            raise Unreachable(self._down)
        if self.manners.max_requests and len(self.exchanges) >= self.manners.max_requests:
            raise BudgetSpent(f"the budget of {self.manners.max_requests} requests is spent; --resume goes on")
        if paced:
            self.pacer.wait()
        sent_at = self.clock.now()
        try:
            answer = sending.send(self._client, request, bounds)
        except Unreachable as problem:
            self._down = str(problem)
            raise
        with self._numbering:
            self.pacer.answered(self._told(request, answer), sent_at)
            return self._recorded(request, answer, sent_at)

    def _told(self, request: httpx.Request, answer: sending.Answer) -> Told:
        policy, left = (answer.headers.get(name, "") for name in ("RateLimit-Policy", "RateLimit"))
        ours = request.headers.get("Authorization") == f"Bearer {self.tokens.latest}"
        return Told(policy, left, ours, answer.status == 429)

    def _recorded(self, request: httpx.Request, answer: sending.Answer, sent_at: float) -> Exchange:
        exchange = Exchange(
            len(self.exchanges) + 1,
            request.method,
            str(request.url),
            answer.sent_headers,
            answer.sent_body,
            answer.status,
            answer.headers,
            answer.body,
            sent_at,
            self.clock.now(),
            answer.seconds,
        )
        self.exchanges.append(exchange)
        self.use(exchange.number)
        return exchange

    def use(self, *numbers: int) -> None:
        """These exchanges are evidence of the running check."""
        self.used += [number for number in numbers if number not in self.used]

    # -- addresses ---------------------------------------------------------------------------------------------------

    def url(self, path: str) -> str:
        """Absolute; ``/x`` is below the host, ``x`` below the base."""
        if path.startswith(("http://", "https://")):
            return path
        return urljoin(self.base + "/", path) if path.startswith("/") else f"{self.base}/{path}".rstrip("/")

    def trusts(self, url: str) -> bool:
        """Whether credentials may go there: the host of the base, or of the token endpoint that was named."""
        allowed = {self.origin, *([origin_of(self.manners.token_url)] if self.manners.token_url else [])}
        return origin_of(url) in allowed

    @cached_property
    def practice(self) -> str:
        """The practice to name: as given, or as the target says in its refusal; empty if it is not known."""
        if self.manners.practice:
            bare = self.manners.practice.rpartition("/")[2]
            return f"Organization/{bare if bare.startswith('a-') else f'a-1.Practice-{bare}'}"
        refusal = self.send("GET", "Patient", params={"_id": "none"}, practice=False)
        found = re.search(r"a-1\.Practice-\d+", refusal.text)
        return f"Organization/{found[0]}" if found else ""

    def _wants_practice(self, url: str, token: str | None, params: Mapping[str, Any]) -> bool:
        if not self.profile.practice or token is None or "ah-practice" in params or "ah-practice=" in url:
            return False
        rest = url.removeprefix(self.base).lstrip("/")
        fhir = url.startswith(self.base) and bool(re.match(r"[A-Z]|\$", rest))
        return fhir and bool(self.practice)


def origin_of(url: str) -> str:
    """Scheme, host and port, such as ``https://host``."""
    parts = urlsplit(url)
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    try:
        port = parts.port
    except ValueError:
        port = -1
    shown = "" if port in (None, standard) else f":{port}"
    return f"{parts.scheme}://{(parts.hostname or '').lower()}{shown}"


def _parameter(name: str) -> str:
    return name.rstrip("_").replace("__", "-") if not name.startswith("_") else name


def _seconds(text: str) -> float:
    try:
        return max(float(text), 0.0)
    except ValueError:
        return 2.0
