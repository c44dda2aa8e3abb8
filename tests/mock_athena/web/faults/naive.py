"""Clients as they are written before anybody thinks of faults: each trusts one thing too much."""

import json
from typing import Any
from urllib.parse import urlsplit

from tests.mock_athena.web.in_process import Athena

MOST_PAGES = 20


class Broken(Exception):
    """The client gave up, or would have gone on for ever."""


def read(athena: Athena, path: str = "/Patient/a-500001.E-1") -> dict[str, Any]:
    """Takes every body for the JSON of a resource; does not look at status or media type."""
    resource: dict[str, Any] = json.loads(athena.get(path).data)
    return resource


def names(athena: Athena) -> list[str]:
    """Takes every entry of a 200 for a Patient."""
    answer = athena.get("/Patient")
    if answer.status_code != 200:
        raise Broken(f"status {answer.status_code}")
    return [entry["resource"]["name"][0]["family"] for entry in answer.get_json()["entry"]]


def number_of_patients(athena: Athena) -> int:
    """Counts entries."""
    return len(athena.get("/Patient").get_json()["entry"])


def all_pages(athena: Athena) -> list[str]:
    """Follows ``next`` wherever it leads."""
    ids, url = [], "/fhir/r4/Patient?_count=1"
    for _ in range(MOST_PAGES):
        split = urlsplit(url)
        if split.hostname not in (None, "localhost"):
            raise Broken(f"the token would go to {split.hostname}")
        bundle = athena.send("GET", f"{split.path}?{split.query}", athena.token()).get_json()
        ids += [entry["resource"]["id"] for entry in bundle["entry"]]
        following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        if not following:
            return ids
        url = following[0]
    raise Broken("it never ends")


def patient_read_at_last(athena: Athena, most: int = 5) -> int:
    """Waits as Retry-After says, taken for whole seconds, and asks again; answers how often it asked."""
    for n in range(1, most + 1):
        answer = athena.get("/Patient/a-500001.E-1")
        if answer.status_code == 200:
            return n
        wait = int(answer.headers["Retry-After"])
        if not 0 <= wait <= 86_400:
            raise Broken(f"it would wait {wait} s")
        athena.clock.advance(wait * 1_000_000_000)
    raise Broken(f"refused {most} times")


def read_with_its_token(athena: Athena, most: int = 5) -> int:
    """Repeats a 401 with the token that it has; answers how often it asked."""
    for n in range(1, most + 1):
        if athena.get("/Patient/a-500001.E-1").status_code == 200:
            return n
    raise Broken(f"401 {most} times")


def seconds_to_reset(athena: Athena) -> float:
    """Subtracts ``Date`` from ``X-RateLimit-Reset``, as clients do that trust no clock of their own."""
    from email.utils import parsedate_to_datetime

    answer = athena.get("/Patient")
    return int(answer.headers["X-RateLimit-Reset"]) - parsedate_to_datetime(answer.headers["Date"]).timestamp()


def requests_left(athena: Athena) -> list[int]:
    """Takes the field names that everybody knows for numbers, and ``RateLimit`` for parameters of numbers."""
    fields = athena.get("/Patient").headers
    told = [part.split(";") for part in fields["RateLimit"].split(",")]
    left = [int(value.partition("=")[2]) for _, *values in told for value in values]
    return [int(fields["X-RateLimit-Remaining"]), *left]


def exported(athena: Athena) -> dict[str, int]:
    """Kicks off, polls until 200, at most for an hour, and takes ``output`` for everything; answers counts by type."""
    kick_off = athena.get("/$export?_type=Patient,Observation", headers={"Prefer": "respond-async"})
    status = kick_off.headers["Content-Location"].removeprefix("http://localhost/fhir/r4")
    for _ in range(60):
        answer = athena.get(status)
        if answer.status_code == 200:
            return {file["type"]: file["count"] for file in answer.get_json()["output"]}
        if answer.status_code != 202:
            raise Broken(f"status {answer.status_code}")
        athena.clock.advance(58_000_000_000)
    raise Broken("in progress for ever")
