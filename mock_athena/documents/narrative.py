"""The narrative of a resource, or a note in HTML or plain text, as headed sections.

https://hl7.org/fhir/R4/narrative.html. Markup says only what is a heading, a paragraph and a list; the rest is dropped.
A paragraph that is all bold, or begins with a word or two and a colon (``Findings: clear``), has its heading in it.
"""

import re
from html.parser import HTMLParser
from typing import NamedTuple

from mock_athena.documents.pages import Block, Bullets, Paragraph, Section, section
from mock_athena.fhir.resource import Resource, as_object, as_text

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BREAKS = frozenset(("p", "div", "br", "tr", "ul", "ol", "table", "section", "title", *_HEADINGS))
_UNSEEN = frozenset(("script", "style", "title", "head"))
_BOLD = frozenset(("b", "strong"))
_LEADING = re.compile(r"([A-Z][A-Za-z]+(?:[ /&,-]+[A-Za-z]+){0,4}): +(?=\S)")
_LONGEST = 200_000


class _Piece(NamedTuple):
    """What stands between two breaks: ``kind`` is ``heading``, ``item`` or ``text``."""

    kind: str
    text: str


def narrative(resource: Resource) -> tuple[Section, ...]:
    """The sections of ``text.div``."""
    return sections_of_html(as_text(as_object(resource.get("text")).get("div")))


def sections_of_html(markup: str) -> tuple[Section, ...]:
    """The sections of a text in HTML."""
    reader = _Reader()
    reader.feed(markup[:_LONGEST])
    reader.close()
    reader.end_piece()
    return _sections(reader.pieces)


def sections_of_text(text: str) -> tuple[Section, ...]:
    """The sections of a plain text, whose paragraphs are apart by an empty line."""
    parts = (part.strip() for part in re.split(r"\n[ \t]*\n", text[:_LONGEST].replace("\r\n", "\n")))
    return _sections([_Piece("text", part) for part in parts if part])


class _Reader(HTMLParser):
    """Cuts markup into pieces."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[_Piece] = []
        self._kind = "text"
        self._texts: list[tuple[str, bool]] = []
        self._bold = self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._bold += tag in _BOLD
        self._unseen += tag in _UNSEEN
        if tag in _BREAKS or tag == "li":
            self.end_piece()
            self._kind = "heading" if tag in _HEADINGS else "item" if tag == "li" else "text"

    def handle_endtag(self, tag: str) -> None:
        self._bold = max(0, self._bold - (tag in _BOLD))
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _BREAKS or tag == "li":
            self.end_piece()
        elif tag in ("td", "th"):
            self._texts.append((" ", True))

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._texts.append((data, self._bold > 0))

    def end_piece(self) -> None:
        """What was read since the last break is a piece."""
        text = " ".join("".join(text for text, _ in self._texts).split())
        if text:
            all_bold = all(bold for text, bold in self._texts if text.strip())
            self.pieces.append(_Piece("heading" if all_bold and self._kind == "text" else self._kind, text))
        self._kind, self._texts = "text", []


def _sections(pieces: list[_Piece]) -> tuple[Section, ...]:
    found: list[tuple[str, list[Block]]] = [("", [])]
    for kind, text in pieces:
        leading = _LEADING.match(text) if kind == "text" else None
        if kind == "heading" or leading:
            found.append((leading[1] if leading else text.rstrip(":"), []))
        if kind == "item":
            _add_item(found[-1][1], text)
        elif kind == "text":
            found[-1][1].append(Paragraph(text[leading.end() :] if leading else text))
    return tuple(made for heading, blocks in found for made in section(heading, *blocks))


def _add_item(blocks: list[Block], text: str) -> None:
    last = blocks[-1] if blocks else None
    if isinstance(last, Bullets):
        blocks[-1] = Bullets((*last.items, text))
    else:
        blocks.append(Bullets((text,)))
