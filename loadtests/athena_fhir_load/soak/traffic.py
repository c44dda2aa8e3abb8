"""What the callers of a soak do: reads, searches, writes, documents, tokens, exports; some wrong, some cut off."""

import json
import threading
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any
from urllib.parse import urlsplit

PATIENTS = 10
_BASE = "/fhir/r4"
_ACCEPT = {"Accept": "application/fhir+json"}

SCENARIO = """
teaches = "A soak: refusals, broken connections and broken bodies, all the time."
seed = 5

[[fault]]
kind = "status"
with = { status = 503, retry_after = "1" }
match = { route = "fhir" }
probability = 0.02

[[fault]]
kind = "gateway-page"
match = { route = "fhir" }
probability = 0.01

[[fault]]
kind = "connection-reset"
match = { route = "fhir" }
probability = 0.01

[[fault]]
kind = "drop"
match = { route = "fhir", status = "2xx" }
probability = 0.01

[[fault]]
kind = "drop"
with = { after = 1000 }
match = { route = "bulk", path = "*/bulkdata/*" }
probability = 0.2

[[fault]]
kind = "latency"
with = { seconds = 0.02, distribution = "uniform", spread = 0.02 }
match = { route = "fhir" }
probability = 0.02
"""


@dataclass
class Traffic:
    """What all callers have done so far.

    Attributes:
        statuses: how often each was answered; 0: the connection broke.
    """

    origin: str
    wanted: int
    statuses: Counter[int] = field(default_factory=Counter)
    exports: int = 0
    _taken: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def done(self) -> int:
        """Requests so far."""
        return sum(self.statuses.copy().values())

    def more(self) -> bool:
        """Whether one more is wanted; then it is counted."""
        with self._lock:
            self._taken += 1
            return self._taken <= self.wanted

    def count(self, status: int) -> None:
        """One answer."""
        with self._lock:
            self.statuses[status] += 1


class Caller(threading.Thread):
    """One caller: a client of its own, a connection that it opens again whenever it broke."""

    def __init__(self, traffic: Traffic, number: int) -> None:
        super().__init__(name=f"caller-{number}")
        self._traffic, self._chance = traffic, Random(f"soak {number}")  # noqa: S311 - the same in every run
        self._where = urlsplit(traffic.origin).netloc
        self._connection = HTTPConnection(self._where, timeout=30)
        self._client: tuple[str, str] = ("mock-client", "mock-secret")
        self._token = ""
        self.problem = ""

    def run(self) -> None:
        """Until all requests that are wanted were sent."""
        try:
            self._register()
            for work in self._works():
                work()
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
        finally:
            self._connection.close()

    def _register(self) -> None:
        asked = {"grant_types": ["client_credentials"], "scope": "system/*.read"}
        status, body = self._ask("POST", "/_mock/clients", json.dumps(asked), {"Content-Type": "application/json"})
        assert status in (200, 201), body
        told = json.loads(body)
        self._client = told["client_id"], told["client_secret"]
        self._renew()

    def _works(self) -> Iterator[Any]:
        number = 0
        while self._traffic.more():
            number += 1
            if number % 500 == 0:
                yield self._renew
            elif number % 1000 == 1:
                yield self._export
            else:
                yield self._one

    def _one(self) -> None:
        patient = f"a-500001.E-{self._chance.randint(1, PATIENTS)}"
        path = self._chance.choices(
            (
                f"/Patient/{patient}",
                f"/Observation?patient={patient}&category=vital-signs&_count=20",
                f"/Encounter?patient={patient}&_include=Encounter:participant",
                f"/Patient/{patient}/_history",
                "/Patient/nobody",
                "/Observation?unknown=1",
            ),
            (60, 20, 8, 4, 5, 3),
        )[0]
        self._get(_BASE + path)

    def _get(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        fields = {**_ACCEPT, "Authorization": f"Bearer {self._token}"}
        return self._answer("GET", path, None, fields)

    def _renew(self) -> None:
        secret = b64encode(":".join(self._client).encode()).decode()
        fields = {"Authorization": f"Basic {secret}", "Content-Type": "application/x-www-form-urlencoded"}
        status, body = self._ask(
            "POST", "/oauth2/v1/token", "grant_type=client_credentials&scope=system/*.read", fields
        )
        if status == 200:
            self._token = json.loads(body)["access_token"]

    def _export(self) -> None:
        """Kicked off, looked at, each file read, deleted; whatever goes wrong on the way is left at that."""
        fields = {**_ACCEPT, "Authorization": f"Bearer {self._token}", "Prefer": "respond-async"}
        status, _, told = self._answer("GET", f"{_BASE}/Patient/$export?_type=Patient,Condition", None, fields)
        if status != 202:
            return
        self._traffic.exports += 1
        job = urlsplit(told["content-location"]).path
        status, body, _ = self._get(job)
        if status == 200:
            for file in json.loads(body)["output"]:
                self._get(urlsplit(file["url"]).path)
        self._answer("DELETE", job, None, {"Authorization": f"Bearer {self._token}"})

    def _ask(self, method: str, path: str, body: str | None, fields: dict[str, str]) -> tuple[int, bytes]:
        return self._answer(method, path, body, fields)[:2]

    def _answer(
        self, method: str, path: str, body: str | None, fields: dict[str, str]
    ) -> tuple[int, bytes, dict[str, str]]:
        try:
            self._connection.request(method, path, body, fields)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            self._traffic.count(0)
            return 0, b"", {}
        self._traffic.count(answer.status)
        return answer.status, content, {name.lower(): value for name, value in answer.getheaders()}
