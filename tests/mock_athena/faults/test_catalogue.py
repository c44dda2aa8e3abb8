"""Every file of the folder is one fault, documented, with parameters that can be left out."""

from pathlib import Path

import pytest

from mock_athena.faults import kinds
from mock_athena.faults.catalogue import fault_class, names, parameters, teaches
from mock_athena.faults.parameters import described


def test_every_file_is_a_fault() -> None:
    files = {path.stem for path in Path(kinds.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(names()) == {stem.replace("_", "-") for stem in files}
    assert len(names()) >= 20


@pytest.mark.parametrize("name", names())
def test_a_fault_is_a_frozen_value_with_words_and_defaults(name: str) -> None:
    found = fault_class(name)
    assert found() == found()
    assert getattr(found, "__dataclass_params__").frozen  # noqa: B009 - no attribute that type checkers know
    assert len(teaches(name)) > 20
    assert found().phases()
    for parameter in parameters(name):
        assert parameter.name in teaches(name) or parameter.name in ("status", "message", "origin")
        assert described(parameter.type).startswith(("a ", "true", "'"))


def test_an_unknown_fault_is_an_error_that_names_what_is_near() -> None:
    with pytest.raises(ValueError, match=r"unknown fault 'latincy'.*did you mean 'latency'"):
        fault_class("latincy")
