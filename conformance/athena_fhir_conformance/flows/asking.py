"""Asking, as all flows do it: forms, remembered results, and an emulator's control API where there is one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from athena_fhir_conformance.clock import RealTime
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.problems import NotJson, TargetProblem
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import Omitted, Skipped

T = TypeVar("T")
_MISREAD = (LookupError, TypeError, AttributeError, ValueError)
_OUTCOMES = (Skipped, Omitted, AssertionError, TargetProblem, *_MISREAD)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_A_MINUTE = 61.0  # seconds after which a quota of one minute is whole again, wherever the minute began
_SECRET = ("access_token", "refresh_token", "id_token", "client_secret")


@dataclass(frozen=True)
class _Kept:
    value: Any
    problem: Exception | None
    numbers: list[int]


def remembered(target: Target, name: str, make: Callable[[], T]) -> T:
    """What ``make`` returned or raised the first time in this run; its exchanges are evidence each time."""
    kept: dict[str, _Kept] = target.__dict__.setdefault("remembered", {})
    if name not in kept:
        kept[name] = _made(target, make)
    target.use(*kept[name].numbers)
    if (problem := kept[name].problem) is not None:
        raise problem.with_traceback(None)  # else it grows with each check that is told
    value: T = kept[name].value
    return value


def _made(target: Target, make: Callable[[], T]) -> _Kept:
    before, target.used = target.used, []
    value, problem = None, None
    try:
        value = make()
    except _OUTCOMES as raised:
        problem = raised
    finally:
        looked_at, target.used = target.used, before
        target.use(*looked_at)
    return _Kept(value, problem, looked_at)


def forgotten(target: Target, name: str) -> None:
    """Have it made anew the next time."""
    target.__dict__.setdefault("remembered", {}).pop(name, None)


def posted(target: Target, url: str, form: Sequence[tuple[str, str]] | Mapping[str, str], **options: Any) -> Exchange:
    """A form that is posted to the authorization server; a quota of its own is waited for."""
    fields = list(form.items()) if isinstance(form, Mapping) else list(form)
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    options = {"token": None, "patient": False, **options, "headers": {**headers, **options.get("headers", {})}}
    answer = target.send("POST", url, content=urlencode(fields), **options)
    if answer.status == 429:
        target.clock.sleep(_A_MINUTE)
        answer = target.send("POST", url, content=urlencode(fields), **options)
    keep_secret(target, answer)
    return answer


def keep_secret(target: Target, answer: Exchange) -> None:
    """Have the tokens and secrets of an answer struck out of every report."""
    try:
        body = answer.json
    except NotJson:
        return
    if isinstance(body, dict):
        target.secrets |= {str(body[name]) for name in _SECRET if body.get(name)}


def emulated(target: Target) -> bool:
    """Whether the target is an emulator that takes our requests to its control API."""
    if urlsplit(target.base).hostname not in _LOOPBACK:
        return False
    return remembered(target, "emulated", lambda: bool(target._control("GET", "clock", None)))


def control(target: Target, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """An answer of an emulator's control API, which is no part of what is judged; empty for a refusal."""
    return target._control(method, path, body)


def now() -> float:
    """Unix seconds of the real time: who verifies an assertion did not sign it."""
    return RealTime().now()
