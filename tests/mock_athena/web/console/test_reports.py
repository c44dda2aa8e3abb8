"""The screen of reports: what lies in a folder, shown without being believed."""

import json
from pathlib import Path

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.portal.visitor import Visitor

PATH = "/console/reports"
JUDGED = {
    "target": {"url": "https://ehr.test/fhir", "profile": "mission"},
    "begun": "2026-11-02T09:00:00Z",
    "counts": {"pass": 2, "fail": 1, "skip": 0},
    "checks": [
        {"id": "read.works", "requirements": ["RST-001"], "verdict": "pass", "reason": ""},
        {"id": "read.fails", "requirements": ["RST-002"], "verdict": "fail", "reason": "<b>500</b>"},
    ],
}
MUTANTS = {
    "mutants": [
        {"name": "alive", "does": "x", "requirements": ["A"], "killed_by": [], "reason": "nobody looks"},
        {"name": "dead", "does": "y", "requirements": ["B"], "killed_by": ["read.works"], "reason": ""},
    ]
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a report, a kill matrix, pages, and what is none of it."""
    found = tmp_path / "build"
    (found / "load").mkdir(parents=True)
    (found / "ours.json").write_text(json.dumps(JUDGED))
    (found / "ours.html").write_text("<script>1</script>")
    (found / "kill-matrix.json").write_text(json.dumps(MUTANTS))
    (found / "load" / "index.html").write_text("<p>no scripts")
    (found / "broken.json").write_text("{")
    (found / "list.json").write_text("[]")
    (found / "secret.txt").write_text("secret")
    (tmp_path / "outside.html").write_text("outside")
    return found


@pytest.fixture
def visitor(make_athena: MakeAthena, folder: Path) -> Visitor:
    """Somebody whose emulator has that folder."""
    return Visitor(make_athena(reports=str(folder)))


def test_what_there_is_is_summed_up(visitor: Visitor) -> None:
    page = visitor.open(PATH).text
    for text in (
        "https://ehr.test/fhir",
        "1 fail",
        "read.fails",
        "&lt;b&gt;500",
        f"{PATH}/ours.html",
        "load/index.html",
    ):
        assert text in page
    for text in ("1 of 2 broken servers", "nobody looks", "read.works"):
        assert text in page
    assert "0 skip" not in page


def test_a_page_is_shown_in_a_sandbox(visitor: Visitor) -> None:
    for name, may in (("ours.html", "allow-scripts"), ("load/index.html", "allow-same-origin")):
        page = visitor.open(f"{PATH}/{name}")
        assert page.status_code == 200
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith(f"sandbox {may};")
        assert not ("allow-scripts" in policy and "allow-same-origin" in policy)
        assert "default-src 'none'" in policy


def test_nothing_else_of_this_machine_is_shown(visitor: Visitor, folder: Path) -> None:
    (folder / "link.html").symlink_to(folder.parent / "outside.html")
    for name in ("secret.txt", "../outside.html", "%2e%2e/outside.html", "link.html", "none.html", "load", "%00.html"):
        assert visitor.open(f"{PATH}/{name}").status_code == 404


def test_without_any_it_says_how_to_make_one(make_athena: MakeAthena, tmp_path: Path) -> None:
    visitor = Visitor(make_athena(reports=str(tmp_path / "nowhere")))
    assert "athena-conformance http://localhost/fhir/r4" in visitor.open(PATH).text


def test_what_only_looks_like_a_report_costs_no_other(visitor: Visitor, folder: Path) -> None:
    bad = [
        JUDGED | {"checks": [1]},
        JUDGED | {"checks": [{"verdict": "fail"}]},
        JUDGED | {"checks": 1},
        JUDGED | {"counts": []},
        JUDGED | {"target": ""},
        {"mutants": 1},
        {"mutants": [{"name": "x"}]},
        {"mutants": None},
    ]
    for n, each in enumerate(bad):
        (folder / f"bad-{n}.json").write_text(json.dumps(each))
    (folder / "deep.json").write_text("[" * 100_000)
    page = visitor.open(PATH)
    assert page.status_code == 200
    assert page.text.count("Conformance of") == page.text.count("Kill matrix:") == 1
