"""The layout of a document as a PDF: US letter, one column, the same bytes every time.

Imports fpdf2 and is imported only when a document is asked for. https://py-pdf.github.io/fpdf2/
"""

from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from mock_athena.documents.images import image_of
from mock_athena.documents.latin import cut, line
from mock_athena.documents.pages import Block, Bullets, Document, Fact, Figure, Grid, Paragraph, Section

_INK, _PALE, _ACCENT, _ALERT = (33, 43, 54), (99, 110, 123), (0, 94, 110), (176, 32, 32)
_SHADE, _HAIRLINE = (243, 247, 248), (205, 214, 220)
_MARGIN, _FOOT, _WIDEST, _TALLEST = 16, 18, 140.0, 96.0
_FONT, _SIZE, _LEADING = "helvetica", 9.5, 4.6

# The most letters that are shown: nothing single must become taller than a page.
_LONGEST_LINE, _LONGEST_FACT, _LONGEST_TITLE, _LONGEST_TEXT = 70, 120, 200, 20_000
_MOST_ROWS = 1_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_DAY = datetime(9999, 12, 31, tzinfo=UTC)
_NOTICE = "Synthetic data of an invented patient. Not for clinical use."


def pdf(document: Document) -> bytes:
    """The document as a PDF file."""
    page = _Page(document)
    page.add_page()
    _title(page, document)
    _facts(page, document)
    for section in document.sections:
        _section(page, section)
    _signature(page, document.signature)
    return bytes(page.output())


class _Page(FPDF):
    """Letter paper with the practice at the top and page numbers at the bottom of each page."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="letter")
        self.document = document
        self.set_margins(_MARGIN, 12)
        self.set_auto_page_break(True, margin=_FOOT)
        self.set_title(line(f"{document.title} - {document.id}", _LONGEST_TITLE))
        self.set_author(line(document.letterhead.name, _LONGEST_TITLE))
        self.set_subject(line(document.kind, _LONGEST_TITLE))
        self.set_lang("en-US")
        # Not the time of rendering, else no two copies would be alike.
        self.set_creation_date(_moment(document.updated))

    @property
    def room(self) -> float:
        """Millimetres left on the page."""
        return float(self.h - _FOOT - self.get_y())

    def header(self) -> None:
        """The letterhead on the first page; on the others, whose document it is."""
        if self.page_no() == 1:
            self._letterhead()
        else:
            patient = next((value for label, value in self.document.about if label == "Patient"), "")
            self.say(f"{line(self.document.title, 60)}", 9, bold=True, color=_ACCENT, width=110)
            self.say(patient, 9, color=_PALE, align="R", new_line=True)
        self.set_draw_color(*_ACCENT)
        self.set_line_width(0.5)
        self.line(_MARGIN, self.get_y() + 1.5, self.w - _MARGIN, self.get_y() + 1.5)
        self.ln(6)

    def _letterhead(self) -> None:
        top = self.get_y()
        self.say(self.document.letterhead.name, 14, bold=True, color=_ACCENT, width=120, height=7)
        self.say(self.document.kind.upper(), 9, bold=True, color=_PALE, align="R", new_line=True, height=7)
        self.set_y(top + 7)
        for text in self.document.letterhead.lines[:3]:
            self.say(text, 8.5, color=_PALE, new_line=True, height=4, longest=110)

    def footer(self) -> None:
        """What kind of data these are, where the document comes from, and the page number."""
        self.set_y(-15)
        self.set_draw_color(*_HAIRLINE)
        self.set_line_width(0.2)
        self.line(_MARGIN, self.get_y(), self.w - _MARGIN, self.get_y())
        self.say(_NOTICE, 7.5, color=_PALE, width=92)
        self.say(self.document.id, 7.5, color=_PALE, width=60, align="R", longest=64)
        # How many pages there are is known in the end only; this much room is kept for it.
        self.set_x(self.w - _MARGIN - self.get_string_width("Page 9 of 9") - 2.5)
        self.say(f"Page {self.page_no()} of {{nb}}", 7.5, color=_PALE, width=40)

    def say(
        self,
        text: str,
        size: float,
        *,
        color: tuple[int, int, int],
        bold: bool = False,
        width: float = 0,
        height: float = 6,
        align: str = "L",
        new_line: bool = False,
        longest: int = _LONGEST_LINE,
    ) -> None:
        """One line, made smaller where it is wider than its place."""
        shown = line(text, longest)
        self.set_font(_FONT, "B" if bold else "", size)
        room = (width or self.w - self.r_margin - self.get_x()) - 2
        if (wide := self.get_string_width(shown)) > room:
            self.set_font_size(size * room / wide)
        self.set_text_color(*color)
        x, y = (XPos.LMARGIN, YPos.NEXT) if new_line else (XPos.RIGHT, YPos.TOP)
        self.cell(width, height, shown, align=align, new_x=x, new_y=y)

    def tell(self, text: str, size: float = 10, color: tuple[int, int, int] = _INK, *, emphasis: str = "") -> None:
        """Running text over the whole width."""
        self.set_font(_FONT, emphasis, size)
        self.set_text_color(*color)
        self.multi_cell(0, size * 0.52, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _title(page: _Page, document: Document) -> None:
    page.tell(line(document.title, _LONGEST_TITLE), 16, emphasis="B")
    page.ln(2)


def _facts(page: _Page, document: Document) -> None:
    """Facts about the patient on the left, about the document on the right."""
    label, value = FontFace(color=_PALE, fill_color=_SHADE), FontFace(color=_INK, fill_color=_SHADE)
    page.set_font(_FONT, "", 9)
    with page.table(
        col_widths=(25, 66, 26, 66),
        borders_layout="NONE",
        first_row_as_headings=False,
        line_height=_LEADING,
        padding=(0.6, 2),
        text_align="LEFT",
    ) as table:
        for pair in zip_longest(document.about, document.facts, fillvalue=("", "")):
            row = table.row()
            for name, text in pair:
                row.cell(name, style=label)
                row.cell(_fact((name, text)), style=value)
    page.ln(4)


def _fact(fact: Fact) -> str:
    name, text = fact
    return line(text, _LONGEST_FACT) or ("-" if name else "")


def _section(page: _Page, section: Section) -> None:
    if section.heading:
        # A heading stays with the first lines of what it is the heading of.
        if page.room < (30 if isinstance(section.blocks[0], Grid) else 15):
            page.add_page()
        page.say(section.heading, 11.5, bold=True, color=_ACCENT, new_line=True, height=7)
        page.ln(0.5)
    for block in section.blocks:
        _block(page, block)
    page.ln(2.5)


def _block(page: _Page, block: Block) -> None:
    if isinstance(block, Grid):
        _grid(page, block)
    elif isinstance(block, Figure):
        _figure(page, block)
    elif isinstance(block, Bullets):
        _bullets(page, block)
    else:
        _paragraph(page, block)


def _paragraph(page: _Page, block: Paragraph) -> None:
    text = cut(block.text.strip(), _LONGEST_TEXT)
    if text:
        page.tell(text, *((8.5, _PALE) if block.quiet else (10, _INK)))
        page.ln(0.6 if block.quiet else 1.5)


def _bullets(page: _Page, block: Bullets) -> None:
    for item in block.items[:_MOST_ROWS]:
        page.set_x(_MARGIN + 1.5)
        page.set_font(_FONT, "", 10)
        page.set_text_color(*_ACCENT)
        page.cell(4, 5.2, chr(183))
        page.set_text_color(*_INK)
        page.multi_cell(0, 5.2, line(item, 1_000), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(0.8)


def _figure(page: _Page, block: Figure) -> None:
    image = image_of(block.picture)
    # Findings and conclusion should have room below it.
    width, height = _WIDEST, _WIDEST * image.height / image.width
    if height > _TALLEST:
        width, height = width * _TALLEST / height, _TALLEST
    if page.room < height + 8:
        page.add_page()
    page.image(image.convert("RGB") if image.mode == "P" else image, x=(page.w - width) / 2, w=width, h=height)
    page.ln(1)
    page.say(block.caption, 8.5, color=_PALE, align="C", new_line=True, height=5)


def _grid(page: _Page, grid: Grid) -> None:
    page.set_font(_FONT, "", _SIZE)
    page.set_text_color(*_INK)
    page.set_draw_color(*_HAIRLINE)
    page.set_line_width(0.2)
    with page.table(
        col_widths=tuple(column.share for column in grid.columns),
        borders_layout="HORIZONTAL_LINES",
        headings_style=FontFace(emphasis="BOLD", color=_ACCENT, fill_color=_SHADE),
        line_height=_LEADING,
        padding=(0.8, 1.5),
        text_align="LEFT",
    ) as table:
        table.row([column.name for column in grid.columns])
        for number, texts in enumerate(grid.rows[:_MOST_ROWS]):
            row = table.row()
            for text, column in zip(texts, grid.columns, strict=True):
                row.cell(line(text, column.longest), style=_style(alert=column.alert, flagged=number in grid.flagged))
    if (more := len(grid.rows) - _MOST_ROWS) > 0:
        _paragraph(page, Paragraph(f"and {more} more", quiet=True))
    page.ln(1)


def _style(*, alert: bool, flagged: bool) -> FontFace | None:
    if alert:
        return FontFace(emphasis="BOLD", color=_ALERT)
    return FontFace(emphasis="BOLD") if flagged else None


def _signature(page: _Page, signature: str) -> None:
    if signature:
        if page.room < 6:
            page.add_page()
        page.ln(1)
        page.tell(line(signature, 300), 9, _PALE, emphasis="I")


def _moment(micros: int) -> datetime:
    """The instant of microseconds since 1970 UTC; one that has no date of four digits becomes the last that has."""
    try:
        return min(_EPOCH + timedelta(microseconds=micros), _LAST_DAY)
    except OverflowError:
        return _LAST_DAY if micros > 0 else _EPOCH
