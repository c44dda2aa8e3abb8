"""``/_mock/limits``: how much of its quota every caller has used, and when it may come next."""

from typing import Any

from flask import Blueprint, Response

from mock_athena.clock import unix_text
from mock_athena.ratelimit import Allowance, Decision
from mock_athena.ratelimit.decision import ceil_seconds
from mock_athena.web.answers import json_answer
from mock_athena.web.world import World


def add_limits(views: Blueprint, world: World) -> None:
    """Read the limiter, and let every caller have its whole quota again."""

    @views.get("/limits")
    def limits() -> Response:
        """What every caller has used of its quota, and when it may come next.

        Answers ``policy``, ``per`` (whose quota), ``written`` (the whole policy, by the keys of a policy file, and
        the sandbox's as ``sandbox`` where it is another), ``now``, and ``callers``: of each ``environment``, ``kind``
        and ``client_id`` (what the id is, and the id), ``bucket`` (``requests``, or ``token-endpoint``), ``now``,
        ``next_admissible`` (unix seconds), and ``limits`` with ``name``, ``quota``, ``window`` (seconds), ``used``,
        ``remaining``, ``reset_in`` (seconds, rounded up). Counters that are shared tell the callers of all who share
        them.
        """
        return json_answer(_limits(world), pretty=True)

    @views.post("/limits/reset")
    def reset_limits() -> Response:
        """Let every caller have its whole quota again; nothing else changes.

        The journal knows nothing of it: ``mock-athena limits verify`` will find that more was admitted than the policy
        allows.
        """
        world.limiter.reset()
        return json_answer({"status": "reset"})


def _limits(world: World) -> dict[str, Any]:
    from mock_athena.ratelimit.policy_files import written_policy  # few ask

    limiter = world.limiter
    return {
        "policy": limiter.policy.name,
        "per": limiter.policy.per,
        "written": written_policy(limiter.policy),
        "now": unix_text(world.clock.now()),
        "callers": [_caller(decision) for decision in limiter.standings()],
    }


def _caller(standing: Decision) -> dict[str, Any]:
    key = standing.key
    return {
        "environment": key.environment,
        "client_id": key.id,
        "kind": key.kind,
        "bucket": key.bucket,
        "now": unix_text(standing.instant),
        "next_admissible": unix_text(standing.instant + standing.wait),
        "limits": [_allowance(allowance) for allowance in standing.allowances],
    }


def _allowance(allowance: Allowance) -> dict[str, Any]:
    return {
        "name": allowance.name,
        "quota": allowance.quota,
        "window": allowance.window,
        "used": allowance.quota - allowance.remaining,
        "remaining": allowance.remaining,
        "reset_in": ceil_seconds(allowance.reset),
    }
