"""``mock-athena doctor`` says whether serve would work here, and what may surprise."""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mock_athena import doctor
from mock_athena.doctor import Finding
from mock_athena.testing.server import serve_athena
from tests.mock_athena.command_line import Run
from tests.postgres_server import PostgresServer
from tests.valkey_server import ValkeyServer


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody has who is no emulator."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        other.settimeout(0.1)
        yield other.getsockname()[1]


def looked(options: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> dict[str, Finding]:
    # What a start opens is looked at once, below.
    return {finding.about: finding for finding in doctor.findings(options, environ or {})}


def test_a_good_place(run: Run, tmp_path: Path) -> None:
    ended = run("doctor", "--json", "--port", "0", "--db", str(tmp_path / "new.sqlite"))
    found = {each["about"]: each for each in json.loads(ended.out)}
    assert {about for about, each in found.items() if each["verdict"] == "bad"} == set()
    assert not ended.code
    assert found["start"]["says"].startswith("everything could be opened")
    assert not (tmp_path / "new.sqlite").exists()
    assert {"python", "sqlite", "mock-athena", "extras", "settings", "temporary", "cache", "port"} <= found.keys()


def test_what_is_in_the_way_is_an_exit_code(run: Run) -> None:
    ended = run("doctor", "--port", "0", "--scenario", "no-such")
    assert ended.code == 1
    assert "BAD   start" in ended.out
    assert "no-such" in ended.out


def test_an_unknown_setting() -> None:
    found = looked({}, {"MOCK_ATHENA_LIMIT": "off"})["settings"]
    assert (found.verdict, found.says[:33]) == ("bad", "unknown setting MOCK_ATHENA_LIMIT")


def test_health_is_that_of_an_emulator_of_the_same_options(run: Run) -> None:
    with serve_athena(patients=0, control_token="ours", host="127.0.0.1") as athena:
        port = athena.origin.rpartition(":")[2]
        assert json.loads(run("health", "--port", port, "--control-token", "ours").out)["status"] == "ok"
        refused = run("health", "--port", port)
        assert (refused.code, "answered 401" in refused.err) == (1, True)
    assert run("health", "--port", port).code == 1
    assert "cannot be reached" in run("health", "--port", port).err


def test_a_port_of_somebody_else(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_start", lambda _: Finding("good", "start", ""))
    monkeypatch.setattr(doctor, "_answering", lambda _: "")
    found = looked({"port": taken})["port"]
    assert (found.verdict, "Address already in use" in found.says) == ("bad", True)
    monkeypatch.setattr(doctor, "_answering", lambda _: "a Mock Athena 9.9 answers there")
    assert looked({"port": taken})["port"].verdict == "note"


@pytest.mark.parametrize(
    ("environ", "about", "verdict", "says"),
    [
        ({"HTTP_PROXY": "http://p:1"}, "proxy", "note", "NO_PROXY does not spare 127.0.0.1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "127.0.0.1,x"}, "proxy", None, ""),
        ({"ATHENAHEALTH_CLIENT_SECRET": "hush"}, "client", "good", "ATHENAHEALTH_CLIENT_SECRET (values not shown)"),
        ({"ATHENAHEALTH_BASE_URL": "https://api.platform.athenahealth.com"}, "client", "note", "BASE_URL"),
        ({"MOCK_ATHENA_CACHE_DIR": "/proc/none"}, "cache", "note", "/proc/none cannot be written"),
    ],
)
def test_what_may_surprise(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], about: str, verdict: str | None, says: str
) -> None:
    monkeypatch.setattr(doctor, "_start", lambda _: Finding("good", "start", ""))
    if "proc" in says:
        monkeypatch.setattr("os.access", lambda path, _: not str(path).startswith("/proc"))
    found = looked({"port": 0}, environ).get(about)
    assert (found.verdict if found else None) == verdict
    assert says in (found.says if found else "")
    assert "hush" not in doctor.told(list(looked({"port": 0}, environ).values()))


def test_a_database_and_counters_that_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_start", lambda _: Finding("good", "start", ""))
    options = {"db": "postgresql://u:Geheim@127.0.0.1:1/db", "counters": "redis://:Geheim@127.0.0.1:1/0", "port": 0}
    found = looked(options)
    for about in ("database", "counters"):
        assert found[about].verdict == "bad"
        assert "127.0.0.1:1/" in found[about].says
        assert "Geheim" not in "".join(found[about])
    assert looked({**options, "fail": "open"})["counters"].verdict == "note"
    assert "start several nodes" in looked({**options, "workers": 2})["database"].says


def test_a_database_and_counters_that_answer(
    postgres: PostgresServer, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_start", lambda _: Finding("good", "start", ""))
    url = postgres.database()
    found = looked({"db": url, "counters": valkey.url, "port": 0})
    assert (found["counters"].verdict, found["database"].verdict) == ("good", "good")
    assert found["database"].says.endswith("empty: the first node fills it")
    with psycopg.connect(url) as wire:
        assert wire.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'mock%'").fetchone() == (0,)
