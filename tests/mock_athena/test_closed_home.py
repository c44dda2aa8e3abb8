"""A home that is another user's, as in an image that is run as somebody else: what may not even be looked into."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from mock_athena import doctor
from mock_athena.app import create_app
from mock_athena.errors import ConfigurationError
from mock_athena.settings import Settings


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder in it."""
    home = tmp_path / "home"
    home.mkdir()

    def refusing(call: Any) -> Any:
        def refused(path: Any, *args: Any, **options: Any) -> Any:
            if isinstance(path, (str, Path)) and home in Path(path).parents:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return call(path, *args, **options)

        return refused

    monkeypatch.setattr(os, "stat", refusing(os.stat))
    monkeypatch.setattr(os, "mkdir", refusing(os.mkdir))
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != home and access(path, mode))
    return home / ".cache"


def test_the_default_population_needs_none(closed: Path) -> None:
    create_app(Settings(cache_dir=str(closed))).close()


def test_another_says_what_to_do(closed: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be written .* name another with --cache-dir"):
        create_app(Settings(cache_dir=str(closed), patients=7))


def test_the_doctor_says_so(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_start", lambda _: doctor.Finding("good", "start", ""))
    (found,) = (each for each in doctor.findings({"port": 0, "cache_dir": str(closed)}, {}) if each.about == "cache")
    assert (found.verdict, found.says) == ("note", f"{closed} cannot be written")
