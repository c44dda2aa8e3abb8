"""Pictures that are drawn without a library are what the code draws."""

import runpy

from tests.docs.blocks import ROOT


def test_the_pictures_of_the_explanations_are_as_drawn() -> None:
    drawn = runpy.run_path(str(ROOT / "docs" / "plots" / "explanation.py"))["pictures"]()
    stale = [path.name for path, picture in drawn if path.read_text(encoding="utf-8") != picture]
    assert stale == [], "python docs/plots/explanation.py"
