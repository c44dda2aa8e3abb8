"""A bulk export from kick-off to its files (https://hl7.org/fhir/uv/bulkdata/STU2/export.html)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows.asking import control, emulated, remembered
from athena_fhir_conformance.flows.waiting import Running, make_room, running, wait_until
from athena_fhir_conformance.judges.ndjson import Lines, lines_of
from athena_fhir_conformance.problems import BadAnswer, PutOff, TargetProblem
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import USUAL, Target
from athena_fhir_conformance.verdicts import omit, skip

ASYNC = {"Prefer": "respond-async"}
LONG_PATIENCE = 86_400.0  # seconds of the target's time that an export is waited for, where waiting costs nothing
_LONGER = "--slow waits longer"
_LISTS = ("output", "deleted", "error")
TYPES = "Patient,Condition"
"""What the exports of most checks hold: the smallest that have two types, and a category to filter by."""


@dataclass(frozen=True)
class Export:
    """One export.

    Attributes:
        kick_off: the request that began it.
        polls: of the status, in order; the last is the one that ended it.
        files: URL → its exchange, for those that were downloaded.
    """

    kick_off: Exchange
    polls: tuple[Exchange, ...]
    files: Mapping[str, Exchange] = field(default_factory=dict)

    @property
    def status_url(self) -> str:
        """Where the export is polled; empty if the kick-off did not say."""
        return str(self.kick_off.headers.get("Content-Location", ""))

    @property
    def done(self) -> Exchange:
        """The last poll."""
        return self.polls[-1]

    @property
    def manifest(self) -> dict[str, Any]:
        """What the last poll told; fails where that is no manifest."""
        assert self.done.status == 200, f"{self.done}: the export did not complete: {self.done.text[:300]}"
        body = self.done.json
        assert isinstance(body, dict), f"{self.done}: the manifest is no JSON object"
        return body

    def listed(self, name: str = "output") -> list[dict[str, Any]]:
        """The files of ``output``, ``deleted`` or ``error`` that have a URL."""
        found = self.manifest.get(name)
        return [each for each in found if isinstance(each, dict) and each.get("url")] if isinstance(found, list) else []

    @cached_property
    def read(self) -> dict[str, Lines]:
        """URL → the lines of a file that was downloaded."""
        return {url: lines_of(file.body) for url, file in self.files.items()}

    @property
    def types(self) -> set[str]:
        """Which types the manifest lists."""
        return {str(each.get("type")) for each in self.listed()}


def level(target: Target) -> str:
    """The path of the export that checks use: a patient-level one, else of a group."""
    return "Patient/$export" if "Patient" in target.profile.export_levels else f"Group/{group(target)}/$export"


def group(target: Target) -> str:
    """The id of a group of several patients.

    Raises:
        Skipped: none was given, and none can be found.
    """
    if target.manners.group:
        return target.manners.group
    if target.offers("Group", "search-type"):
        for found in Sample(target).resources("Group"):
            return str(found["id"])
    practice = target.practice.rpartition("-")[2] if target.profile.practice else ""
    return f"a-1.C-{practice}" if practice else skip("no group is known; --export-group ID names one")


def kicked_off(
    target: Target,
    path: str = "",
    query: str = "",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    token: str | None = USUAL,
    json: Any = None,
) -> Exchange:
    """One kick-off, however it ends. ``query`` is sent as it is."""
    path = path or level(target)
    named = {name.lower() for name in headers or {}}
    sent = {**({} if "prefer" in named else ASYNC), **(headers or {})}
    if json is not None:
        sent["Content-Type"] = "application/fhir+json"
    url = f"{path}?{query}" if query else path
    others = len(running(target)) if target.puts_off else 0
    answer = target.send(method, url, headers=sent, token=token, json=json, practice=False, patient=not others)
    if answer.status == 429 and others:  # maybe for want of room, and not for the quota: there is some when they end
        target.exports_at_once = min(target.exports_at_once, others)
        make_room(target, 1)
    return answer


def accepted(answer: Exchange) -> str:
    """The polling URL of a kick-off that was taken; fails where it was not."""
    assert answer.status == 202, f"{answer}, expected 202: {answer.text[:300]}"
    url = answer.headers.get("Content-Location", "")
    assert url, f"{answer}: the 202 has no Content-Location"
    return str(url)


def cancelled(target: Target, answer: Exchange, token: str | None = USUAL) -> Exchange | None:
    """Delete what a kick-off began, if it began anything."""
    url = answer.headers.get("Content-Location", "")
    return target.send("DELETE", url, token=token) if answer.status == 202 and url else None


def polled(target: Target, url: str, token: str | None = USUAL, **headers: str) -> Exchange:
    """One poll."""
    return target.send("GET", url, headers={"Accept": "application/json", **headers}, token=token, patient=False)


def finished(target: Target, answer: Exchange, token: str | None = USUAL) -> Export:
    """Poll an export to its end, as its Retry-After says.

    Raises:
        PutOff: it runs, and other checks can be done meanwhile.
        Skipped: it takes longer than we wait.
    """
    accepted(answer)
    ours = running(target).setdefault(answer.number, Running(answer, target.clock.now() + patience(target)))
    try:
        _polled_to_its_end(target, ours, token)
    except PutOff:
        raise
    except Exception:
        running(target).pop(answer.number, None)
        raise
    del running(target)[answer.number]
    target.use(answer.number, *(poll.number for poll in ours.polls))
    return Export(answer, tuple(ours.polls))


def _polled_to_its_end(target: Target, ours: Running, token: str | None) -> None:
    while not ours.ended:
        if ours.due > ours.until:
            cancelled(target, ours.kick_off, token)
            took = ours.polls[-1].received_at - ours.kick_off.sent_at
            skip(f"the export was not complete after {took:.0f} s; {_LONGER}")
        wait_until(target, ours.due)
        ours.told(polled(target, accepted(ours.kick_off), token), target.clock.now())


def patience(target: Target) -> float:
    """Seconds of the target's time that an export is waited for."""
    return LONG_PATIENCE if target.clock.virtual else target.manners.patience


def begun(target: Target, name: str, query: str, path: str = "", **options: Any) -> Exchange:
    """A kick-off that is made once in a run, as soon as there is room for its export.

    Raises:
        PutOff: there is none yet.
    """

    def begin() -> Exchange:
        make_room(target)
        return kicked_off(target, path, query, **options)

    return remembered(target, f"kick-off {name}", begin)


def downloaded(target: Target, export: Export, token: str | None = USUAL) -> Export:
    """The export with its files, those of deletions and errors too, with the token where the manifest asks for it."""
    token = token if export.manifest.get("requiresAccessToken") else None
    urls = [str(each["url"]) for name in _LISTS for each in export.listed(name)]
    return Export(export.kick_off, export.polls, {url: fetched(target, url, token) for url in urls})


def fetched(target: Target, url: str, token: str | None = USUAL, **headers: str) -> Exchange:
    """One file, without compression unless it is asked for."""
    sent = {"Accept": "application/fhir+ndjson", "Accept-Encoding": "identity", **headers}
    return target.send("GET", url, headers=sent, token=token)


def lines(export: Export, type: str = "") -> Lines:
    """The lines of the files of a type, or of all, together."""
    urls = [str(each["url"]) for each in export.listed() if type in ("", each.get("type"))]
    read = [export.read[url] for url in urls if url in export.files]
    return Lines(
        tuple(resource for each in read for resource in each.resources),
        tuple(fault for each in read for fault in each.faults),
    )


def main_export(target: Target) -> Export:
    """The export that most checks look at: two types, downloaded, and left undeleted until the end."""

    def run() -> Export:
        return downloaded(target, finished(target, begun(target, "main", f"_type={TYPES}")))

    return remembered(target, "main export", run)


def exported(target: Target, query: str, path: str = "", files: bool = True, **options: Any) -> Export:
    """An export with parameters, done once; skipped where the main one showed that it would take long."""
    name = f"export {path} {query} {sorted(options)} {options.get('json')}"

    def run() -> Export:
        main = main_export(target)
        took = main.done.received_at - main.kick_off.sent_at
        if took > patience(target) / 4:
            skip(f"one export takes {took:.0f} s here, and this needs another; {_LONGER}")
        answer = begun(target, name, query, path, **options)
        if 400 <= answer.status < 500:
            omit(f"not supported here: {answer}: {answer.text[:200]}")
        token = options.get("token", USUAL)
        export = finished(target, answer, token)
        whole = downloaded(target, export, token) if files else export
        target.send("DELETE", export.status_url, token=token)
        return whole

    return remembered(target, name, run)


def jobs(target: Target) -> int:
    """How many export jobs an emulator has begun."""
    if not emulated(target):
        skip("how many exports were begun is told by an emulator alone")
    return len(control(target, "GET", "jobs").get("jobs", []))


def at_group(target: Target, query: str) -> Export:
    """An export of a group, with files; the main one where that is of the group and of these types."""
    path = f"Group/{group(target)}/$export"
    if path == level(target) and query == f"_type={TYPES}":
        return main_export(target)
    return exported(target, query, path)


def tidied(target: Target) -> None:
    """Delete the exports that a run leaves, as far as the target lets us."""
    asked = {each.url for each in target.exchanges if each.method == "DELETE" and each.status != 429}
    left = {
        target.url(str(each.headers["Content-Location"]))
        for each in target.exchanges
        if each.status == 202 and "$export" in each.url and each.headers.get("Content-Location")
    }
    for url in sorted(left - asked):
        try:
            target.send("DELETE", url)
        except BadAnswer:
            continue
        except TargetProblem:
            return
