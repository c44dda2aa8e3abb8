"""Numbers of things that there are, as the pages quote them."""

import re

from mock_athena.faults.catalogue import names
from mock_athena.faults.scenarios import shipped
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.ratelimit import POLICIES
from tests.docs.blocks import ROOT

_WORDS = {"ten": 10, "eleven": 11, "twelve": 12}
# By how a page says it: how many there are.
FIGURES = {
    r"(\d+) scenarios": len(shipped()),
    r"(\d+) bad days": len(shipped()),
    r"All (\d+)\]\(reference/faults.md#scenarios": len(shipped()),
    r"(\d+) kinds\]\(reference/faults.md#kinds": len(names()),
    r"(\d+) types of US Core": len(RESOURCE_TYPES),
    r"the guide's and (\w+) other policies": len(POLICIES) - 1,
}


def test_what_is_counted_on_a_page_is_counted_right() -> None:
    pages = (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    for said, number in FIGURES.items():
        found = re.findall(said, text)
        assert found, said
        assert {_WORDS.get(each) or int(each) for each in found} == {number}, said
