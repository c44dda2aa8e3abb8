"""Links from page to page lead somewhere, and every page is found from the index."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from tests.docs.blocks import ROOT, pages

_LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
_INDEX = ROOT / "docs" / "README.md"
_FENCED = re.compile(r"(?ms)^ *(```+)[^`]*?\n.*?^ *\1 *$")


@cache
def _headings(page: Path) -> set[str]:
    """The anchors that a page's headings get on GitHub."""
    titles = re.findall(r"(?m)^#+ +(.*?) *#*$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _links(page: Path) -> list[tuple[str, Path, str]]:
    """Relative links: as they are written, where they lead, to which heading."""
    found = []
    for link in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        if "://" not in link and not link.startswith("mailto:"):
            path, _, anchor = unquote(link).partition("#")
            found.append((link, (page.parent / path).resolve() if path else page, anchor))
    return found


def test_relative_links_lead_to_a_file_and_its_heading() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in [*pages(), ROOT / "CONTRIBUTING.md"]
        for link, target, anchor in _links(page)
        if not target.exists() or (anchor and anchor not in _headings(target))
    ]
    assert broken == []


def test_the_index_links_to_every_page() -> None:
    found = {target for page in (_INDEX, _INDEX.parent / "decisions" / "README.md") for _, target, _ in _links(page)}
    missing = [str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md") if page not in found | {_INDEX}]
    assert missing == [], "docs/README.md has no link to them"


def test_every_picture_is_on_a_page() -> None:
    shown = {target for page in pages() for _, target, _ in _links(page)}
    lost = [
        str(path.relative_to(ROOT))
        for kind in ("png", "svg")
        for path in (ROOT / "docs").rglob(f"*.{kind}")
        if path not in shown
    ]
    assert lost == []
