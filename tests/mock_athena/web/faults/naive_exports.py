"""Clients of bulk exports as they are written before anybody thinks of faults."""

import json
from typing import Any
from urllib.parse import urlsplit

from tests.mock_athena.web.faults.naive import Broken
from tests.mock_athena.web.in_process import Athena

PATIENCE = 900  # seconds that it waits for an export

Found = list[tuple[str, str]]


def everything(athena: Athena) -> Found:
    """Waits as Retry-After says, takes any other status for the end, and appends what is in the files."""
    return [
        (resource["resourceType"], resource["id"])
        for item in _manifest(athena)["output"]
        for resource in _downloaded(athena, item["url"])
    ]


def counted(athena: Athena) -> Found:
    """Believes the manifest more than the files."""
    for item in _manifest(athena)["output"]:
        lines = len(_downloaded(athena, item["url"]))
        if lines != item["count"]:
            raise Broken(f"{lines} lines instead of {item['count']}")
    return []


def typed(athena: Athena) -> Found:
    """Believes that files are JSON, line by line, of the type that the manifest says."""
    return [
        (item["type"], resource["id"])
        for item in _manifest(athena)["output"]
        for resource in _downloaded(athena, item["url"])
    ]


def _manifest(athena: Athena) -> dict[str, Any]:
    kick_off = athena.get("/$export?_type=Patient,Goal", headers={"Prefer": "respond-async"})
    status, waited = urlsplit(kick_off.headers["Content-Location"]).path, 0
    while waited < PATIENCE:
        answer = athena.send("GET", status, athena.token())
        if answer.status_code == 200:
            manifest: dict[str, Any] = answer.get_json()
            if manifest["error"]:
                raise Broken("something was left out")
            return manifest
        if answer.status_code != 202:
            raise Broken(f"status {answer.status_code}")
        wait = int(answer.headers["Retry-After"])
        athena.clock.advance(wait * 1_000_000_000)
        waited += wait
    raise Broken("in progress for ever")


def _downloaded(athena: Athena, url: str) -> list[dict[str, Any]]:
    split = urlsplit(url)
    if split.hostname != "localhost":
        raise Broken(f"the token would go to {split.hostname}")
    answer = athena.send("GET", split.path, athena.token())
    if answer.status_code != 200:
        raise Broken(f"file: status {answer.status_code}")
    return [json.loads(line) for line in answer.data.decode().splitlines()]
