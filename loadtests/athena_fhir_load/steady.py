"""A server kept busy by :mod:`athena_fhir_load.hammer`, which runs in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from athena_fhir_load.running import Running


@dataclass(frozen=True, slots=True)
class Hammered:
    """Answers of one round, by status, in all a second, and the length of the last one's body."""

    statuses: Mapping[str, int]
    per_second: float
    body_bytes: int


def hammered(server: Running, path: str, connections: int, seconds: float, token: str = "") -> Hammered:
    """So many connections ask for ``path`` again and again."""
    port = urlsplit(server.origin).port
    command = [sys.executable, "-m", "athena_fhir_load.hammer", "127.0.0.1", str(port), path]
    command += [str(connections), str(seconds), token]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout)
    return Hammered(told["statuses"], told["perSecond"], told["bodyBytes"])


def token_of(server: Running) -> str:
    """A token of the default client that may read all."""
    form = {"grant_type": "client_credentials", "scope": "system/*.read"}
    answer = requests.post(server.origin + "/oauth2/v1/token", form, auth=("mock-client", "mock-secret"), timeout=30)
    return str(answer.json()["access_token"])
