"""Asks a running emulator for its export jobs, and moves them, for ``mock-athena jobs``."""

import json
from typing import Any
from urllib.parse import quote

from mock_athena.control_requests import asked, table

_COLUMNS = ("id", "environment", "client_id", "level", "state", "progress", "ready", "expires")


def list_jobs(origin: str, control_token: str) -> str:
    """The jobs as a table, one a line.

    Raises:
        ConfigurationError: nobody answers there, or not with jobs.
    """
    jobs = asked(origin, control_token, "jobs")["jobs"]
    return table([_COLUMNS, *([str(job[name]) for name in _COLUMNS] for job in jobs)])


def move_job(origin: str, control_token: str, job: str, verb: str, said: dict[str, Any]) -> str:
    """Let something happen to a job; the job as it stands then, as JSON.

    Raises:
        ConfigurationError: nobody answers there, or it cannot be done.
    """
    return json.dumps(asked(origin, control_token, f"jobs/{quote(job, safe='')}/{verb}", said), indent=2)
