"""JUnit, Markdown and the page, of reports whose content is known; hostile texts come out as texts."""

import json
import re
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

import pytest

from athena_fhir_conformance.reports import html, junit, markdown
from athena_fhir_conformance.reports.matrix import headline, matrix, united, unshown
from tests.conformance.documents import check, exchange, report

HOSTILE = "</script><script>alert(1)</script> | <b>&amp; \x00 \u2028"

WRONG = report(
    check("read.fine", "pass", "RED-001", evidence=(1,)),
    check("read.wrong", "fail", "RED-003", "RED-001", reason=f"expected 404 {HOSTILE}", evidence=(1, 2)),
    check("paging.advice", "warning", "PAG-008", reason="totals differ"),
    check("paging.unshown", "skip", "PAG-009", reason="no data"),
    check("bulk.absent", "omit", "BKO-003", reason="not declared"),
    exchanges=(exchange(1), exchange(2, "Patient/nobody", body=HOSTILE)),
)


def test_a_requirement_is_as_bad_as_its_worst_check() -> None:
    rows = {row.requirement.id: row for row in matrix(WRONG)}
    assert rows["RED-001"].verdict == "fail"
    assert rows["PAG-008"].verdict == "warning"
    assert rows["RED-002"].verdict == "not run"


def test_what_was_skipped_does_not_hide_a_pass() -> None:
    assert united(["skip", "pass", "omit"]) == "pass"
    assert united(["skip", "omit"]) == "skip"
    assert united(["pass", "error", "fail"]) == "error"


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ([check("a.b", "pass")], "Conforms in all 1 checks that could be done."),
        (
            [check("a.b", "pass"), check("a.c", "skip")],
            "Conforms in all 1 checks that could be done; 1 could not be shown.",
        ),
        ([check("a.b", "fail"), check("a.c", "warning")], "Does not conform: 1 of 2 checks failed."),
        ([check("a.b", "skip")], "Nothing could be shown: no check could be done."),
        ([check("a.b", "error"), check("a.c", "pass")], "The suite went wrong in 1 places, so this says little."),
    ],
)
def test_the_headline_is_never_a_bare_pass(checks: list[dict[str, object]], said: str) -> None:
    assert headline(report(*checks)) == said


def test_junit_counts_failures_and_skips() -> None:
    root = fromstring(junit.render(WRONG))  # noqa: S314 - our own
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "errors": "0",
        "skipped": "2",
    }
    failure = root.find(".//testcase[@name='wrong']/failure")
    assert failure is not None
    assert "curl -i" in (failure.text or "")


def test_markdown_names_requirement_and_command() -> None:
    text = markdown.render(WRONG)
    assert "Does not conform: 1 of 3 checks failed; 1 could not be shown." in text
    assert "[RED-003](http" in text
    assert "`curl -i https://ehr.example/fhir/r4/Patient/nobody`" in text
    assert "<script>" not in text


class _Page(HTMLParser):
    """What a browser makes of the page: its tags, and the text of its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the signature is the parser's
        self._in_script = False


def test_the_page_stands_alone_and_takes_no_text_for_markup() -> None:
    text = html.render(WRONG)
    page = _Page()
    page.feed(text)
    assert len(page.scripts) == 2
    assert json.loads(page.scripts[0])["checks"][1]["reason"] == WRONG["checks"][1]["reason"]
    fetched = [attributes for tag, attributes in page.tags if attributes.get("src") or tag == "iframe"]
    assert fetched == []
    assert [attributes["href"] for tag, attributes in page.tags if tag == "link"] == ["data:,"]
    assert not re.search(r"@import|url\(", text)


def test_why_checks_could_not_be_done_is_counted() -> None:
    unlike = check("paging.unseen", "skip", "PAG-001", reason="no <token>")
    told = report(*WRONG["checks"], check("paging.untold", "skip", "PAG-002", reason="no data"), unlike)
    assert unshown(told) == [("no data", 2), ("no <token>", 1)]
    page = html.render(told)
    assert "<li>2 checks: no data</li><li>1 check: no &lt;token&gt;</li>" in page
    assert "What could not be shown" not in html.render(report(check("read.fine", "pass", "RED-001")))


def test_the_page_has_every_requirement_once() -> None:
    page = _Page()
    page.feed(html.render(WRONG))
    rows = [attributes["id"] for tag, attributes in page.tags if tag == "tr" and "id" in attributes]
    assert rows == [row.requirement.id for row in matrix(WRONG)]
    assert len(rows) > 500


def test_long_bodies_of_what_went_well_are_cut() -> None:
    fine = report(check("read.fine", "pass", "RED-001", evidence=(1,)), exchanges=(exchange(1, body="x" * 4000),))
    assert "x" * 1501 not in html.render(fine)
    wrong = report(check("read.fine", "fail", "RED-001", evidence=(1,)), exchanges=(exchange(1, body="x" * 4000),))
    assert "x" * 4000 in html.render(wrong)
