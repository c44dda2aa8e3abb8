"""Asks a running emulator for snapshots, for ``mock-athena snapshot``."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from mock_athena.control_requests import asked, table
from mock_athena.errors import ConfigurationError

_COLUMNS = ("name", "taken", "instant", "versions")


def list_snapshots(origin: str, control_token: str) -> str:
    """The snapshots as a table, one a line."""
    listed = asked(origin, control_token, "snapshots")["snapshots"]
    return table([_COLUMNS, *(_row(each) for each in listed)])


def take(origin: str, control_token: str, name: str, file: Path | None) -> str:
    """Take a snapshot; with a file, write it there too, readable by its owner alone."""
    summary = asked(origin, control_token, "snapshots", {"name": name} if name else {})
    if file:
        document = asked(origin, control_token, f"snapshots/{quote(summary['name'])}")
        _write(file, json.dumps(document))
    return _told("taken", summary)


def restore(origin: str, control_token: str, name: str, file: Path | None) -> str:
    """Restore a snapshot; with a file, that one, under the name."""
    path = f"snapshots/{quote(name, safe='')}"
    if file:
        asked(origin, control_token, path, _read(file), "PUT")
    return _told("restored", asked(origin, control_token, f"{path}/restore", {}))


def forget(origin: str, control_token: str, name: str) -> str:
    """Forget a snapshot."""
    asked(origin, control_token, f"snapshots/{quote(name, safe='')}", method="DELETE")
    return f"{name} is forgotten"


def compare(origin: str, control_token: str, before: str, after: str) -> tuple[str, bool]:
    """What differs, one change a line, and whether anything does."""
    told = asked(origin, control_token, f"diff?{urlencode({'from': before, 'to': after})}")
    lines = list(_lines(told))
    return "\n".join(lines) or f"nothing differs between {before} and {after}", bool(lines)


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for each in told["resources"]:
        yield f"{each['environment']} {each['type']}/{each['id']} {each['change']}"
        for element in each.get("elements", ()):
            yield f"  {element['path']}: {json.dumps(element['from'])} -> {json.dumps(element['to'])}"
    parts = {"jobs": told["jobs"], **told["state"], "limits": told["limits"], "faults": told["faults"]}
    for part, compared in parts.items():
        for what, names in compared.items():
            for name in names:
                yield f"{part} {name} {what}"
    if told["clock"]["from"] != told["clock"]["to"]:
        yield f"clock {told['clock']['from']} -> {told['clock']['to']}"


def _row(summary: dict[str, Any]) -> tuple[str, ...]:
    if "damaged" in summary:
        return summary["name"], summary["damaged"], "", ""
    return summary["name"], summary["taken"], summary["instant"], _versions(summary)


def _versions(summary: dict[str, Any]) -> str:
    return ", ".join(f"{number} in {name}" for name, number in summary["versions"].items())


def _told(what: str, summary: dict[str, Any]) -> str:
    return f"{summary['name']} is {what}: {summary['instant']}, versions written: {_versions(summary)}"


def _write(file: Path, text: str) -> None:
    try:
        file.touch(mode=0o600)
        if file.is_file():  # and not /dev/stdout
            file.chmod(0o600)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{file}: cannot be written ({error.strerror}); the snapshot is in the emulator"
        raise ConfigurationError(message) from None


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror})"
    except ValueError as error:
        message = f"{file}: is not JSON ({error}); expected what 'mock-athena snapshot take --file' wrote"
    raise ConfigurationError(message)
