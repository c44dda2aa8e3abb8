"""A document as it is before anybody lays it out: letterhead, facts, sections. Texts only, nothing of FHIR.

What a resource says becomes one of these; :mod:`mock_athena.documents.pdf` and :mod:`mock_athena.documents.html`
write it.
"""

from typing import NamedTuple

from mock_athena.documents.pictures import Picture

Fact = tuple[str, str]
"""A label and what stands behind it; an empty text where nothing was recorded."""


class Letterhead(NamedTuple):
    """Who sends the document: a name, and lines such as its address."""

    name: str
    lines: tuple[str, ...] = ()


class Paragraph(NamedTuple):
    """Running text; line breaks in it are kept. ``quiet`` is small print."""

    text: str
    quiet: bool = False


class Bullets(NamedTuple):
    """A list of short texts."""

    items: tuple[str, ...]


class Column(NamedTuple):
    """A column of a grid.

    Attributes:
        share: of the width, relative to the other columns.
        longest: the most letters that a cell shows: a row must not become taller than a page.
        alert: whether what stands there is a warning.
    """

    name: str
    share: float
    longest: int = 300
    alert: bool = False


class Grid(NamedTuple):
    """A table.

    Attributes:
        flagged: the numbers of the rows, from 0, that deserve attention.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    flagged: frozenset[int] = frozenset()


class Figure(NamedTuple):
    """A picture with words below it."""

    picture: Picture
    caption: str


Block = Paragraph | Bullets | Grid | Figure


class Section(NamedTuple):
    """Blocks under a heading; the heading may be empty."""

    heading: str
    blocks: tuple[Block, ...]


class Document(NamedTuple):
    """Everything that stands in a document.

    Attributes:
        id: of the resource that it is the document of.
        kind: such as ``Laboratory report``, for the head of every page.
        about: facts about the patient. facts: facts about the document itself.
        signature: who stands for it, and since when; empty for nobody.
        updated: when the resource was last changed, in microseconds since 1970 UTC; 0 where that is not known.
    """

    id: str
    kind: str
    title: str
    letterhead: Letterhead
    about: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    signature: str
    updated: int


def section(heading: str, *blocks: Block) -> tuple[Section, ...]:
    """The section of the blocks in which something stands; none where that is none of them."""
    filled = tuple(block for block in blocks if _holds(block))
    return (Section(heading, filled),) if filled else ()


def _holds(block: Block) -> bool:
    if isinstance(block, Paragraph):
        return bool(block.text.strip())
    if isinstance(block, Grid):
        return bool(block.rows)
    return bool(block.items) if isinstance(block, Bullets) else True
