"""What an export asks of the server: the client's calls in the words of Bulk Data Access.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html. The client adds the token, keeps the pace and repeats what does no
harm; a file is handed on as it comes, and its token goes to no other host, also not by a redirect.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from athena_fhir_client.bulk.asked import ExportRequest
from athena_fhir_client.bulk.errors import BadManifest, ExportRefused
from athena_fhir_client.clock import stopwatch
from athena_fhir_client.errors import BadRequest, ForeignHost, ProtocolError, StatusError
from athena_fhir_client.libraries import requests, urllib3
from athena_fhir_client.pace.told import told_by
from athena_fhir_client.redaction import safe_url
from athena_fhir_client.transport import joined, origin_of, transport_error

if TYPE_CHECKING:
    from athena_fhir_client.client import AthenaClient

_REDIRECTS, _MOST_REDIRECTS = (301, 302, 303, 307, 308), 5
_LONGEST_WAIT = 3600.0
_FILE_STATUSES = (200, 206, 416, *_REDIRECTS)


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What the status URL answered: 202, or 200 with the manifest.

    Attributes:
        retry_after: seconds; None if it does not say.
    """

    status: int
    headers: Mapping[str, str]
    retry_after: float | None
    response: "requests.Response"

    def json(self) -> Any:
        """The manifest.

        Raises:
            BadManifest: the body is no JSON.
        """
        try:
            return self.response.json()
        except (ValueError, RecursionError):
            raise BadManifest(f"the manifest is not JSON; it begins {self.response.text[:200]!r}") from None


class FileAnswer:
    """A file that begins to come; close it, or use it in a ``with``."""

    def __init__(self, response: "requests.Response") -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._response = response

    def read(self, most: int) -> bytes:
        """The next bytes as they were sent, what is there at once; none at the end.

        Raises:
            TransportError: the connection broke, or nothing came in time.
        """
        try:
            data: bytes = self._response.raw.read1(most, decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise transport_error(self._response.request, error) from error
        return data

    def close(self) -> None:
        """Done with it, or enough of it."""
        self._response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class Exchange:
    """The calls of one export."""

    def __init__(self, client: "AthenaClient") -> None:
        self._client = client
        self.clock = client.clock
        self.now = stopwatch

    def pause(self, seconds: float) -> None:
        """Wait by the client's clock."""
        self.clock.sleep(seconds)

    def retry_after(self, error: Exception) -> float:
        """Seconds that the server asked to wait, in an answer that was an error; 0 if it did not, an hour at most."""
        if not isinstance(error, StatusError):
            return 0.0
        return min(told_by(error.response.headers, self.clock.now()).retry_after or 0.0, _LONGEST_WAIT)

    def kick_off(self, asked: ExportRequest) -> str:
        """Start a job; the URL where it can be asked for.

        Raises:
            ExportRefused: a parameter is not supported, or the answer does not say where to poll.
        """
        headers = {"Accept": "application/fhir+json", "Prefer": asked.prefer}
        given: dict[str, Any] = {"json": asked.parameters()} if asked.method == "POST" else {"params": asked.pairs()}
        try:
            # Twice would be two jobs; whether to try again is for the caller to say.
            answer = self._client.request(asked.method, asked.path, headers=headers, repeatable=False, **given)
        except BadRequest as error:
            raise ExportRefused(f"the server does not accept this export: {error.words or error}") from error
        place = answer.headers.get("Content-Location", "")
        if answer.status_code != 202 or not place:
            message = f"the kick-off was answered {answer.status_code} without a Content-Location to poll"
            raise ExportRefused(message)
        url = joined(answer.url, place)
        self._must_be_home(url, "the job's status")
        return url

    def status(self, url: str) -> StatusAnswer:
        """How far the job is.

        Raises:
            StatusError: neither 200 nor 202.
        """
        headers = {"Accept": "application/json"}
        answer = self._client.request("GET", url, headers=headers, expected=(200, 202))
        retry_after = told_by(answer.headers, self.clock.now()).retry_after
        return StatusAnswer(answer.status_code, answer.headers, retry_after, answer)

    def delete(self, url: str) -> None:
        """Cancel the job, or delete its files."""
        self._client.request("DELETE", url)

    def file(self, url: str, headers: Mapping[str, str], *, with_token: bool) -> FileAnswer:
        """A file, as it comes.

        Raises:
            ForeignHost: it needs the token and is at another host.
        """
        for _ in range(_MOST_REDIRECTS + 1):
            home = origin_of(url) == origin_of(self._client.base_url)
            answer = self._client.request(
                "GET", url, headers=headers, stream=True, auth=with_token, expected=_FILE_STATUSES
            )
            if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
                return FileAnswer(answer)
            answer.close()
            url = joined(answer.url, answer.headers["Location"])
            with_token = with_token and home and origin_of(url) == origin_of(self._client.base_url)
        message = f"{safe_url(url)}: redirected more than {_MOST_REDIRECTS} times"
        raise ProtocolError(message)

    def _must_be_home(self, url: str, what: str) -> None:
        if origin_of(url) != origin_of(self._client.base_url):
            message = (
                f"{what} would be at {url}, another host than {self._client.base_url}: our token is not sent there"
            )
            raise ForeignHost(message, url)
