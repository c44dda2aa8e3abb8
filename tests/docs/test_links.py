"""Links from page to page lead somewhere."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.blocks import ROOT, pages

_LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")


def _headings(page: Path) -> set[str]:
    """The anchors that a page's headings get on GitHub."""
    titles = re.findall(r"(?m)^#+ +(.*?) *#*$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", [str(page.relative_to(ROOT)) for page in pages()])
def test_relative_links_lead_to_a_file_and_its_heading(page: str) -> None:
    source = ROOT / page
    for link in _LINK.findall(source.read_text(encoding="utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = source.parent / path if path else source
        assert target.exists(), f"{page}: {link}"
        assert not anchor or anchor in _headings(target), f"{page}: {link}"
