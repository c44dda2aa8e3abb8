"""``docs/reference/rate-limits.md``: the policies that have names, and the format of a file of one."""

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit import POLICIES, Policy
from mock_athena.ratelimit.explain import STRETCHES, described, most
from mock_athena.ratelimit.limits import Limit
from mock_athena.ratelimit.policies import CHANGES
from mock_athena.ratelimit.policy_files import KEYS, KINDS, ROUTES
from tests.docs.reference.markdown import page, prose, table
from tests.docs.reference.source import attributes_of, docstring_of


def limits_page() -> str:
    """The page."""
    told = attributes_of(Policy)
    stretches = ["in a day" if seconds == 86_400 else f"in {seconds} s" for seconds in STRETCHES]
    return page(
        "Rate limit policies",
        "[What they mean for a client](../rate-limits.md). `mock-athena limits explain NAME` draws one.",
        "## By name",
        "`--limits NAME`. *In 1 s* and so on: the most requests of cost 1 that are admitted in any stretch of so many "
        "seconds, at the worst phase. A day may hold two quotas, since it may lie across a midnight.",
        table(("Name", "Limits", *stretches), map(_row, POLICIES.values())),
        "Some also limit the token endpoint, for each client, or tell less:",
        table(
            ("Name", "At the token endpoint", "`tells`"),
            (
                (f"`{each.name}`", _limits(each.token_endpoint), f"`{each.tells}`")
                for each in POLICIES.values()
                if each.token_endpoint or each.tells != Policy("").tells
            ),
        ),
        f"`tells`: {told['tells']}.",
        "## Changes",
        "Behind a name, any number of them: `--limits mission+per-token+tokens-50`.",
        table(("Change", "Means"), ((f"`+{name}`", means) for name, means in CHANGES.items())),
        "## A file",
        "A file that ends in `.toml`; [an example](../rate-limits.md#a-policy-of-your-own). "
        "A key that is not known, or a value that does not fit, ends the start with its place.",
        table(("Key", "Means"), ((f"`{key}`", told[key]) for key in KEYS)),
        f"Classes of routes, for `[costs]`: {', '.join(f'`{route}`' for route in ROUTES)}.",
        "Keys of a `[[limits]]` or `[[token_endpoint]]`: `kind`; `name`, up to 40 letters, digits, `.`, `_` and `-` "
        "(the kind if left out); and by kind:",
        table(
            ("`kind`", "Keys", "Means"),
            (
                (f"`{kind}`", " ".join(f"`{key}`" for key in takes), prose(docstring_of(make)))
                for kind, (make, takes) in KINDS.items()
            ),
        ),
        "`quota` is in units (requests, if each costs 1), `window` and `penalty` in whole seconds; all must be given. "
        "`charge_denied = true` counts refused requests as well.",
    )


def _row(policy: Policy) -> tuple[str, ...]:
    if policy.sandbox:
        first = next(each.name for each in POLICIES.values() if each.limits == policy.limits)
        return (
            f"`{policy.name}`",
            f"`{first}` in production, `{policy.sandbox.name}` in the sandbox",
            *[""] * len(STRETCHES),
        )
    bounds = (most(policy, seconds * NANOSECONDS) for seconds in STRETCHES)
    return f"`{policy.name}`", _limits(policy.limits), *("none" if each is None else f"{each:,}" for each in bounds)


def _limits(limits: tuple[Limit, ...]) -> str:
    return "; ".join(described(each) for each in limits) or "nothing"
