"""The page of settings says the same as ``mock-athena serve --help``: both come from one table."""

import re
from dataclasses import Field, fields
from typing import Any

import pytest

from mock_athena.settings import ENVIRONMENT_PREFIX, Settings, environment_name
from tests.docs.blocks import ROOT, pages

PAGE = ROOT / "docs" / "settings.md"
KNOBS = {knob.name: knob for knob in fields(Settings)}


@pytest.mark.parametrize("knob", KNOBS.values(), ids=KNOBS)
def test_each_setting_has_its_option_variable_and_help(knob: Field[Any]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"--{knob.name.replace('_', '-')}" in text
    assert environment_name(knob.name) in text
    assert knob.metadata["help"] in text


def test_no_page_names_a_variable_that_does_not_exist() -> None:
    known = {environment_name(name) for name in KNOBS}
    for page in pages():
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(rf"\b{ENVIRONMENT_PREFIX}[A-Z_]+\b", text))
        # A page may show what happens to a mistyped name.
        mistyped = set(re.findall(r"unknown setting (\w+)", text))
        assert named <= known | mistyped, page
