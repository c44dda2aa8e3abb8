"""A decimal is served with the digits that it was loaded with: its precision is part of the measurement."""

from functools import partial
from pathlib import Path

import pytest

from mock_athena.store.bodies import decoded, encoded
from mock_athena.store.files import open_temporary
from mock_athena.store.loading import load_files


@pytest.mark.parametrize("digits", ["1.10", "72.500", "0.0", "1.0E+3", "-0.00001000", "1" * 30 + ".10", "1E+400"])
def test_the_digits_of_a_decimal_are_kept(digits: str, tmp_path: Path) -> None:
    line = f'{{"resourceType":"Observation","id":"o1","status":"final","valueQuantity":{{"value":{digits}}}}}\n'
    file = tmp_path / "Observation.ndjson"
    file.write_text(line)
    store = open_temporary(partial(load_files, named=[str(file)], now=0))
    stored = store.snapshot().read("Observation", "o1")
    store.close()
    assert stored is not None
    assert f'"value":{digits}}}'.encode() in stored.body


def test_texts_that_look_like_decimals_stay_texts() -> None:
    value = {"text": "1.10", "other": "decimal-:1.10", "number": 1.5, "whole": 7}
    assert decoded(encoded(value)) == {**value, "number": decoded(b"1.5")}


def test_a_value_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no JSON value"):
        encoded({"value": {1, 2}})
