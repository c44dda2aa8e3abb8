"""The policies that Mock Athena has built in, as data: what an identified limit is compared with.

That they are the emulator's is held by a test, which knows both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Tells = Literal["all", "gateway", "body"]


@dataclass(frozen=True, slots=True)
class Known:
    """A limit of a known policy.

    Attributes:
        kind: as in a policy file. window: seconds; 0 where there is none. penalty: seconds, of a lockout.
    """

    kind: str
    name: str
    quota: int
    window: int = 0
    penalty: int = 0


@dataclass(frozen=True, slots=True)
class KnownPolicy:
    """A known policy; the attributes are those of a policy file."""

    name: str
    limits: tuple[Known, ...] = ()
    token_endpoint: tuple[Known, ...] = ()
    tells: Tells = "all"


_DAY = 86_400
_DAILY = Known("fixed-window", "daily", 100_000, _DAY)
_BURST = Known("sliding-window", "burst", 16, 2)

POLICIES: Mapping[str, KnownPolicy] = {
    policy.name: policy
    for policy in (
        KnownPolicy("mission", (_BURST, _DAILY)),
        KnownPolicy("sliding-1s", (Known("sliding-window", "second", 8, 1), _DAILY)),
        KnownPolicy("token-bucket", (Known("token-bucket", "bucket", 16, 2), _DAILY)),
        KnownPolicy("gcra", (Known("gcra", "rate", 16, 2), _DAILY)),
        KnownPolicy("fixed-window", (Known("fixed-window", "burst", 16, 2), _DAILY)),
        KnownPolicy(
            "athena-preview",
            (Known("sliding-window", "second", 15, 1), Known("fixed-window", "daily", 50_000, _DAY)),
            (Known("fixed-window", "minute", 5, 60),),
            "gateway",
        ),
        KnownPolicy(
            "athena-prod",
            (Known("sliding-window", "second", 150, 1), Known("fixed-window", "daily", 500_000, _DAY)),
            (Known("fixed-window", "minute", 50, 60),),
            "gateway",
        ),
        KnownPolicy("lockout", (_BURST, Known("lockout", "lockout", 10, 60, 900), _DAILY), tells="body"),
        KnownPolicy("concurrency", (Known("concurrency", "in-flight", 30),)),
        KnownPolicy("off"),
    )
}

ALSO = {"athena-prod": ("athena",), "athena-preview": ("athena",)}
"""``athena`` is one of these two at each environment."""

SHAPES = frozenset(
    ("token-bucket" if limit.kind == "gcra" else limit.kind, limit.quota, limit.window)
    for policy in POLICIES.values()
    for limit in policy.limits
)
