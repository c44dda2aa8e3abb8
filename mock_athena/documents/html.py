"""A document as a page of HTML: the same sections as the PDF, in any letters."""

from base64 import b64encode
from collections.abc import Iterable
from html import escape

from mock_athena.documents.pages import Block, Bullets, Document, Fact, Figure, Grid, Section

_STYLE = (
    "body{font:15px/1.45 sans-serif;color:#212b36;max-width:52em;margin:2em auto;padding:0 1em}"
    "header{border-bottom:2px solid #005e6e}h2{color:#005e6e;font-size:1.1em}table{border-collapse:collapse;width:100%}"
    "th{text-align:left;background:#f3f7f8}td,th{padding:.25em .5em;border-bottom:1px solid #cdd6dc;vertical-align:top}"
    "dt{float:left;clear:left;width:9em;color:#636e7b}dd{margin:0 0 0 9em}.flag td{font-weight:bold}"
    "footer,.quiet,figcaption{color:#636e7b;font-size:.85em}img{max-width:100%}p{white-space:pre-line}"
)

_NOTHING = "-"


def html(document: Document) -> bytes:
    """The document in UTF-8."""
    title, lines = escape(document.title), "<br>".join(map(escape, document.letterhead.lines))
    body = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>"
        f"<header><strong>{escape(document.letterhead.name)}</strong><br>{lines}<p>{escape(document.kind)}</p></header>"
        f"<h1>{title}</h1>{_facts(document.about)}{_facts(document.facts)}"
        f"{''.join(map(_section, document.sections))}<p>{escape(document.signature)}</p>"
        f"<footer>{escape(document.id)}. Synthetic data of an invented patient. Not for clinical use.</footer>"
        "</body></html>\n"
    )
    return body.encode(errors="replace")


def _facts(facts: tuple[Fact, ...]) -> str:
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(text) or _NOTHING}</dd>' for name, text in facts)}</dl>"


def _section(section: Section) -> str:
    heading = f"<h2>{escape(section.heading)}</h2>" if section.heading else ""
    return f"<section>{heading}{''.join(map(_block, section.blocks))}</section>"


def _block(block: Block) -> str:
    if isinstance(block, Bullets):
        return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"
    if isinstance(block, Grid):
        return _grid(block)
    if isinstance(block, Figure):
        return _figure(block)
    quiet = ' class="quiet"' if block.quiet else ""
    return f"<p{quiet}>{escape(block.text)}</p>" if block.text else ""


def _grid(grid: Grid) -> str:
    marks = (' class="flag"' if number in grid.flagged else "" for number in range(len(grid.rows)))
    rows = (f"<tr{mark}>{_cells(row, 'td')}</tr>" for mark, row in zip(marks, grid.rows, strict=True))
    return f"<table><tr>{_cells((column.name for column in grid.columns), 'th')}</tr>{''.join(rows)}</table>"


def _cells(texts: Iterable[str], tag: str) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def _figure(figure: Figure) -> str:
    from mock_athena.documents.images import image_of
    from mock_athena.documents.png import png

    data = b64encode(png(image_of(figure.picture))).decode()
    caption = escape(figure.caption)
    return (
        f'<figure><img alt="{caption}" src="data:image/png;base64,{data}"><figcaption>{caption}</figcaption></figure>'
    )
