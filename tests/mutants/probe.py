"""What a client does to see what a server does: it asks, and tells what it saw without what differs every time."""

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from mock_athena.app import MockAthena
from tests.mutants.server import WsgiApp

HOST = "127.0.0.1:9"
ORIGIN = f"http://{HOST}"
BASE = f"{ORIGIN}/fhir/r4"
TOKEN_URL = f"{ORIGIN}/oauth2/v1/token"
CALLBACK = "http://127.0.0.1:8765/callback"
VERIFIER = "a" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PATIENT, OTHER_PATIENT, GROUP = "a-500001.E-1", "a-500001.E-2", "a-1.C-500001"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KICK_OFF = {"Accept": "application/fhir+json", "Prefer": "respond-async"}

_VOLATILE = ("x-request-id", "server-timing", "x-mock-decided-at", "date", "content-length")
_RANDOM = re.compile(rb"[0-9a-f]{32}")


@dataclass(frozen=True)
class Seen:
    """An answer; the names of ``headers`` are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def whole(self) -> object:
        """All that is the same whenever it is asked."""
        kept = {
            name: value for name, value in self.headers.items() if name not in _VOLATILE and "/bulkdata/" not in value
        }
        if "attachment" in kept.get("content-disposition", ""):
            kept.pop("etag", None)  # made of the random id of its job
        return self.status, _RANDOM.sub(b"ID", str(sorted(kept.items())).encode()), _RANDOM.sub(b"ID", self.body)


class Prober:
    """Asks one server; the clock moves on before each request, so that quotas are met on purpose alone."""

    def __init__(self, app: WsgiApp, inside: MockAthena) -> None:
        self.app, self.inside = app, inside
        self._tokens: dict[tuple[str, str], str] = {}

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.inside.world.clock.advance(round(seconds * 1e9))

    def send(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b"", *, after: float = 0.2
    ) -> Seen:
        """One request; ``after`` so many seconds. A URL without a host is below the FHIR base."""
        self.advance(after)
        parts = urlsplit(url if url.startswith("http") else BASE + url)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "9",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": HOST,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "CONTENT_LENGTH": str(len(body)),
        }
        for name, value in (headers or {}).items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        told: list[Any] = []
        chunks = self.app(environ, lambda *start: told.append(start))
        sent = b"".join(chunks)
        getattr(chunks, "close", lambda: None)()
        return Seen(int(told[0][0][:3]), {name.lower(): value for name, value in told[0][1]}, sent)

    def bearer(self, scope: str = "system/*.rs", client: str = "mock-client:mock-secret") -> dict[str, str]:
        """An Authorization header with a token by client credentials, asked for once."""
        if (scope, client) not in self._tokens:
            answer = self.token({"grant_type": "client_credentials", "scope": scope}, client)
            self._tokens[scope, client] = answer.json["access_token"]
        return {"Authorization": f"Bearer {self._tokens[scope, client]}"}

    def token(self, form: Mapping[str, str], client: str = "", **headers: str) -> Seen:
        """A token request; ``client`` is ``id:secret`` for Basic."""
        basic = {"Authorization": "Basic " + base64.b64encode(client.encode()).decode()} if client else {}
        return self.send("POST", TOKEN_URL, {**FORM, **basic, **headers}, urlencode(form).encode())

    def get(self, url: str, scope: str = "system/*.rs", **headers: str) -> Seen:
        """A request with a token."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("GET", url, {**self.bearer(scope), **named})

    def authorize(self, **changes: str) -> Seen:
        """An authorization request; a patient signs in and consents at once."""
        asked = {
            "response_type": "code",
            "client_id": "mock-public",
            "redirect_uri": CALLBACK,
            "scope": "openid fhirUser launch/patient offline_access patient/*.rs",
            "state": "a-state",
            "aud": BASE,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "login_hint": PATIENT,
            **changes,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return self.send("GET", f"{ORIGIN}/oauth2/v1/authorize?{query}")

    def code(self, **changes: str) -> str:
        """The code that an authorization request brings."""
        return parse_qs(urlsplit(self.authorize(**changes).headers["location"]).query)["code"][0]

    def redeem(self, code: str, **changes: str) -> Seen:
        """The token request for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": "mock-public",
            "code_verifier": VERIFIER,
            **changes,
        }
        return self.token({name: value for name, value in form.items() if value})

    def signed_in(self, **changes: str) -> dict[str, Any]:
        """The token response of a patient who signed in."""
        told: dict[str, Any] = self.redeem(self.code(**changes)).json
        return told


def asked(*urls: str, scope: str = "system/*.rs", **headers: str) -> Callable[[Prober], object]:
    """What is answered to these requests."""
    return lambda tester: [tester.get(url, scope, **headers).whole for url in urls]


def sent(method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Callable[..., object]:
    """What is answered to this request, which has no token unless ``headers`` do."""
    return lambda tester: tester.send(method, url, headers, body).whole


def pages(url: str) -> Callable[[Prober], object]:
    """Every page of a search, by following ``next``, ten at the most."""

    def walk(tester: Prober) -> object:
        found: list[object] = []
        following = url
        while following and len(found) < 10:
            page = tester.get(following)
            found.append(page.whole)
            links = (page.json or {}).get("link", [])
            following = next((link["url"] for link in links if link["relation"] == "next"), "")
            if HOST not in following:
                break
        return found

    return walk


def burst(*gaps: float) -> Callable[[Prober], object]:
    """What the limiter says to requests that come one after the other after so many seconds each."""

    def hurry(tester: Prober) -> object:
        bearer = tester.bearer()
        tester.advance(10)
        seen = [tester.send("GET", "/Patient?_count=1", bearer, after=gap) for gap in gaps]
        last = seen[-1].headers.get("retry-after", "")
        waited = tester.send("GET", "/Patient?_count=1", bearer, after=min(float(last), 999) if last.isdigit() else 1)
        return [(each.status, _limits(each), each.body[:120]) for each in (*seen, waited)]

    return hurry


def _limits(seen: Seen) -> object:
    told = ("retry-after", "cache-control", "content-type")
    return sorted(one for one in seen.headers.items() if "ratelimit" in one[0] or one[0] in told)


def exported(path: str = "/Patient/$export", scope: str = "system/*.rs", **headers: str) -> Callable[[Prober], object]:
    """An export from kick-off to the end: what is answered, what is in the files, and what is left after DELETE."""

    def run(tester: Prober) -> object:
        return export(tester, path, scope, **headers)

    return run


def export(tester: Prober, path: str, scope: str = "system/*.rs", **headers: str) -> object:
    """See :func:`exported`."""
    bearer = tester.bearer(scope)
    kick_off = tester.send("GET", path, {**bearer, **KICK_OFF, **headers})
    status = kick_off.headers.get("content-location", "")
    seen: list[object] = [kick_off.whole]
    if not status.startswith("http"):
        return seen
    running = tester.send("GET", status, bearer)
    tester.advance(30)
    complete = tester.send("GET", status, bearer)
    seen += [running.whole, complete.whole]
    told = complete.json or {}
    items = [*told.get("output", ()), *(told.get("deleted") or ()), *(told.get("error") or ())]
    for url in [item["url"] for item in items if item["url"].startswith("http")]:
        seen += [tester.send("GET", url, bearer).whole, tester.send("GET", url).whole]
    seen += [tester.send("GET", status).whole, tester.send("DELETE", status, bearer).whole]
    return [*seen, tester.send("GET", status, bearer).whole]
