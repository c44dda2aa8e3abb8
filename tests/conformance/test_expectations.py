"""Known failures: expected ones are not red, unexpected ones are, and so is an expected one that passes."""

from pathlib import Path

import click
import pytest

from athena_fhir_conformance import Result, Verdict
from athena_fhir_conformance.expectations import Expectation, compared, read_expectations
from athena_fhir_conformance.problems import NotJson, Unreachable
from athena_fhir_conformance.recording import judged
from athena_fhir_conformance.verdicts import Omitted, Skipped, Warned

FAILED = Result("read.x", ("RED-001",), Verdict.FAIL, "404")
PASSED = Result("read.x", ("RED-001",), Verdict.PASS)
WARNED = Result("read.y", ("RED-004",), Verdict.WARNING, "no outcome")


@pytest.mark.parametrize("pattern", ["read.x", "read.*", "requirement:RED-001"])
def test_an_expected_failure_is_not_red(pattern: str) -> None:
    known = (Expectation(pattern, "case 12"),)
    assert compared([FAILED], (), strict=False).bad
    conclusion = compared([FAILED], known, strict=False)
    assert not conclusion.bad
    assert "case 12" in conclusion.lines[0]


def test_an_expected_failure_that_passes_is_red() -> None:
    conclusion = compared([PASSED], (Expectation("read.x", "case 12"),), strict=False)
    assert conclusion.bad
    assert "take it off the list" in conclusion.lines[-1]


def test_what_was_not_run_or_not_shown_is_not_red() -> None:
    known = (Expectation("read.x", "case 12"),)
    skipped = Result("read.x", ("RED-001",), Verdict.SKIP, "no token")
    assert not compared([skipped], known, strict=False).bad
    assert not compared([WARNED], known, strict=False, checks={"read.x": ("RED-001",)}).bad


def test_a_name_that_no_check_has_is_red() -> None:
    conclusion = compared([PASSED], (Expectation("read.typo", "case 12"),), False, {"read.x": ()})
    assert conclusion.bad
    assert "no check has this name" in conclusion.lines[-1]


def test_a_file_that_is_no_text_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "expected"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(click.UsageError, match="cannot be read"):
        read_expectations(str(file))


def test_strict_takes_warnings_for_failures() -> None:
    assert not compared([WARNED], (), strict=False).bad
    assert compared([WARNED], (), strict=True).bad


def test_an_expectation_needs_its_reason(tmp_path: Path) -> None:
    file = tmp_path / "expected"
    file.write_text("# known\n\nread.x  # case 12\n")
    assert read_expectations(str(file)) == (Expectation("read.x", "case 12"),)
    file.write_text("read.x\n")
    with pytest.raises(click.UsageError, match=r"line 1: read\.x has no reason"):
        read_expectations(str(file))


@pytest.mark.parametrize(
    ("error", "advice", "looked", "verdict"),
    [
        (None, False, True, Verdict.PASS),
        (AssertionError("x"), False, True, Verdict.FAIL),
        (AssertionError("x"), True, True, Verdict.WARNING),
        (Warned("x"), False, True, Verdict.WARNING),
        (Skipped("x"), False, True, Verdict.SKIP),
        (Omitted("x"), False, True, Verdict.OMIT),
        (Unreachable("x"), False, True, Verdict.SKIP),
        (NotJson("x"), False, True, Verdict.FAIL),
        (KeyError("x"), False, True, Verdict.FAIL),
        (KeyError("x"), False, False, Verdict.ERROR),
        (RuntimeError("x"), False, True, Verdict.ERROR),
    ],
)
def test_what_a_check_raises_is_its_verdict(
    error: Exception | None, advice: bool, looked: bool, verdict: Verdict
) -> None:
    assert judged(error, advice, looked)[0] == verdict
