"""Asks a running emulator for its export jobs, and moves them, for ``mock-athena jobs``."""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from mock_athena.errors import ConfigurationError

_COLUMNS = ("id", "environment", "client_id", "level", "state", "progress", "ready", "expires")


def list_jobs(origin: str, control_token: str) -> str:
    """The jobs as a table, one a line.

    Raises:
        ConfigurationError: nobody answers there, or not with jobs.
    """
    jobs = _asked(origin, control_token, "")["jobs"]
    rows = [_COLUMNS, *([str(job[name]) for name in _COLUMNS] for job in jobs)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_COLUMNS))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def move_job(origin: str, control_token: str, job: str, verb: str, said: dict[str, Any]) -> str:
    """Let something happen to a job; the job as it stands then, as JSON.

    Raises:
        ConfigurationError: nobody answers there, or it cannot be done.
    """
    return json.dumps(_asked(origin, control_token, f"/{quote(job, safe='')}/{verb}", said), indent=2)


def _asked(origin: str, control_token: str, below: str, said: dict[str, Any] | None = None) -> Any:
    url = f"{origin.rstrip('/')}/_mock/jobs{below}"
    if not url.startswith(("http://", "https://")):
        message = f"--url {origin}: expected an origin such as http://127.0.0.1:8080"
        raise ConfigurationError(message)
    headers = {"Authorization": f"Bearer {control_token}"} if control_token else {}
    request = Request(url, None if said is None else json.dumps(said).encode(), headers)  # noqa: S310 - it was checked
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - same
            return json.load(answer)
    except HTTPError as error:
        message = f"{url} answered {error.code}: {error.read(2000).decode(errors='replace')}"
    except URLError as error:
        message = f"{url} cannot be reached: {error.reason}; is the emulator running there?"
    except ValueError:
        message = f"{url} did not answer with JSON; is it an emulator?"
    raise ConfigurationError(message)
