"""Asking, as all flows do it: by hand-made requests, remembered results, and an emulator's control API where there is one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from athena_fhir_conformance.clock import RealTime
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.problems import NotJson
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import Omitted, Skipped

T = TypeVar("T")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_A_MINUTE = 61.0  # seconds after which a quota of one minute is whole again, wherever the minute began
_SECRET = ("access_token", "refresh_token", "id_token", "client_secret")


def remembered(target: Target, name: str, make: Callable[[], T]) -> T:
    """What ``make`` returned or raised the first time in this run; the exchanges that it took are evidence each time."""
    kept: dict[str, tuple[Any, Exception | None, list[int]]] = target.__dict__.setdefault("remembered", {})
    if name not in kept:
        first = len(target.exchanges)
        value, problem = None, None
        try:
            value = make()
        except (Skipped, Omitted, AssertionError, NotJson) as raised:
            problem = raised
        kept[name] = value, problem, [each.number for each in target.exchanges[first:]]
    value, problem, numbers = kept[name]
    target.used.extend(number for number in numbers if number not in target.used)
    if problem is not None:
        raise problem
    return value  # type: ignore[return-value]  # it is what make returned


def posted(
    target: Target, url: str, form: Sequence[tuple[str, str]] | Mapping[str, str], **options: Any
) -> Exchange:
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
    return remembered(target, "emulated", lambda: bool(target._control("GET", "clock", None)))  # noqa: SLF001


def control(target: Target, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """An answer of an emulator's control API, which is no part of what is judged; empty for a refusal."""
    return target._control(method, path, body)  # noqa: SLF001


def now() -> float:
    """Unix seconds of the real time: who verifies an assertion did not sign it."""
    return RealTime().now()
