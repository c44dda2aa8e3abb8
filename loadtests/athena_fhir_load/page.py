"""A report as one HTML page that needs nothing else: no scripts, pictures within, light and dark."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from athena_fhir_load.summary import BAD, GOOD, Row, sections_of

STYLE = """
:root { color-scheme: light dark; --ink: #212b36; --soft: #5f6b76; --ground: #fbfbfa; --line: #d9dde1; --good: #00664b; --bad: #b3360b }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --soft: #a9b3bc; --ground: #171c21; --line: #39424b; --good: #4fd1a5; --bad: #ff9066 }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
td.soft, p.soft { color: var(--soft) } .ok { color: var(--good); font-weight: 600 } .bad { color: var(--bad); font-weight: 600 }
img { max-width: 100%; border: 1px solid var(--line); border-radius: 6px; margin: .6rem 0 } a { color: inherit }
.verdict { font-size: 1.1rem; padding: .6rem .9rem; border: 2px solid currentcolor; border-radius: 6px }
pre { white-space: pre-wrap }
"""

TITLES = ("What", "Found", "Should be, or beside it")
"""Of the columns of a table."""

# Where each picture is shown, and what it shows.
_PICTURES = {
    "envelope.png": (
        "Does the limiter hold?",
        "Requests admitted to the busiest callers over time, below the most that the policy allows",
    ),
    "occupancy.png": ("Does the limiter hold?", "Requests admitted within the last window, over time, up to the limit"),
    "retry-after.png": (
        "Does the limiter hold?",
        "Seconds told by Retry-After against seconds that were needed, above the diagonal",
    ),
    "timeline.png": ("What do callers do at the limit?", "Requests admitted and refused in each second"),
    "optimum.png": (
        "What do callers do at the limit?",
        "Time taken by each kind of caller as a multiple of the least that the policy allows",
    ),
    "shares.png": ("Who pays for whom?", "Requests admitted and refused by caller"),
    "latency.png": (
        "How long does it take?",
        "Cumulated share of answers over their duration, admitted and refused apart",
    ),
    "capacity.png": (
        "Can the figures be trusted?",
        "Requests due and answered in each second, and how long answers took",
    ),
}

ALTS = {name: alt for name, (_, alt) in _PICTURES.items()} | {
    "week.png": "Requests admitted and refused in each hour of the week, by kind of caller",
}
"""What each picture shows to whoever cannot see it, by file name."""


def page(figures: Mapping[str, Any], pictures: Mapping[str, str]) -> str:
    """The page of one run.

    Args:
        pictures: data URLs by file name.
    """
    sections = sections_of(figures)
    titles = [*sections, *(title for title, _ in _PICTURES.values() if title not in sections)]
    body = [_verdict(figures)]
    for title in dict.fromkeys(titles):
        shown = [(name, alt) for name, (where, alt) in _PICTURES.items() if where == title and name in pictures]
        if title in sections or shown:
            body.append(f"<h2>{escape(title)}</h2>")
            body.append(table(sections.get(title, [])))
            body += [image(pictures[name], alt) for name, alt in shown]
    body.append(_violations(figures))
    return whole(str(figures["title"]), body)


def whole(title: str, body: Iterable[str]) -> str:
    """A page around these parts."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    inner = "\n".join(part for part in body if part)
    return f'<!doctype html>\n<html lang="en">{head}<style>{STYLE}</style>\n<main><h1>{escape(title)}</h1>\n{inner}\n</main></html>\n'


def table(rows: Sequence[Row]) -> str:
    """Rows as a table."""
    if not rows:
        return ""
    classes = {GOOD: "ok", BAD: "bad"}
    lines = [
        f'<tr><td>{escape(row.what)}<td class="{classes.get(row.verdict, "")}">{escape(row.found)}'
        f'<td class="soft">{escape(row.should)}'
        for row in rows
    ]
    head = "".join(f'<th scope="col">{title}' for title in TITLES)
    return f"<table><tr>{head}\n" + "\n".join(lines) + "</table>"


def image(source: str, alt: str) -> str:
    """A picture."""
    return f'<img src="{source}" alt="{escape(alt)}">'


def _verdict(figures: Mapping[str, Any]) -> str:
    bad = [row.what for rows in sections_of(figures).values() for row in rows if row.verdict == BAD]
    if bad:
        return f'<p class="verdict bad">Not as it should be: {escape("; ".join(bad))}.</p>'
    if not figures["journal"]:
        return '<p class="verdict">No decision of the limiter stands in a journal, so no verdict on it: only what the generator saw.</p>'
    admitted, refused = figures["limiter"]["admitted"], figures["limiter"]["refused"]
    # One who reads only this shall not take less for more.
    if figures["journal"]["whole"]:
        proven = "the journal proves every one of these decisions right"
    else:
        proven = "the journal is not whole, and nothing in it is wrong"
    return f'<p class="verdict ok">{admitted:,} admitted, {refused:,} refused: {proven}.</p>'


def _violations(figures: Mapping[str, Any]) -> str:
    shown = figures["limiter"]["violations"]
    if not shown:
        return ""
    lines = [
        f"seq {each['seq']} at {each['instant']}, {each['quota']}: {each['kind']}: {each['detail']}" for each in shown
    ]
    more = figures["limiter"].get("more_violations", 0)
    if more:
        lines.append(f"and {more:,} more")
    return f"<h2>What was wrong</h2><pre>{escape(chr(10).join(lines))}</pre>"
