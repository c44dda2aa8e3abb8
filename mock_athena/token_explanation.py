"""Asks a running emulator what a token may do, for ``mock-athena token --explain``, and puts its answer into lines."""

from collections.abc import Iterator
from typing import Any

from mock_athena.control_requests import asked

Told = dict[str, Any]


def explain(origin: str, token: str, method: str = "", url: str = "") -> Told:
    """What ``/_mock/explain`` says of a token, and of a request if there is one.

    Raises:
        ConfigurationError: nobody answers there, or not so.
    """
    said: Told = {"token": token}
    if url:
        said["request"] = {"method": method, "path": url}
    told: Told = asked(origin, "", "explain", said)
    return told


def is_good(told: Told) -> bool:
    """Whether the request would be allowed; where none was asked about, whether the token is good."""
    return bool(told["request"]["allowed"] if "request" in told else told["token"]["good"])


def lines(told: Told) -> Iterator[str]:
    """The answer for somebody who reads it."""
    yield from _of_token(told["token"])
    if "request" in told:
        yield ""
        yield from _of_request(told["request"])


def _of_token(told: Told) -> Iterator[str]:
    client = f" of client {told['client_id']}" if "client_id" in told else ""
    yield f"{told['kind']}{client}: {'good' if told['good'] else 'not good'}"
    yield f"  {told['why']}"
    if "scopes" not in told:
        return
    yield f"  {told['context']}"
    if told["may_see"]:
        yield f"  the user may see: {told['may_see']}"
    yield f"  expires {told['expires']}, in {told['expires_in']:.0f} s by the emulator's clock"
    for scope in told["scopes"]:
        yield f"  {scope['scope']}"
        yield f"      {scope['means']}"
        yield from (f"      {each}" for each in scope["allows"])


def _of_request(told: Told) -> Iterator[str]:
    verdict = "allowed" if told["allowed"] else f"refused by the rule '{told['rule']}'"
    yield f"{told['method']} {told['path']} ({told['environment']}): {verdict}, {told['status']}"
    yield f"  {told['why']}"
    if "missing" in told:
        missing = told["missing"]
        yield f"  missing: '{missing['letter']}' on {missing['type']}; ask for {missing['scope']}"
    if told.get("quota", {}).get("wait"):
        yield f"  next admissible at {told['quota']['next_admissible']}, in {told['quota']['wait']:.3f} s"
