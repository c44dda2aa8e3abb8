"""One run of load in this process: the target, the budget, the notes, and how it ends."""

import time
import uuid
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

import gevent
from gevent.lock import RLock
from locust.contrib.fasthttp import FastHttpSession

from athena_fhir_load.journals import LoadError, Mark
from athena_fhir_load.notes import Kind, Notes
from athena_fhir_load.target import GUIDES_RATE, Credentials, Target, token_of

PATIENT, SANDBOX_PATIENT = "a-500001.E-1", "a-195900.E-1"

_MOST_OF_IT = 0.9  # of a token's life; then there is a new one

_ATTRIBUTE = "athena_load"


class Load:
    """What all virtual users of one process share.

    Attributes:
        mark: names the clients of this process. process: its number among ``processes``. seed: of what is drawn.
        left: how many requests it may still make, which is its part of the budget; None for any number.
        over: the budget is spent, or somebody stopped it. problem: why it was stopped.
        verdict: the exit code, once it was judged. heard: when the master last heard of each worker.
    """

    def __init__(
        self, environment: Any, target: Target, *, budget: int, seed: int, process: int = 0, processes: int = 1
    ) -> None:
        self.target = target
        self.mark, self.process, self.seed = uuid.uuid4().hex[:8], process, seed
        self.notes = Notes()
        self.began = time.perf_counter()
        self.notes.processes = 1
        self.left: int | None = max(1, budget // processes) if budget else None
        self.mark_of_journal = Mark(0, 0)
        self.over, self.problem = False, ""
        self.verdict: int | None = None
        self.heard: dict[str, float] = {}
        self.patient = SANDBOX_PATIENT if target.fhir.endswith("/sandbox") else PATIENT
        # Of its own, so that whoever begins does not queue behind those who are measured.
        self._session = FastHttpSession(target.origin, environment.events.request, None, insecure=False, concurrency=16)
        self._clients: dict[str, Credentials] = {}
        self._tokens: dict[str, dict[str, Any]] = {}
        self._asking: defaultdict[str, RLock] = defaultdict(RLock)
        self._pace = processes / GUIDES_RATE if not target.emulator else 0.0
        self._next = 0.0

    def take(self) -> bool:
        """Whether one more request may be made; at a sandbox, when it is its turn."""
        if self.over or self.left == 0:
            self.over = True
            return False
        if self.left is not None:
            self.left -= 1
        if self._pace:
            self._take_turn()
        return True

    def _take_turn(self) -> None:
        now = time.perf_counter()
        turn = self._next = max(now, self._next + self._pace)
        if turn > now:
            gevent.sleep(turn - now)

    def stop(self, why: str) -> None:
        """End the run, which has failed."""
        self.over, self.problem = True, self.problem or why

    def credentials(self, name: str) -> Credentials:
        """The client of that name, registered once."""
        with self._asking[name]:
            if name not in self._clients:
                self._clients[name] = self.target.credentials(name)
            return self._clients[name]

    def token(self, credentials: Credentials) -> dict[str, Any]:
        """An ``access_token``, and ``until`` when it is as good as new; callers who share a client share it.

        Raises:
            LoadError: there is none.
        """
        with self._asking[credentials.client_id]:
            told = self._tokens.get(credentials.client_id)
            if told and told["until"] > time.monotonic():
                return told
            if not self.take():
                raise LoadError("the budget of requests was spent before there was a token")
            told = self._tokens[credentials.client_id] = self._new_token(credentials)
            return told

    def _new_token(self, credentials: Credentials) -> dict[str, Any]:
        form = urlencode({"grant_type": "client_credentials", "scope": self.target.scope})
        headers = {"Authorization": credentials.basic, "Content-Type": "application/x-www-form-urlencoded"}
        url = self.target.origin + self.target.token
        with self._session.request(
            "POST", url, name="POST token", data=form, headers=headers, catch_response=True
        ) as answer:
            token, lives = token_of(answer.text or "") if answer.status_code == 200 else ("", 0.0)
            if not token:
                why = f"{url} answered {answer.status_code or 'nothing'} to client {credentials.client_id!r}: "
                why += (answer.text or str(getattr(answer, "error", None) or ""))[:300].strip()
                why += (
                    "" if answer.status_code != 200 else ". This is no token response: expected JSON with access_token"
                )
                answer.failure(why)
                self.stop(why)
                raise LoadError(why)
        return {"access_token": token, "until": time.monotonic() + _MOST_OF_IT * lives}

    def offered(self, due: float) -> None:
        """A request is due."""
        self.notes.offered(self._second(due))

    def dropped(self, due: float) -> None:
        """It is not sent."""
        self.notes.dropped(self._second(due))

    def came(self, kind: Kind, at: float, milliseconds: float) -> None:
        """An answer came."""
        self.notes.came(kind, self._second(at), milliseconds)

    def _second(self, instant: float) -> int:
        return max(0, int(instant - self.began))


def never_begun(environment: Any, why: str) -> Load:
    """A load that is over before its first request."""
    host = environment.host or "http://127.0.0.1"  # nobody asks it
    load = Load(environment, Target(host, "", "", emulator=True, given=None, scope=""), budget=0, seed=0)
    load.stop(why)
    return load


def load_of(environment: Any) -> Load:
    """The load of a locust environment.

    Raises:
        LoadError: nobody made it: the locustfile does not import :mod:`athena_fhir_load.hooks`.
    """
    load: Load | None = getattr(environment, _ATTRIBUTE, None)
    if load is None:
        raise LoadError("import athena_fhir_load.hooks in the locustfile: it makes the load from locust's options")
    return load


def attach(environment: Any, load: Load) -> None:
    """Make it the load of that environment."""
    setattr(environment, _ATTRIBUTE, load)
