"""The manners that are asked of a client, one question each. The docstring of a question is what users read."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import parse_qs

from athena_fhir_conformance.client.grading import Caught, Run, question
from athena_fhir_conformance.client.journal import LIMITED, Entry
from athena_fhir_conformance.verdicts import skip, warn

_UNDER_WAY = 0.1  # seconds: what was sent before the refusal could be known
_ROUNDING = 0.02  # seconds: clocks and timers
_BURST = 17  # requests, more than any client may send at once
_PAGING = {"page", "_page", "offset", "_offset", "_skip", "_getpagesoffset", "pageToken", "_start", "startIndex"}
_TOLERATED = 1.5  # requests for each that is needed
_HASTY = 0.9  # seconds between polls of a client that was told nothing


def _of_limited(run: Run) -> list[Entry]:
    return [entry for entry in run.entries if entry.route in LIMITED]


def _later(run: Run, entry: Entry) -> Iterator[Entry]:
    return (other for other in run.entries if other.seq > entry.seq and other.client == entry.client)


@question("RLM-024", "RLM-019", "CLI-001")
def retry_after_obeyed(run: Run) -> None:
    """After a 429 or 503 it waits as long as Retry-After says, in seconds or as a date, before it asks again."""
    told = [entry for entry in _of_limited(run) if entry.status in (429, 503) and entry.wait is not None]
    if not told:
        skip("nothing was refused with a Retry-After: try --scenario 429-throttled, or ask for more")
    early = [pair for entry in told for pair in _too_early(run, entry)]
    if early:
        refused, came = early[0]
        message = (
            f"{len(early)} came too early, the first {came.instant - refused.instant:.2f} s after it was told to wait "
            f"{refused.wait:g} s"
        )
        raise Caught(message, [refused, came])


def _too_early(run: Run, refused: Entry) -> Iterator[tuple[Entry, Entry]]:
    ends = refused.instant + (refused.wait or 0) - _ROUNDING
    own_pace = refused.verdict == "faulted" or bool(refused.faults)
    for entry in _later(run, refused):
        if entry.instant >= ends:
            return
        again = entry.key == refused.key
        # A refusal by the limiter is meant for the whole client; a fault's for this request.
        others = (
            entry.route in LIMITED and not own_pace and entry.instant > refused.instant + refused.seconds + _UNDER_WAY
        )
        if again or others:
            yield refused, entry
            return


@question("RLM-025", "MIS-C3")
def pace(run: Run) -> None:
    """It paces itself, so that it is hardly ever refused: the limit is no surprise."""
    limited = _of_limited(run)
    if len(limited) < _BURST:
        skip(f"{len(limited)} requests do not reach the limit; ask for more")
    refused = [entry for entry in limited if entry.verdict == "refused"]
    if len(refused) > 0.1 * len(limited):
        raise Caught(f"{len(refused)} of {len(limited)} requests were refused by the limit", refused)
    if refused:
        warn(
            f"{len(refused)} of {len(limited)} requests were refused by the limit; a pace of 8 a second is refused none"
        )


@question("RLM-020")
def odd_rate_limit(run: Run) -> None:
    """Fields of the rate limit that cannot be read are as good as none: it goes on at a pace of its own."""
    odd = [entry for entry in run.entries if "odd-rate-limit" in entry.faults and entry.status < 400]
    if not odd:
        skip("the rate limit could always be read: try --scenario odd-rate-limit")
    if run.code:
        raise Caught(f"it ended with {run.code} after what it could not read", odd)
    if run.code is None and not any(True for _ in _later(run, odd[0])):
        skip("it asked for nothing more, and was not started here: that it went on cannot be told")


@question("CLI-002")
def amplification(run: Run) -> None:
    """It sends each request once, and once more for each that failed: no storm when something is wrong."""
    asked = [entry for entry in _of_limited(run) if not entry.polls]
    if not asked:
        skip("nothing was asked for")
    needed, sent = needed_of(asked), len(asked)
    if sent > _TOLERATED * needed:
        often = Counter(entry.key for entry in asked).most_common(1)[0][0]
        raise Caught(f"{sent} requests for {needed} that were needed", [entry for entry in asked if entry.key == often])
    if sent > 1.1 * needed:
        warn(f"{sent} requests for {needed} that were needed")


def needed_of(asked: Sequence[Entry]) -> int:
    """How many requests would have done: one for each different one, and one for each that a fault failed."""
    failed = sum(entry.failed and entry.verdict != "refused" for entry in asked)
    return max(1, len({entry.key for entry in asked}) + failed)


@question("CLI-003")
def futile_repetition(run: Run) -> None:
    """It does not repeat what will fail again: 400, 403, 404, 410, 422."""
    final = [entry for entry in _of_limited(run) if entry.status in (400, 403, 404, 410, 422) and not entry.faults]
    if not final:
        skip("nothing was answered with a 4xx that stays")
    often = [key for key, count in Counter(entry.key for entry in final).items() if count > 2]
    if often:
        raise Caught("it repeats what was refused for good", [entry for entry in final if entry.key == often[0]])


@question("CLI-004", "BKS-047")
def token_reuse(run: Run) -> None:
    """It keeps its token until it expires, and gets a new one when it has."""
    asked = [entry for entry in run.entries if entry.asks_for_token and entry.status == 200]
    if not asked:
        skip("it asked for no token")
    unknown = [entry for entry in run.entries if entry.status == 401 and entry.route in LIMITED]
    clients = len({entry.client for entry in asked})
    needed = clients + len(unknown)
    if len(asked) > needed + 1:
        raise Caught(f"{len(asked)} tokens where {needed} would have done", asked)
    if len(asked) > needed:
        warn(f"{len(asked)} tokens where {needed} would have done")


@question("BKO-057")
def kick_off(run: Run) -> None:
    """It starts an export with Prefer: respond-async and Accept: application/fhir+json."""
    started = [entry for entry in run.entries if entry.kicks_off]
    if not started:
        skip("it started no export")
    without = [entry for entry in started if "respond-async" not in entry.asked.get("prefer", "")]
    if without:
        raise Caught("a kick-off without Prefer: respond-async", without)
    odd = [entry for entry in started if "json" not in entry.asked.get("accept", "")]
    if odd:
        warn(f"a kick-off accepts {odd[0].asked.get('accept', 'nothing')!r} instead of application/fhir+json")


@question("CLI-005")
def one_job(run: Run) -> None:
    """It does not start the same export again while the first is running."""
    started = [entry for entry in run.entries if entry.kicks_off and entry.status == 202]
    if not started:
        skip("it started no export")
    often = [key for key, count in Counter(entry.key for entry in started).items() if count > 1]
    if often:
        raise Caught("the same export was started again", [entry for entry in started if entry.key == often[0]])


@question("BST-019", "CLI-006")
def polling(run: Run) -> None:
    """Between polls it waits as long as Retry-After says, and without it a second or more."""
    polls = _polls(run)
    if not any(len(own) > 1 for own in polls.values()):
        skip("no export was polled twice: make it last longer, --serve '--export-duration 10'")
    for own in polls.values():
        for before, after in pairwise(own):
            if before.status not in (202, 429, 503):
                continue
            least = before.wait if before.wait is not None else _HASTY
            if after.instant - before.instant < least - _ROUNDING:
                message = f"polled again after {after.instant - before.instant:.2f} s, and was told to wait {least:g} s"
                raise Caught(message, [before, after])


@question("BST-020")
def transient_errors(run: Run) -> None:
    """A 429 or 5xx of the status, or a connection that breaks, is not the end of an export: it asks again."""
    for own in _polls(run).values():
        failing = [entry for entry in own if entry.failed and entry.faults]
        if failing:
            if failing[-1] is own[-1]:
                raise Caught("it gave up an export whose status could not be had for once", failing)
            return
    skip("no poll failed: try --scenario export-status-503")


def _polls(run: Run) -> dict[str, list[Entry]]:
    polls: dict[str, list[Entry]] = defaultdict(list)
    for entry in run.entries:
        if entry.polls:
            polls[entry.path].append(entry)
    return polls


@question("CLI-007")
def delete(run: Run) -> None:
    """When it has the files of an export, it deletes the job, so that the server may free them."""
    complete = {entry.path: entry for entry in run.entries if entry.polls and entry.status == 200}
    if not complete:
        skip("no export was complete")
    deleted = {entry.path for entry in run.entries if entry.method == "DELETE" and entry.status in (202, 204, 404)}
    left = [entry for path, entry in complete.items() if path not in deleted]
    if left:
        raise Caught(f"{len(left)} of {len(complete)} jobs were not deleted", left)


@question("CLI-008")
def next_links(run: Run) -> None:
    """It follows the link to the next page as it is: none constructed, none twice, none left out."""
    pages = [entry for entry in run.entries if entry.method == "GET" and entry.route == "fhir"]
    built = [entry for entry in pages if _PAGING & parse_qs(entry.query).keys()]
    if built:
        raise Caught("it constructs the address of a page itself", built)
    offered = {
        entry.following: entry
        for entry in pages
        if entry.status == 200 and entry.following and "wrong-host" not in entry.faults and not entry.failed
    }
    asked = [entry for entry in pages if entry.cursor]
    if not offered and not asked:
        skip("no search had more than one page: ask for more, or for smaller pages")
    invented = [entry for entry in asked if entry.cursor not in offered]
    if invented:
        raise Caught("it asks for a page that was offered nowhere", invented)
    had = Counter(entry.cursor for entry in asked if not entry.failed)
    twice = [entry for entry in asked if had[entry.cursor] > 1]
    if twice:
        raise Caught("it fetches a page twice", twice)
    ignored = [entry for cursor, entry in offered.items() if cursor not in had]
    if ignored and not had:
        raise Caught("it ignores the link to the next page", ignored)
    if ignored:
        warn(f"it stopped before the last page: {ignored[0]}")


@question("CLI-009")
def partial_files(run: Run) -> None:
    """A file of which only a part arrived is fetched again, whole or the rest by Range."""
    broken = [entry for entry in run.entries if entry.downloads and entry.faults and entry.failed]
    if not broken:
        skip("no download broke off: try --scenario export-broken-download")
    for entry in broken:
        again = [later for later in _later(run, entry) if later.path == entry.path]
        if not any(later.status in (200, 206) and not later.failed for later in again):
            raise Caught("a file that broke off was not fetched again", [entry, *again])


@question("BFI-024")
def open_files(run: Run) -> None:
    """To files that need no token (requiresAccessToken is false) it brings none."""
    files = [entry for entry in run.entries if "/bulkdata/open/" in entry.path]
    if not files:
        skip("no file was open: --serve '--export-open-files' offers such")
    with_token = [entry for entry in files if "authorization" in entry.asked]
    if with_token:
        raise Caught("a token for files that need none", with_token)


@question("BFI-025")
def packed(run: Run) -> None:
    """It accepts files that are packed (gzip)."""
    files = [entry for entry in run.entries if entry.downloads]
    if not files:
        skip("it downloaded no files")
    if not any("gzip" in entry.asked.get("accept-encoding", "") for entry in files):
        warn("it downloads without Accept-Encoding: gzip, five times as many bytes")
