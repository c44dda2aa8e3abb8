"""Whose quota a request spends and how much of it, and what is remembered of those who spent it.

The limiter knows quotas by their keys. Here requests become keys, as the policy says (``per``), and the token endpoint,
where nobody is known yet, goes by the client that the request names.
"""

import json
from base64 import b64decode
from binascii import Error
from collections import Counter, deque
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from mock_athena.auth.caller import Caller
from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import shortened
from mock_athena.ratelimit import Decision, Policy, QuotaKey
from mock_athena.ratelimit.decision import Kind
from mock_athena.ratelimit.limits import Limit
from mock_athena.web.exchange import Exchange
from mock_athena.web.routes import FHIR_BASE, LARGEST_BODY
from mock_athena.web.throttle import Prepared, prepared

TOKEN_PATH = "/oauth2/v1/token"  # noqa: S105 - a path

_REMEMBERED = 64  # admitted requests of a quota whose senders are remembered
_MOST_ACCOUNTS = 131_072
LARGEST_FORM = 65_536

Environ = dict[str, Any]


class Account:
    """One quota, and who spent of it lately.

    Attributes:
        key: as the limiter knows it. label: in words.
        prepared: the last refusal, for the next that is told the same.
    """

    __slots__ = ("_recent", "key", "label", "prepared")

    def __init__(self, key: QuotaKey) -> None:
        self.key = key
        self.label = str(key)
        self._recent: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)
        self.prepared: Prepared | None = None

    def spent(self, sender: str, remote: str) -> None:
        """A request was admitted. ``sender`` names the token without revealing it."""
        self._recent.append((sender, remote))

    def spenders(self, sender: str) -> str:
        """Who else spent of this quota, for a refused ``sender``."""
        return _spenders(list(self._recent), sender)

    def refusal(self, decision: Decision, sender: str) -> Prepared:
        """What a refused ``sender`` is told."""
        known = self.prepared
        if known is None or not known.serves(decision, sender):
            known = self.prepared = prepared(decision, self.label, self.spenders(sender), sender)
        return known


def _spenders(recent: list[tuple[str, str]], sender: str) -> str:
    if not recent:
        return ""
    own = sum(token == sender for token, _ in recent)
    if own == len(recent):
        return f"The last {own} admitted requests of this quota were all sent with your token"
    others = Counter((token, remote) for token, remote in recent if token != sender)
    named = ", ".join(
        f"{count} with token {token[:8]}… from {remote}" for (token, remote), count in others.most_common(3)
    )
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return f"Of the last {len(recent)} admitted requests of this quota, {own} were sent with your token, {named}{more}"


class Accounts:
    """The quotas of one emulator.

    Attributes:
        by_entry: a Bundle costs a unit for each entry, so that somebody must look into it before it is charged.
    """

    def __init__(self, policy: Policy, batch_cost: str = "request") -> None:
        self._policies = {name: policy.sandbox or policy if name == "sandbox" else policy for name in ENVIRONMENTS}
        self._identities = {name: _IDENTITIES[part.per] for name, part in self._policies.items()}
        self._known: dict[tuple[str, str], Account] = {}
        self._addresses: dict[tuple[str, str], Account] = {}
        self._clients: dict[QuotaKey, Account] = {}
        self._has_costs = any(part.costs for part in self._policies.values())
        self._limits_token_endpoint = bool(policy.token_endpoint)
        self.by_entry = batch_cost == "entry"

    def cost(self, exchange: Exchange) -> int:
        """Units of quota that a request spends; 0 where nothing is limited."""
        route = exchange.route
        if not self._has_costs:
            return route.cost
        return self._policies[exchange.environment].cost_of.get(route.name, route.cost)

    def beyond_the_first(self, exchange: Exchange, environ: Environ) -> int:
        """Units that a POST spends for the entries of its Bundle after the first.

        None where it has more than the quota ever holds, or is something else: then the view refuses it.
        """
        if environ["PATH_INFO"].rstrip("/") != FHIR_BASE:
            return 0
        beyond = entries_in(peeked(environ, LARGEST_BODY)) - 1
        most = most_at_once(self._policies[exchange.environment])
        return beyond if beyond > 0 and (most is None or exchange.cost + beyond <= most.quota) else 0

    def of(self, exchange: Exchange) -> Account:
        """Whose quota it is: as the policy says; without a token, the address's."""
        caller = exchange.caller
        if caller is None:
            return self._of_address(exchange)
        environment = exchange.environment
        who = environment, self._identities[environment](caller, exchange)
        return self._known.get(who) or self._opened(self._known, who, self._policies[environment].per)

    def at_token_endpoint(self, exchange: Exchange, environ: Environ) -> Account | None:
        """Whose quota at the token endpoint; None for other requests, and where it is not limited."""
        if not self._limits_token_endpoint or environ["PATH_INFO"] != TOKEN_PATH or exchange.method != "POST":
            return None
        client = shortened(_named_client(environ) or "", 100)
        exchange.client_id = client or None
        kind: Kind = "client" if client else "address"
        key = QuotaKey(exchange.environment, kind, client or exchange.remote, "token-endpoint")
        return self._clients.get(key) or self._add(self._clients, key, key)

    def _of_address(self, exchange: Exchange) -> Account:
        who = exchange.environment, exchange.remote
        return self._addresses.get(who) or self._opened(self._addresses, who, "address")

    def _opened(self, accounts: dict[tuple[str, str], Account], who: tuple[str, str], kind: Kind) -> Account:
        return self._add(accounts, who, QuotaKey(who[0], kind, who[1]))

    def _add(self, accounts: dict[Any, Account], who: Any, key: QuotaKey) -> Account:
        if len(accounts) >= _MOST_ACCOUNTS:
            accounts.clear()  # what is forgotten is only who spent; the counts are the limiter's
        account = accounts[who] = Account(key)
        return account


def sender_of(exchange: Exchange) -> str:
    """What names the sender of a request without revealing its token."""
    return exchange.caller.token_id if exchange.caller else exchange.remote


_IDENTITIES: dict[Kind, Callable[[Caller, Exchange], str]] = {
    "client": lambda caller, _: caller.client_id,
    "token": lambda caller, _: caller.token_id,
    "user": lambda caller, _: caller.patient or caller.client_id,
    "address": lambda _, exchange: exchange.remote,
    "practice": lambda _, exchange: str(ENVIRONMENTS[exchange.environment].practice),
}


def _named_client(environ: Environ) -> str | None:
    """The client that a token request says it is from; nothing is proven. The body can still be read afterwards."""
    scheme, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return b64decode(credentials).decode().partition(":")[0] or None
        except (Error, ValueError):
            return None
    named = parse_qs(peeked(environ, LARGEST_FORM).decode("ascii", "replace")).get("client_id", [""])
    return named[0] or None


def peeked(environ: Environ, largest: int) -> bytes:
    """The body, which can still be read afterwards; empty where it is larger."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > largest:
        return b""
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)
    return body


def entries_in(body: bytes) -> int:
    """How many entries the Bundle in a body has; 0 where there is none."""
    try:
        bundle = json.loads(body)
    except (ValueError, RecursionError):
        return 0
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    return len(entries) if isinstance(entries, list) else 0


def most_at_once(policy: Policy) -> Limit | None:
    """The limit with the fewest units, which are the most that a request may spend; None where nothing is counted."""
    counted = (limit for limit in policy.limits if limit.counts and limit.window)
    return min(counted, key=lambda limit: limit.quota, default=None)
