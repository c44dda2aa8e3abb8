"""Named rate limit policies. A policy is several limits that are decided together."""

from dataclasses import dataclass

from mock_athena.errors import ConfigurationError
from mock_athena.ratelimit.limits import DailyQuota, Limit, SlidingWindow


@dataclass(frozen=True, slots=True)
class Policy:
    """What ``--limits`` names; no limits at all is a policy too."""

    name: str
    limits: tuple[Limit, ...] = ()


MISSION = Policy("mission", (SlidingWindow("burst", 16, 2), DailyQuota("daily", 100_000)))
OFF = Policy("off")

POLICIES = {policy.name: policy for policy in (MISSION, OFF)}


def policy_named(name: str) -> Policy:
    """The policy that ``--limits`` names.

    Raises:
        ConfigurationError: there is none of that name.
    """
    try:
        return POLICIES[name]
    except KeyError:
        message = f"unknown rate limit policy {name!r}: expected {' or '.join(sorted(POLICIES))}"
        raise ConfigurationError(message) from None
