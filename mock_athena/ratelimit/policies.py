"""Named rate limit policies. A policy is several limits that are decided together, and for whom.

What each admits at the very most: ``mock-athena limits explain NAME``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

from mock_athena.errors import ConfigurationError, shortened
from mock_athena.ratelimit.buckets import Gcra, TokenBucket
from mock_athena.ratelimit.decision import Kind
from mock_athena.ratelimit.limits import DailyQuota, FixedWindow, Limit, SlidingWindow
from mock_athena.ratelimit.penalties import Concurrency, Lockout

Telling = Literal["all", "gateway", "body"]


@dataclass(frozen=True, eq=False)
class Policy:
    """What ``--limits`` names; no limits at all is a policy too. A policy is equal to itself only.

    Attributes:
        name: in refusals and in the journal.
        limits: all of them must have room; then all are charged, or none.
        per: whose quota it is: the client's, the token's, the user's (the patient who signed in; else the client's),
            the address's or the practice's; always apart at each environment.
        costs: units of quota by class of route, such as ``{"bulk": 2}``; 1 where nothing is said, and 0 for what is
            open to anybody.
        token_endpoint: limits of the token endpoint, for each client apart.
        sandbox: the policy of the sandbox, where it is another.
        tells: ``all`` sends every header; ``gateway`` those that the real API was seen to send, which are neither
            ``Retry-After`` nor ``X-RateLimit-Reset``; ``body`` none at all: a refusal says it in words only.
    """

    name: str
    limits: tuple[Limit, ...] = ()
    per: Kind = "client"
    costs: tuple[tuple[str, int], ...] = ()
    token_endpoint: tuple[Limit, ...] = ()
    sandbox: "Policy | None" = None
    tells: Telling = "all"

    @cached_property
    def counting(self) -> tuple[int, ...]:
        """Indexes of the limits that count requests."""
        return tuple(index for index, limit in enumerate(self.limits) if limit.counts)

    @cached_property
    def at_token_endpoint(self) -> "Policy":
        """The policy of the token endpoint."""
        return Policy(self.name, self.token_endpoint, tells=self.tells)

    @cached_property
    def cost_of(self) -> Mapping[str, int]:
        """:attr:`costs` to look up."""
        return dict(self.costs)

    @property
    def in_flight(self) -> bool:
        """Whether somebody must report when a request is over."""
        limits = self.limits + (self.sandbox.limits if self.sandbox else ())
        return any(isinstance(limit, Concurrency) for limit in limits)

    @property
    def parts(self) -> "tuple[Policy, ...]":
        """This one, the token endpoint's and the sandbox's, as far as they are."""
        others = self.sandbox.parts if self.sandbox else ()
        return (self, *((self.at_token_endpoint,) if self.token_endpoint else ()), *others)


_BURST = SlidingWindow("burst", 16, 2)
_DAILY = DailyQuota("daily", 100_000)

MISSION = Policy("mission", (_BURST, _DAILY))
OFF = Policy("off")
_ATHENA_PREVIEW = Policy(
    "athena-preview",
    (SlidingWindow("second", 15, 1), DailyQuota("daily", 50_000)),
    token_endpoint=(FixedWindow("minute", 5, 60),),
    tells="gateway",
)
_ATHENA_PROD = Policy(
    "athena-prod",
    (SlidingWindow("second", 150, 1), DailyQuota("daily", 500_000)),
    token_endpoint=(FixedWindow("minute", 50, 60),),
    tells="gateway",
)

_ALL = (
    MISSION,
    Policy("sliding-1s", (SlidingWindow("second", 8, 1), _DAILY)),
    Policy("token-bucket", (TokenBucket("bucket", 16, 2), _DAILY)),
    Policy("gcra", (Gcra("rate", 16, 2), _DAILY)),
    Policy("fixed-window", (FixedWindow("burst", 16, 2), _DAILY)),
    _ATHENA_PREVIEW,
    _ATHENA_PROD,
    replace(_ATHENA_PROD, name="athena", sandbox=_ATHENA_PREVIEW),
    Policy("lockout", (_BURST, Lockout("lockout", 10, 60, 900), _DAILY), tells="body"),
    Policy("concurrency", (Concurrency("in-flight", 30),)),
    OFF,
)

POLICIES = {policy.name: policy for policy in _ALL}

_KINDS = get_args(Kind)

CHANGES = {
    "charge-denied": "refused requests count as well, as with gateways that count first and compare then",
    "tokens-N": "N requests a minute at the token endpoint, for each client",
    **{f"per-{kind}": f"every {kind} has a quota of its own" for kind in _KINDS},
}
"""What may follow a name behind ``+``, and what it means."""


def policy_named(name: str) -> Policy:
    """The policy that ``--limits`` names: of the table, or in a TOML file.

    ``mission+charge-denied`` counts refused requests as well, ``mission+per-token`` gives each token its own quota,
    ``mission+tokens-50`` admits 50 token requests of a client a minute, as the real API does (5 in preview).

    Raises:
        ConfigurationError: there is none of that name, or the file cannot be used.
    """
    base, *changes = [name] if name.endswith(".toml") else name.split("+")
    if base.endswith(".toml"):
        from mock_athena.ratelimit.policy_files import read_policy  # few bring their own

        return read_policy(base)
    if base not in POLICIES:
        expected = f"expected {', '.join(sorted(POLICIES))}, or a file that ends in .toml"
        message = f"unknown rate limit policy {shortened(base, 80)!r}: {expected}"
        raise ConfigurationError(message)
    policy = POLICIES[base]
    for change in changes:
        policy = replace(_changed(policy, change), name=name)
    return policy


def _changed(policy: Policy, change: str) -> Policy:
    if change == "charge-denied":
        return charging_denied(policy)
    for kind in _KINDS:
        if change == f"per-{kind}":
            sandbox = replace(policy.sandbox, per=kind) if policy.sandbox else None
            return replace(policy, per=kind, sandbox=sandbox)
    tokens = re.fullmatch(r"tokens-([1-9][0-9]{0,5})", change)
    if tokens:
        return replace(policy, token_endpoint=(FixedWindow("minute", int(tokens[1]), 60),))
    message = (
        f"unknown change {shortened(change, 80)!r} of the rate limit policy {policy.name!r}: "
        f"expected {', '.join(CHANGES)}"
    )
    raise ConfigurationError(message)


def charging_denied(policy: Policy) -> Policy:
    """The same policy, that counts refused requests as well.

    Raises:
        ConfigurationError: it has no limit that could.
    """
    chargeable = (SlidingWindow, FixedWindow, TokenBucket)
    if not any(isinstance(limit, chargeable) for limit in policy.limits):
        message = f"the rate limit policy {policy.name!r} counts no requests, so it cannot count refused ones"
        raise ConfigurationError(message)
    limits = tuple(
        replace(limit, charge_denied=True) if isinstance(limit, chargeable) else limit for limit in policy.limits
    )
    return replace(policy, limits=limits, sandbox=charging_denied(policy.sandbox) if policy.sandbox else None)
