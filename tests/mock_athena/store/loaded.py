"""Stores made of files, as ``--data`` makes them."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from mock_athena.store import ResourceStore
from mock_athena.store.files import open_temporary
from mock_athena.store.loading import load_files
from tests.mock_athena.store.conftest import NOW


def loaded(*paths: Path, skip_bad: bool = False) -> ResourceStore:
    """A store with what is in some files and folders; close it."""
    return open_temporary(partial(load_files, named=[str(path) for path in paths], now=NOW, skip_bad=skip_bad))


def body(store: ResourceStore, type: str, id: str) -> Any:
    """A stored resource as JSON values; None if there is none."""
    stored = store.snapshot().read(type, id)
    return json.loads(stored.body) if stored else None


def bundle(type: str, *entries: dict[str, Any]) -> str:
    """A Bundle as JSON."""
    return json.dumps({"resourceType": "Bundle", "type": type, "entry": list(entries)})
