"""The public keys of a client: those that it registered, or those at its ``jwks_uri``, fetched when they are needed.

What was fetched is kept as long as its ``Cache-Control`` allows and no longer
(https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html#registering-a-client-communicating-public-keys);
where that says nothing, for a minute. A key that is not among what is kept may be new, so it is looked for once more.
The other side is not ours, and what it gets is the matter of :mod:`mock_athena.auth.fetching`.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_athena.auth.client_errors import invalid_client
from mock_athena.auth.keys import usable_keys
from mock_athena.auth.registration import ClientRegistration
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import shortened

if TYPE_CHECKING:
    from mock_athena.auth.fetching import Fetched

UNSAID_S = 60
LONGEST_S = 86_400
# A kid that nobody has must not make us ask the other side as often as somebody sends it.
ASKED_AGAIN_AFTER_S = 10
# Nor one that fails; whoever has just mended theirs does not wait for long.
FAILED_ASKED_AGAIN_AFTER_S = 2

Key = Mapping[str, Any]


class _Kept(NamedTuple):
    keys: Sequence[Key]
    since: int
    until: int


class KeySets:
    """Finds the keys of clients; safe to use from several threads.

    Args:
        fetch: gets a URL; raises OSError or ValueError.
    """

    def __init__(self, clock: Clock, fetch: "Callable[[str], Fetched] | None" = None) -> None:
        self._clock = clock
        self._fetch = fetch or _fetched
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._failed: dict[str, tuple[int, str]] = {}  # when, and what

    def keys(self, client: ClientRegistration, kid: object) -> Sequence[Key]:
        """The keys among which one of that name may be.

        Raises:
            OAuthError: ``invalid_client``: they are at a ``jwks_uri`` that does not answer them.
        """
        if client.jwks_uri is None:
            return client.jwks["keys"] if client.jwks else []
        now = self._clock.wall()
        kept = self._kept.get(client.jwks_uri)
        if kept and now < kept.until and (_has(kept.keys, kid) or now < kept.since + ASKED_AGAIN_AFTER_S * NANOSECONDS):
            return kept.keys
        return self._asked(client.jwks_uri, now).keys

    def reset(self) -> None:
        """Forget what was fetched."""
        with self._lock:
            self._kept, self._failed = {}, {}

    def _asked(self, url: str, now: int) -> _Kept:
        from http.client import HTTPException

        since, failure = self._failed.get(url, (0, ""))
        if failure and since <= now < since + FAILED_ASKED_AGAIN_AFTER_S * NANOSECONDS:
            raise invalid_client(failure)
        try:
            answer = self._fetch(url)
            keys = usable_keys(json.loads(answer.body))
        except (OSError, HTTPException, ValueError, RecursionError) as error:
            failure = (
                f"client_assertion: the keys at the registered jwks_uri {url} cannot be had: {shortened(str(error))}. "
                "Make it answer a JWK Set to this emulator, or register the keys themselves as jwks"
            )
            with self._lock:
                self._failed[url] = (now, failure)
            raise invalid_client(failure) from error
        kept = _Kept(keys, now, now + lifetime_s(answer.cache_control) * NANOSECONDS)
        with self._lock:
            self._kept[url] = kept
            self._failed.pop(url, None)
        return kept


def lifetime_s(cache_control: str | None) -> int:
    """How many seconds an answer may be kept.

    >>> [lifetime_s(said) for said in (None, "max-age=600", "private, max-age=5", "no-store", "no-cache, max-age=9")]
    [60, 600, 5, 0, 0]
    """
    if cache_control is None:
        return UNSAID_S
    said = [part.strip().lower() for part in cache_control.split(",")]
    if "no-store" in said or "no-cache" in said:
        return 0
    ages = [re.fullmatch(r'max-age="?(\d{1,10})"?', part) for part in said]
    return min((min(int(age[1]), LONGEST_S) for age in ages if age), default=UNSAID_S)


def _has(keys: Sequence[Key], kid: object) -> bool:
    return any(key["kid"] == kid for key in keys)


def _fetched(url: str) -> "Fetched":
    from mock_athena.auth.fetching import fetched  # few clients keep their keys elsewhere

    return fetched(url)
