"""Rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.together import together

ROOT = Path(__file__).parent.parent
FOLDERS = ("mock_athena", "client", "conformance", "loadtests", "tests")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
EMULATOR = sorted((ROOT / "mock_athena").rglob("*.py"))

LONGEST = 400
LONGER_FOR_A_REASON = {
    "mock_athena/cli.py": "the options of every command, in words",
    "conformance/athena_fhir_conformance/checks/backend.py": "the checks of one area, one short function each",
    "conformance/athena_fhir_conformance/checks/bulk_kickoff.py": "the checks of one area, one short function each",
    "conformance/athena_fhir_conformance/checks/limits.py": "the checks of one area, one short function each",
    "conformance/athena_fhir_conformance/checks/oauth.py": "the checks of one area, one short function each",
    "conformance/athena_fhir_conformance/checks/search.py": "the checks of one area, one short function each",
    "conformance/athena_fhir_conformance/checks/sign_in.py": "the checks of one area, one short function each",
    "tests/mutants/bulk.py": "broken servers of one area, each a few lines",
    "tests/mutants/searching.py": "broken servers of one area, each a few lines",
    "tests/mutants/tokens.py": "broken servers of one area, each a few lines",
    "tests/mock_athena/search/test_linked_worlds.py": "one random world, its questions and its naive reading",
    "tests/mock_athena/web/test_search_requirements.py": "one list of requirements, in its order",
}

# (object, attribute): whatever tells the time or waits for it.
CLOCKS = {
    ("time", name)
    for name in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep")
} | {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("asyncio", "sleep")}

WORDS = re.compile(r"\b(?:" + "|".join({name for _, name in CLOCKS} - {"time"}) + r"|time\.time|from time)\b")
"""Without one of these words nothing of it is used."""

# Where sleeping is not done, but replaced.
REPLACES_SLEEP = "mock_athena/testing/sleep.py"
TESTS_OF_SLEEP = {
    "tests/mock_athena/testing/test_intercept_leaves_no_trace.py",
    "tests/mock_athena/testing/test_virtual_sleep.py",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@together("path", SOURCES)
def test_no_file_is_long_without_a_reason(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert (lines > LONGEST) <= (name_of(path) in LONGER_FOR_A_REASON), f"{lines} lines"


def test_reasons_for_length_are_still_needed() -> None:
    for name in LONGER_FOR_A_REASON:
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > LONGEST, name


@together("path", EMULATOR)
def test_only_the_clock_tells_the_time(path: Path) -> None:
    told = _told_in(path)
    allowed = {"asyncio.sleep", "time.sleep"} if name_of(path) == REPLACES_SLEEP else set[str]()
    assert told <= allowed or name_of(path) == "mock_athena/clock.py"


def test_the_clock_is_seen_to_tell_the_time() -> None:
    assert "time.time_ns" in _told_in(ROOT / "mock_athena" / "clock.py")


@together("path", sorted((ROOT / "tests").rglob("*.py")))
def test_no_test_sleeps(path: Path) -> None:
    told = _told_in(path)
    assert not told & {"time.sleep", "asyncio.sleep"} or name_of(path) in TESTS_OF_SLEEP


def _told_in(path: Path) -> set[str]:
    """Uses in a file. Most have none of the words and need not be parsed."""
    text = path.read_text(encoding="utf-8")
    return set(_time_told(ast.parse(text))) if WORDS.search(text) else set()


def _time_told(tree: ast.AST) -> Iterator[str]:
    """Uses such as ``time.sleep``, also through ``datetime.datetime.now`` and ``from time import sleep``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (owner, node.attr) in CLOCKS:
                yield f"{owner}.{node.attr}"
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names if (node.module, name.name) in CLOCKS)
