"""Waits for a job: polls as the server asks, tells how far it is, and knows a hiccup from a failure.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-status-request. ``Retry-After`` is obeyed in seconds and
as a date; without one it is 30 seconds, as in the integration guide.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from athena_fhir_client.bulk.errors import BadManifest, ExportFailed, ExportStuck, JobGone
from athena_fhir_client.bulk.http import Exchange, StatusAnswer
from athena_fhir_client.bulk.manifest import Manifest, parse_manifest
from athena_fhir_client.errors import NotFound, RateLimited, ServerError, StatusError, TransportError, Unavailable
from athena_fhir_client.outcomes import issues

_MOST_PAGES = 1000  # of a manifest

# Issue codes that say "ask again", https://hl7.org/fhir/R4/valueset-issue-type.html.
_TRANSIENT = {"transient", "timeout", "throttled", "lock-error"}


@dataclass(frozen=True, slots=True)
class Polling:
    """How a job is waited for, in seconds.

    Attributes:
        every: where the server does not say. longest: whatever it says.
        patience: until the job counts as stuck; athenahealth's support wants to hear of those that take over an hour.
        hiccups: so many answers in a row that were no answers.
    """

    every: float = 30.0
    shortest: float = 0.1
    longest: float = 600.0
    patience: float = 3600.0
    hiccups: int = 8


@dataclass(frozen=True, slots=True)
class InProgress:
    """Not yet.

    Attributes:
        progress: X-Progress. seconds: until the next poll. hiccup: what went wrong, if this was no answer.
    """

    progress: str
    seconds: float
    hiccup: str = ""


def poll(http: Exchange, url: str, polling: Polling, hiccups: int = 0) -> Manifest | InProgress:
    """Ask once.

    Args:
        hiccups: so many answers in a row were none before.

    Raises:
        ExportFailed, JobGone, BadManifest, StatusError, AuthError, ForeignHost: asking again does not help.
    """
    try:
        answer = http.status(url)
    except (TransportError, StatusError) as error:
        wait = max(_after_hiccup(error, polling, hiccups + 1), http.retry_after(error))
        return InProgress("", wait, str(error))
    if answer.status == 200:
        return parse_manifest(answer.json())
    return InProgress(answer.headers.get("X-Progress", ""), _pause(answer, polling))


def wait_for_manifest(
    http: Exchange, url: str, polling: Polling, told: Callable[[str, float], object], stopped: Callable[[], object]
) -> Manifest:
    """The manifest, all its pages joined.

    Args:
        told: is given X-Progress and the seconds until the next poll.
        stopped: raises if the user had enough.

    Raises:
        ExportStuck, and what :func:`poll` raises.
    """
    return whole(http, url, _page(http, url, polling, told, stopped), polling, told, stopped)


def whole(
    http: Exchange,
    url: str,
    manifest: Manifest,
    polling: Polling,
    told: Callable[[str, float], object] = lambda *_: None,
    stopped: Callable[[], object] = lambda: None,
) -> Manifest:
    """A manifest whose first page is known, from that ``url``, with the files of all its pages.

    Raises:
        as :func:`wait_for_manifest`.
    """
    seen = {url}
    while manifest.next:
        if manifest.next in seen or len(seen) >= _MOST_PAGES:
            raise BadManifest(
                f"after {len(seen)} pages the manifest goes on with {manifest.next}: it seems never to end"
            )
        seen.add(manifest.next)
        more = _page(http, manifest.next, polling, told, stopped)
        manifest = replace(manifest, files=manifest.files + more.files, next=more.next)
    return manifest


def _page(
    http: Exchange, url: str, polling: Polling, told: Callable[[str, float], object], stopped: Callable[[], object]
) -> Manifest:
    until, hiccups, progress = http.clock.now() + polling.patience, 0, ""
    while True:
        stopped()
        found = poll(http, url, polling, hiccups)
        if isinstance(found, Manifest):
            return found
        hiccups, progress = (hiccups + 1 if found.hiccup else 0), found.progress or progress
        if hiccups > polling.hiccups:
            message = f"{hiccups} answers in a row from {url} were none ({found.hiccup}); run the same again to go on"
            raise ExportStuck(message)
        if http.clock.now() + found.seconds > until:
            raise _stuck(url, polling, progress)
        told(progress, found.seconds)
        http.pause(found.seconds)


def _pause(answer: StatusAnswer, polling: Polling) -> float:
    asked = answer.retry_after
    return polling.every if asked is None else min(max(asked, polling.shortest), polling.longest)


def _after_hiccup(error: TransportError | StatusError, polling: Polling, hiccups: int) -> float:
    """Seconds until the next poll.

    Raises:
        ExportFailed, JobGone: it was no hiccup.
    """
    if isinstance(error, NotFound) and error.outcome is not None:
        raise JobGone(f"{error}. The job expired or was deleted; run the same again for a new one") from error
    if isinstance(error, ServerError) and not isinstance(error, Unavailable) and error.outcome is not None:
        if not _transient(error.outcome):
            raise ExportFailed(f"the server says that the export failed: {error.words or error}") from error
    elif isinstance(error, StatusError) and not isinstance(error, ServerError | RateLimited | NotFound):
        raise error
    return min(polling.every * 2.0 ** (hiccups - 4), polling.longest)


def _transient(outcome: dict[str, Any]) -> bool:
    return any(issue.get("code") in _TRANSIENT for issue in issues(outcome))


def _stuck(url: str, polling: Polling, progress: str) -> ExportStuck:
    last = f"; the last it said was {progress!r}" if progress else ""
    return ExportStuck(
        f"the job is in progress for more than {polling.patience / 60:.0f} minutes{last}. Exports take 5 to 30 "
        f"minutes; run the same again to go on polling {url}, cancel it, or ask athenahealth's support"
    )
