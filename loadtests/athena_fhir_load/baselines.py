"""What figures are compared with: work that everybody can repeat, measured in the same run, by the same clock."""

import json
import os
import shutil
import sqlite3
from functools import partial
from itertools import cycle
from pathlib import Path

from flask import Flask, Response

from athena_fhir_load.callers import Calls, WsgiApp
from athena_fhir_load.measure import cpu_microseconds

FLASK, SQLITE, COPY, DUMPS = "a bare Flask route", "a row of raw SQLite", "a MB copied", "json.dumps"

_PATH = "/fhir/r4/Patient/a-500001.E-1"
_CALLS, _ROWS, _BODY, _MEGABYTES = 2000, 10_000, 800, 64


def bare_app() -> WsgiApp:
    """The least that Flask can do."""
    app = Flask(__name__)

    @app.get("/fhir/r4/<type>/<id>")
    def read(type: str, id: str) -> Response:
        return Response(f'{{"resourceType": "{type}", "id": "{id}"}}', content_type="application/fhir+json")

    @app.get("/bytes/<int:size>")
    def as_many(size: int) -> Response:
        return Response(b" " * size, content_type="application/fhir+json")

    return app.wsgi_app


def baselines(folder: Path) -> dict[str, float]:
    """Microseconds of each."""
    return {FLASK: _flask(), SQLITE: _sqlite(folder), COPY: _copy(folder), DUMPS: _dumps()}


def bare_calls() -> Calls:
    """Calls of the least that Flask can do."""
    return Calls(bare_app(), _PATH)


def _flask() -> float:
    calls = bare_calls()
    took = cpu_microseconds(partial(calls.run, _CALLS), _CALLS)
    assert set(calls.statuses) == {"200"}
    return took


def _sqlite(folder: Path) -> float:
    """One row of 800 bytes by its key, from a file."""
    database = sqlite3.connect(folder / "raw.sqlite")
    database.execute("CREATE TABLE raw (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID")
    rows = [(f"id-{number}", os.urandom(_BODY)) for number in range(_ROWS)]
    database.executemany("INSERT INTO raw VALUES (?, ?)", rows)
    database.commit()
    ids = cycle(id for id, _ in rows)

    def run() -> None:
        for _ in range(_CALLS):
            database.execute("SELECT body FROM raw WHERE id = ?", (next(ids),)).fetchone()

    took = cpu_microseconds(run, _CALLS)
    database.close()
    return took


def _copy(folder: Path) -> float:
    source, target = folder / "source", folder / "target"
    source.write_bytes(os.urandom(1_000_000) * _MEGABYTES)
    took = cpu_microseconds(lambda: shutil.copyfile(source, target), _MEGABYTES)
    source.unlink()
    target.unlink()
    return took


def _dumps() -> float:
    """A resource of some hundred bytes, as text."""
    resource = {"resourceType": "Observation", "id": "a-500001.o-1", "status": "final", "value": [1.5, 2.5] * 10}

    def run() -> None:
        for _ in range(_CALLS):
            json.dumps(resource)

    return cpu_microseconds(run, _CALLS)
