"""One HTTP request on a socket: always with timeouts, never with cookies, and a redirect is never followed unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

from athena_fhir_client.clock import stopwatch
from athena_fhir_client.errors import ProtocolError, TimedOut, TransportError
from athena_fhir_client.heads import BoundedAdapter
from athena_fhir_client.libraries import AuthBase, HTTPAdapter, requests, urllib3
from athena_fhir_client.redaction import safe_url

_CHUNK = 65_536
LARGEST = 256 * 1024 * 1024
_DEFAULT_PORTS = {"http": 80, "https": 443}
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Real seconds.

    Attributes:
        connect: until a connection stands.
        read: until the next byte comes.
        whole: until the header of an answer is there; and until a body is read that is not streamed.
    """

    connect: float = 10.0
    read: float = 60.0
    whole: float = 300.0


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: who is trusted with a token is trusted at this and nowhere else.

    Raises:
        ProtocolError: it is no URL.
    """
    try:
        parts = urlsplit(url)
        scheme, port = parts.scheme.lower(), parts.port
    except ValueError as error:
        raise ProtocolError(f"{safe_url(url)} is no URL: {error}") from None
    return scheme, (parts.hostname or "").lower(), port or _DEFAULT_PORTS.get(scheme, 0)


def joined(url: str, place: str) -> str:
    """Where a link within the answer of a URL leads.

    Raises:
        ProtocolError: nowhere.
    """
    try:
        return urljoin(url, place)
    except ValueError as error:
        raise ProtocolError(f"{safe_url(url)} was answered with a link that is no URL: {error}") from None


class _Nobody(AuthBase):
    """No credentials; also not those of a ``.netrc``, which requests would look for."""

    def __call__(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        return request


class _Session(requests.Session):
    """Looks for no redirects: it would read their bodies to the end, and stumble over links that are no URLs."""

    def get_redirect_target(self, resp: "requests.Response") -> None:
        """None: what to do with a redirect is for whoever asked."""


class Transport:
    """Connections to servers, kept open; may be used by several threads.

    Args:
        connections: kept open to one host.
        adapter: in place of sockets, as tests and simulations have it.
        verify: as of requests: True, or a file of certificates to trust.
        largest: bytes, unpacked, of a body that is read as a whole.
    """

    def __init__(
        self,
        timeouts: Timeouts | None = None,
        connections: int = 32,
        verify: bool | str = True,
        adapter: HTTPAdapter | None = None,
        largest: int = LARGEST,
    ) -> None:
        self.largest = largest
        self.timeouts = timeouts or Timeouts()
        self._session = _Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = adapter or BoundedAdapter(
            self.timeouts.whole, pool_connections=8, pool_maxsize=connections, max_retries=0
        )
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._pools = adapter.poolmanager
        self._verify = verify
        self._environment: dict[tuple[str, str, int], dict[str, Any]] = {}

    def prepare(self, method: str, url: str, **parts: Any) -> "requests.PreparedRequest":
        """A request, ready to be sent."""
        try:
            return self._session.prepare_request(requests.Request(method, url, auth=_Nobody(), **parts))
        except (requests.RequestException, ValueError) as error:
            raise TransportError(f"{method} {safe_url(url)} cannot be sent: {error}", sent=False) from error

    def send(self, request: "requests.PreparedRequest", timeouts: Timeouts | None = None) -> "requests.Response":
        """The answer as soon as its header is there; its body is not read. Redirects are answers.

        Raises:
            TransportError: none came; :attr:`.TransportError.sent` says whether it may have been seen.
        """
        limits = timeouts or self.timeouts
        try:
            return self._session.send(
                request,
                stream=True,
                allow_redirects=False,
                timeout=(limits.connect, limits.read),
                **self._surroundings(request.url or ""),
            )
        except requests.RequestException as error:
            raise transport_error(request, error) from error
        except ValueError:
            message = f"{asked(request)} cannot be sent: its header fields are no text that HTTP has"
            raise TransportError(message, request=request, sent=False) from None

    def read(self, response: "requests.Response", timeouts: Timeouts | None = None) -> None:
        """Read the body of an answer, which has :attr:`Timeouts.whole` to end.

        Raises:
            TransportError: it broke off, or did not end in time. ProtocolError: it is larger than may be.
        """
        limits, size = timeouts or self.timeouts, 0
        until, chunks = stopwatch() + limits.whole, []
        try:
            # What is there, and not a whole chunk: an answer that comes by the byte has to be noticed.
            while chunk := response.raw.read1(_CHUNK, decode_content=True):
                chunks.append(chunk)
                size += len(chunk)
                if size > self.largest:
                    raise ProtocolError(
                        f"the answer to {asked(response.request)} is larger than {self.largest:,} bytes"
                    )
                if stopwatch() > until:
                    message = f"the answer to {asked(response.request)} did not end within {limits.whole:g} s"
                    raise TimedOut(message, request=response.request)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise transport_error(response.request, error) from error
        finally:
            response.close()
        response._content = b"".join(chunks)  # what reading it at once would have left there
        response._content_consumed = True  # type: ignore[attr-defined]

    def connected(self) -> int:
        """How many connections were ever made: where it grew meanwhile, some of an answer's time was set-up."""
        pools = self._pools.pools
        return sum(pools[key].num_connections for key in pools.keys())  # noqa: SIM118 - it is no dictionary

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _surroundings(self, url: str) -> dict[str, Any]:
        """Proxies and certificates of the environment, looked up once for each host."""
        origin = origin_of(url)
        if origin not in self._environment:
            found = self._session.merge_environment_settings(url, {}, True, self._verify, None)
            self._environment[origin] = {name: found[name] for name in ("proxies", "verify", "cert")}
        return self._environment[origin]


def asked(request: "requests.PreparedRequest") -> str:
    """What was asked, without what is nobody's business."""
    return f"{request.method} {safe_url(request.url or '')}"


def transport_error(request: "requests.PreparedRequest", error: Exception) -> TransportError:
    """The error of this package that one of requests or urllib3 is."""
    if isinstance(error, requests.ConnectTimeout):
        return TimedOut(f"{asked(request)}: no connection in time", request=request, sent=False)
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return TimedOut(f"{asked(request)}: no answer in time", request=request)
    sent = not _never_connected(error)
    return TransportError(f"{asked(request)}: {_plain(error)}", request=request, sent=sent)


def _never_connected(error: Exception) -> bool:
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.NameResolutionError)


def _plain(error: Exception) -> str:
    """What happened, without the URL that urllib3 puts into its messages."""
    cause: Any = error.args[0] if error.args else error
    reason = getattr(cause, "reason", cause)
    while isinstance(reason, Exception) and reason.args and isinstance(reason.args[-1], Exception):
        reason = reason.args[-1]
    text = str(reason).rpartition(": ")[2] or type(error).__name__
    return f"the connection failed: {text}"
