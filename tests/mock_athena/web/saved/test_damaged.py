"""A snapshot that is damaged is refused, and everything stays as it is."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from mock_athena import Settings, create_app, snapshot_requests
from mock_athena.errors import ControlError, Unavailable
from mock_athena.web.saved.document import read, restore
from tests.mock_athena.web.in_process import ADA, Athena
from tests.mock_athena.web.portal.visitor import Visitor

Damage = Callable[[dict[str, Any]], Any]
JSON = dict[str, Any]


def put(value: Any, *path: Any) -> Damage:
    """Another value at a place of the document."""

    def damage(document: JSON) -> None:
        at: Any = document
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = value

    return damage


def write(place: int, value: Any) -> Damage:
    """Another value in the first of what was written."""
    return put(value, "environments", "production", "changes", 0, place)


def kept(name: str, value: Any) -> Damage:
    """Another value in the export job."""

    def damage(document: JSON) -> None:
        jobs = document["environments"]["production"]["jobs"]
        next(record for kind, _, record in jobs if kind == "export-job")[name] = value

    return damage


DAMAGES: dict[str, Damage] = {
    "no instant at which it was taken": put("then", "taken"),
    "an instant after all years": put(10**30, "clock", "instant"),
    "an instant that is a truth": put(True, "clock", "instant"),
    "a clock that stands in words": put("no", "clock", "stands"),
    "a third environment": put(3, "environments", "staging"),
    "a body that is not JSON": write(4, "{"),
    "a body that is a list": write(4, "[1]"),
    "a body of another resource": write(3, "x"),
    "a type that is not served": write(2, "Basic"),
    "half of a character": write(4, '{"resourceType": "Patient", "id": "\ud800"}'),
    "a body without end": write(4, f'{{"resourceType": "Patient", "id": "{ADA}", "x": {"[" * 200 + "]" * 200}}}'),
    "a commit that is a truth": write(0, True),
    "a commit beyond all numbers": write(0, 2**70),
    "an update after all years": write(1, 10**20),
    "commits out of order": lambda d: d["environments"]["production"]["changes"].reverse(),
    "a job at no commit": kept("seq", "2"),
    "a job that ends in words": kept("expires_at", "soon"),
    "a job that ends after all years": kept("expires_at", 10**30),
    "a job with a word more": kept("colour", 1),
    "a job without a level": kept("level", "Ward"),
    "a record of nothing known": lambda d: d["environments"]["production"]["jobs"].append(["x", "y", 1]),
    "a state of half a character": lambda d: d["state"].append(["client", "\ud800", {}, None]),
    "a state that ends at a truth": lambda d: d["state"].append(["client", "x", {}, True]),
    "limits of a third environment": put("staging", "limits", 0, 0, 0),
    "limits of a planet": put("planet", "limits", 0, 0, 1),
    "too few words of a limit": put([], "limits", 0, 1),
    "a word of a limit that is gone": lambda d: d["limits"][0][1].pop(),
    "a truth in a limit": put(True, "limits", 0, 1, 0),
    "a limit that began nowhere": put(10**6, "limits", 0, 1, 0),
    "a limit before all time": put(-1, "limits", 0, 1, 0),
    "a fault that is none": put([{"rule": {"kind": "nope"}, "seed": 1}], "faults"),
}


@pytest.fixture(scope="module")
def athena(population_cache: Path) -> Iterator[Athena]:
    with closing(create_app(Settings(clock="manual", patients=2, cache_dir=str(population_cache)))) as app:
        yield Athena(app)


@pytest.fixture(scope="module")
def snapshot(athena: Athena) -> JSON:
    """Two writes, a job, a caller who spent something."""
    known = athena.get(f"/Patient/{ADA}").get_json()
    for gender in ("female", "other"):
        changed = known | {"gender": gender, "birthDate": "1970-01-01"}
        assert athena.send("PUT", f"/fhir/r4/Patient/{ADA}", athena.token("system/*.cruds"), json=changed)
    assert athena.get("/Patient/$export", headers={"Prefer": "respond-async"}).status_code == 202
    assert athena.control("POST", "snapshots", {"name": "good"}).status_code == 201
    told: JSON = athena.control("GET", "snapshots/good").get_json()
    return told


def test_damages_are_refused_when_it_is_brought(athena: Athena, snapshot: JSON) -> None:
    for name, damage in DAMAGES.items():
        document = deepcopy(snapshot)
        damage(document)
        answer = athena.control("PUT", "snapshots/bad", document)
        assert (answer.status_code, "damaged" in answer.text or "unknown" in answer.text) == (400, True), name
    listed = athena.control("GET", "snapshots").get_json()["snapshots"]
    assert [each["name"] for each in listed] == ["good"]
    assert athena.control("PUT", "snapshots/again", snapshot).status_code == 201
    assert athena.control("DELETE", "snapshots/again").status_code == 204


def test_what_the_index_refuses_leaves_all_as_it_is(athena: Athena, snapshot: JSON) -> None:
    document = deepcopy(snapshot)
    last = document["environments"]["production"]["changes"][-1]
    last[4] = json.dumps(json.loads(last[4]) | {"birthDate": 7})
    before = athena.control("GET", "snapshots/good").data, athena.get(f"/Patient/{ADA}/_history").data
    jobs = athena.control("GET", "jobs").data
    saved = read(athena.world, document)
    with pytest.raises(ControlError, match="damaged"):
        restore(athena.world, saved)
    assert athena.control("GET", "jobs").data == jobs
    assert (athena.control("GET", "snapshots/good").data, athena.get(f"/Patient/{ADA}/_history").data) == before


def test_a_state_that_is_lost_in_the_middle_leaves_the_data(
    athena: Athena, snapshot: JSON, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = athena.get(f"/Patient/{ADA}").data

    def lost(_: Any) -> None:
        raise Unavailable("gone")

    monkeypatch.setattr(type(athena.world.state), "replace", lambda _, entries: lost(entries))
    empty = deepcopy(snapshot)
    empty["environments"]["production"] |= {"changes": [], "jobs": []}
    with pytest.raises(Unavailable):
        restore(athena.world, read(athena.world, empty))
    assert athena.get(f"/Patient/{ADA}").data == known


def test_files_are_for_their_owner_alone(make_athena: Any, tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir(mode=0o755)  # made by somebody else
    athena = make_athena(state_dir=str(tmp_path))
    assert athena.control("POST", "snapshots", {"name": "x"}).status_code == 201
    assert (tmp_path / "snapshots" / "x.snapshot.json").stat().st_mode & 0o777 == 0o600


def test_what_is_damaged_in_a_state_directory_is_named_and_keeps_nothing_else_away(
    make_athena: Any, tmp_path: Path
) -> None:
    athena, folder = make_athena(state_dir=str(tmp_path)), tmp_path / "snapshots"
    assert athena.control("POST", "snapshots", {"name": "good"}).status_code == 201
    good = (folder / "good.snapshot.json").read_bytes()
    bad = {"half": good[:99], "none": b"", "list": b"[1]", "old": b'{"format": "other/2"}', "bytes": b"\xff"}
    for name, content in bad.items():
        (folder / f"{name}.snapshot.json").write_bytes(content)
    (folder / "no name.snapshot.json").write_bytes(good)
    (folder / "dir.snapshot.json").mkdir()
    listed = athena.control("GET", "snapshots").get_json()["snapshots"]
    assert {each["name"]: "damaged" in each for each in listed} == dict.fromkeys(bad, True) | {"good": False}
    assert "is damaged" in Visitor(athena).open("/console/snapshots").text
    for name in bad:
        for method, path in (("POST", "/restore"), ("GET", "")):
            answer = athena.control(method, f"snapshots/{name}{path}")
            assert (answer.status_code, name in answer.text) == (400, True)
        assert athena.control("GET", f"diff?from={name}").status_code == 400
        assert athena.control("DELETE", f"snapshots/{name}").status_code == 204
    assert athena.control("POST", "snapshots/good/restore").status_code == 200
    assert athena.control("POST", "snapshots/dir/restore").status_code == 404


def test_a_file_that_a_command_writes_is_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = {"name": "x", "instant": "2026-01-01T00:00:00.000Z", "versions": {}}
    monkeypatch.setattr(snapshot_requests, "asked", lambda *_: summary)
    file = tmp_path / "kept.json"
    file.touch(0o644)  # of a run before, or somebody else's
    snapshot_requests.take("http://localhost", "", "x", file)
    assert (file.stat().st_mode & 0o777, json.loads(file.read_text())) == (0o600, summary)
