"""Reports that lie in the folder of ``--reports``: what the conformance suite, load tests and the kill matrix wrote.

They are pages that others made: each is shown in a sandbox (https://www.w3.org/TR/CSP3/#directive-sandbox), from which
it can neither read nor move this emulator.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from flask import Response

from mock_athena.errors import ControlError, shortened
from mock_athena.web.console.console import Console
from mock_athena.web.portal.rendering import HEADERS

_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_DEEPEST, _MOST, _LARGEST = 3, 60, 64 * 1024 * 1024
_NOTABLE = ("fail", "error", "warning")


class Judged(NamedTuple):
    """A report of the conformance suite: whom it judged, how often each verdict came, and what did not pass."""

    name: str
    target: Mapping[str, Any]
    begun: str
    counts: Mapping[str, int]
    notable: list[Mapping[str, Any]]
    page: str | None


class Killed(NamedTuple):
    """A kill matrix: its mutants, and how many of them are noticed."""

    name: str
    mutants: list[Mapping[str, Any]]
    killed: int


def reports(console: Console, rest: str) -> Response:
    """What there is; or one file of it."""
    folder = Path(console.world.settings.reports)
    if rest:
        return _file(folder, rest, console.origin)
    there = sorted(_files(folder))[:_MOST]
    read = [(path, _read(path, path.stat().st_mtime_ns)) for path in there if path.suffix == ".json"]
    pages = {path.relative_to(folder).as_posix() for path in there if path.suffix == ".html"}
    judged = [_judged(folder, path, told, pages) for path, told in read if told.get("kind") == "judged"]
    killed = [_killed(folder, path, told) for path, told in read if told.get("kind") == "killed"]
    return console.show(
        "reports.html",
        folder=folder.absolute(),
        judged=judged,
        killed=killed,
        pages=sorted(pages - {each.page for each in judged}),
        base=console.environment().fhir_base(console.origin),
    )


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        deep = len(path.relative_to(folder).parts)
        if deep <= _DEEPEST and path.suffix in (".html", ".json") and path.is_file():
            yield path


@lru_cache(maxsize=_MOST)
def _read(path: Path, _changed: int) -> Mapping[str, Any]:
    """What of a JSON file is shown; its ``kind`` is missing where it is no report of ours."""
    if path.stat().st_size > _LARGEST:
        return {}
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return {}
    if not isinstance(found, dict):
        return {}
    if _maps(found, "target", "counts") and _rows(found, "checks", "requirements", "verdict", "id", "reason"):
        notable = [check for check in found["checks"] if check["verdict"] in _NOTABLE]
        kept = {name: found.get(name, "") for name in ("target", "begun", "counts")}
        return {"kind": "judged", **kept, "notable": notable}
    killed = _rows(found, "mutants", "requirements", "killed_by", "name", "does", "reason")
    return {"kind": "killed", "mutants": found["mutants"]} if killed else {}


def _maps(found: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(found.get(name), dict) for name in names)


def _rows(found: Mapping[str, Any], name: str, several: str, *members: str) -> bool:
    """Whether there are rows with these members, the first of which is a list."""
    rows = found.get(name)
    return isinstance(rows, list) and all(
        isinstance(row, dict) and isinstance(row.get(several), list) and set(members) <= row.keys() for row in rows
    )


def _judged(folder: Path, path: Path, told: Mapping[str, Any], pages: set[str]) -> Judged:
    page = path.with_suffix(".html").relative_to(folder).as_posix()
    named = {name: told[name] for name in ("target", "begun", "counts", "notable")}
    return Judged(path.stem, page=page if page in pages else None, **named)


def _killed(folder: Path, path: Path, told: Mapping[str, Any]) -> Killed:
    mutants = told["mutants"]
    return Killed(path.relative_to(folder).as_posix(), mutants, sum(bool(each["killed_by"]) for each in mutants))


def _file(folder: Path, name: str, origin: str) -> Response:
    path = (folder / name.replace("\0", "?")).resolve()  # no path has it, and none can be asked for
    if not path.is_relative_to(folder.resolve()) or path.suffix not in _KINDS or not path.is_file():
        raise ControlError(f"There is no report {shortened(name, 100)!r} in {folder}.", status=404)
    content = path.read_bytes()
    # A page with scripts is nobody in particular; one without may follow its links to the pages beside it.
    may = "allow-scripts" if b"<script" in content else "allow-same-origin"
    policy = (
        f"sandbox {may}; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        f"img-src data: {origin}; frame-ancestors 'none'"
    )
    return Response(content, headers={**HEADERS, "Content-Security-Policy": policy}, mimetype=_KINDS[path.suffix])
