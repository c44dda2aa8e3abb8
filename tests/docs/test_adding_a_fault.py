"""The page about adding a fault shows a file as it is."""

from tests.docs.blocks import ROOT


def test_the_file_on_the_page_is_the_file_in_the_folder() -> None:
    page = (ROOT / "docs" / "adding-a-fault.md").read_text(encoding="utf-8")
    shown = page.partition("```python\n")[2].partition("```\n")[0]
    assert shown == (ROOT / "mock_athena" / "faults" / "kinds" / "duplicated_entries.py").read_text(encoding="utf-8")
