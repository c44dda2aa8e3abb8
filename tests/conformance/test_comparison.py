"""Two runs are compared by verdicts, and by how the target answers: ids, order and numbers do not matter."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from athena_fhir_conformance.reports.cli import compare
from athena_fhir_conformance.reports.comparison import differences
from tests.conformance.documents import check, exchange, report

LIMITED = {"Content-Type": "application/fhir+json", "X-RateLimit-Limit": "16", "X-RateLimit-Remaining": "15"}


def kinds(first: dict[str, Any], second: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.kind, each.what) for each in differences(first, second)]


def test_a_run_does_not_differ_from_itself() -> None:
    one = report(check("a.b", "pass", evidence=(1,)), exchanges=(exchange(1, headers=LIMITED),))
    assert differences(one, one) == []


def test_ids_and_values_do_not_matter() -> None:
    one = report(exchanges=(exchange(1, "Patient/a-1.E-1"), exchange(2, "Condition?patient=a-1.E-1&_count=5")))
    other = report(exchanges=(exchange(1, "Condition?_count=9&patient=b"), exchange(2, "Patient/smith")))
    assert differences(one, other) == []


def test_verdicts_that_changed_come_worst_first() -> None:
    one = report(check("a.b", "fail"), check("a.c", "pass"), check("a.d", "pass"))
    other = report(check("a.b", "pass"), check("a.c", "fail", reason="404"), check("a.e", "skip"))
    found = differences(one, other)
    assert [(each.what, each.first, each.second) for each in found] == [
        ("a.c", "pass", "fail (404)"),
        ("a.e", "not run", "skip"),
        ("a.b", "fail", "pass"),
        ("a.d", "pass", "not run"),
    ]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"headers": {**LIMITED, "ETag": 'W/"1"'}}, ("headers", "GET Patient/{id}")),
        ({"headers": {**LIMITED, "Content-Type": "application/json"}}, ("media type", "GET Patient/{id}")),
        ({"headers": LIMITED, "status": 201}, ("status", "GET Patient/{id}")),
        ({"headers": {**LIMITED, "X-RateLimit-Limit": "150"}}, ("limits", "x-ratelimit-limit")),
    ],
)
def test_answers_that_changed_are_told(changed: dict[str, Any], kind: tuple[str, str]) -> None:
    one, other = (report(exchanges=(exchange(1, **each),)) for each in ({"headers": LIMITED}, changed))
    assert kinds(one, other) == [kind]


def test_a_retry_after_that_became_an_instant_is_drift() -> None:
    refused = {"Content-Type": "application/fhir+json", "Retry-After": "2"}
    one, other = (
        report(exchanges=(exchange(1, status=429, headers={**refused, "Retry-After": wait}),))
        for wait in ("2", "1795332402")
    )
    assert differences(one, other)[0].first == "seconds"
    assert differences(one, other)[0].second == "an instant"


def test_what_changes_with_every_answer_is_no_drift() -> None:
    one, other = (
        report(exchanges=(exchange(1, headers={**LIMITED, "Date": each, "X-RateLimit-Remaining": each}),))
        for each in ("1", "2")
    )
    assert differences(one, other) == []


def test_the_command_ends_with_1_where_there_is_drift(tmp_path: Path) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    files[0].write_text(json.dumps(report(check("a.b", "pass"))))
    files[1].write_text(json.dumps(report(check("a.b", "fail", reason="gone | lost"))))
    out = tmp_path / "drift.md"
    drift = CliRunner().invoke(compare, [*map(str, files), "--markdown", str(out)])
    assert (drift.exit_code, "1 difference" in drift.output) == (1, True)
    assert "gone \\| lost" in out.read_text()
    assert CliRunner().invoke(compare, [str(files[0]), str(files[0])]).exit_code == 0


def test_a_file_that_is_no_report_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("[]")
    answer = CliRunner().invoke(compare, [str(file), str(file)])
    assert (answer.exit_code, "is no JSON report" in answer.output) == (2, True)
