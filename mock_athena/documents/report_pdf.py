"""The layout of a report's document: US letter, one column, the same bytes every time.

Imports fpdf2 and is imported only when a document is asked for. https://py-pdf.github.io/fpdf2/
"""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from mock_athena.documents.report_text import ReportText, ResultLine

_INK, _PALE, _RULE, _ALERT = (33, 43, 54), (99, 110, 123), (0, 105, 120), (176, 32, 32)
_SHADE = (243, 247, 248)
_MARGIN = 15

# Each with its width in mm, and the most letters that are shown: a row must not become taller than a page.
_COLUMNS = (("Test", 70, 200), ("Result", 34, 160), ("Unit", 28, 60), ("Reference range", 34, 160), ("Flag", 20, 40))
_LONGEST_LINE, _LONGEST_FACT, _LONGEST_TITLE, _LONGEST_CONCLUSION = 60, 120, 200, 20_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_DAY = datetime(9999, 12, 31, tzinfo=UTC)

# The fonts that every PDF reader has know Latin-1 only.
_REPLACED = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "≥": ">=",
        "≤": "<=",
        "’": "'",
        "“": '"',
        "”": '"',
        "…": "...",
        "μ": "µ",
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
    }
)


def report_pdf(text: ReportText) -> bytes:
    """The document as a PDF file."""
    pdf = _Page(text)
    pdf.add_page()
    _facts(pdf, text)
    _results(pdf, text.results)
    _conclusion(pdf, text.conclusion)
    return bytes(pdf.output())


class _Page(FPDF):
    """Letter paper with the practice at the top and page numbers at the bottom of each page."""

    def __init__(self, text: ReportText) -> None:
        super().__init__(format="letter")
        self.report = text
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, margin=22)
        self.set_title(_line(f"{text.title} - {text.id}", _LONGEST_TITLE))
        self.set_author(_line(text.practice, _LONGEST_TITLE))
        self.set_lang("en-US")
        # Not the time of rendering, else no two copies would be alike.
        self.set_creation_date(_moment(text.updated))

    def header(self) -> None:
        """The practice, what kind of document this is, and a rule."""
        _write(self, self.report.practice, 13, bold=True, color=_RULE, width=120)
        kind = self.report.category or "Diagnostic report"
        _write(self, kind, 9, color=_PALE, align="R", new_line=True)
        self.set_draw_color(*_RULE)
        self.set_line_width(0.6)
        self.line(_MARGIN, self.get_y() + 2, self.w - _MARGIN, self.get_y() + 2)
        self.ln(8)

    def footer(self) -> None:
        """Where the document comes from, and the page number."""
        self.set_y(-15)
        _write(self, f"{self.report.id} · synthetic data, no real patient", 8, color=_PALE, width=120)
        _write(self, f"Page {self.page_no()} of {{nb}}", 8, color=_PALE, align="R")


def _facts(pdf: _Page, text: ReportText) -> None:
    """Title, patient and dates."""
    pdf.set_font("helvetica", "B", 17)
    pdf.set_text_color(*_INK)
    pdf.multi_cell(0, 8, _line(text.title, _LONGEST_TITLE), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(3)
    rows = (
        ("Patient", text.patient, "Date", text.effective),
        ("Date of birth", text.birth_date, "Issued", text.issued),
        ("Sex", text.sex, "Status", text.status),
        ("Patient id", text.patient_id, "Performer", text.performer),
    )
    shaded = FontFace(fill_color=_SHADE)
    pdf.set_font("helvetica", "", 9.5)
    with pdf.table(
        col_widths=(26, 67, 24, 69),
        borders_layout="NONE",
        first_row_as_headings=False,
        line_height=5.5,
        padding=(1, 2),
        text_align="LEFT",
    ) as table:
        for left, left_value, right, right_value in rows:
            row = table.row(style=shaded)
            for label, value in ((left, left_value), (right, right_value)):
                row.cell(label, style=FontFace(color=_PALE, fill_color=_SHADE))
                row.cell(_line(value, _LONGEST_FACT) or "-", style=FontFace(color=_INK, fill_color=_SHADE))
    pdf.ln(6)


def _results(pdf: _Page, results: tuple[ResultLine, ...]) -> None:
    if not results:
        return
    _heading(pdf, "Results")
    headings = FontFace(emphasis="BOLD", color=(255, 255, 255), fill_color=_RULE)
    pdf.set_font("helvetica", "", 9.5)
    pdf.set_text_color(*_INK)
    pdf.set_draw_color(205, 214, 220)
    pdf.set_line_width(0.2)
    with pdf.table(
        col_widths=tuple(width for _, width, _ in _COLUMNS),
        borders_layout="HORIZONTAL_LINES",
        headings_style=headings,
        line_height=5.5,
        padding=(1, 2),
        text_align="LEFT",
    ) as table:
        table.row([name for name, _, _ in _COLUMNS])
        for line in results:
            row = table.row()
            texts = (line.name, line.value, line.unit, line.range, line.flag)
            for text, (column, _, longest) in zip(texts, _COLUMNS, strict=True):
                style = FontFace(emphasis="BOLD", color=_ALERT) if column == "Flag" else None
                row.cell(_line(text, longest), style=style)
    pdf.ln(6)


def _conclusion(pdf: _Page, conclusion: str) -> None:
    if not conclusion:
        return
    _heading(pdf, "Conclusion")
    pdf.set_font("helvetica", "", 10)
    pdf.set_text_color(*_INK)
    pdf.multi_cell(0, 5.5, _cut(conclusion, _LONGEST_CONCLUSION), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _heading(pdf: _Page, text: str) -> None:
    _write(pdf, text, 11, bold=True, color=_RULE, new_line=True)
    pdf.ln(2)


def _write(
    pdf: FPDF,
    text: str,
    size: float,
    *,
    color: tuple[int, int, int],
    bold: bool = False,
    width: float = 0,
    align: str = "L",
    new_line: bool = False,
) -> None:
    pdf.set_font("helvetica", "B" if bold else "", size)
    pdf.set_text_color(*color)
    after: dict[str, Any] = {"new_x": XPos.LMARGIN, "new_y": YPos.NEXT} if new_line else {}
    pdf.cell(width, 6, _line(text, _LONGEST_LINE), align=align, **after)


def _moment(micros: int) -> datetime:
    """The instant of microseconds since 1970 UTC; one that has no date of four digits becomes the last that has."""
    try:
        return min(_EPOCH + timedelta(microseconds=micros), _LAST_DAY)
    except OverflowError:
        return _LAST_DAY if micros > 0 else _EPOCH


def _line(text: str, longest: int) -> str:
    """``text`` in Latin-1 without line breaks, cut after ``longest`` letters."""
    return _cut(" ".join(text.split()), longest)


def _cut(text: str, longest: int) -> str:
    latin = _latin(text[: longest + 1])  # never fewer letters than before, and sometimes more
    return latin if len(latin) <= longest else latin[: longest - 3].rstrip() + "..."


def _latin(text: str) -> str:
    """``text`` in Latin-1: other letters lose their accents, and what is left becomes a question mark."""
    plain = text.translate(_REPLACED)
    if plain.isascii():
        return plain
    return "".join(_latin_letter(letter) for letter in plain)


def _latin_letter(letter: str) -> str:
    if ord(letter) < 256:
        return letter
    bare = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return bare or "?"
