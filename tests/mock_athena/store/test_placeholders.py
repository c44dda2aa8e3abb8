import re
from pathlib import Path

from mock_athena import store


def test_no_value_is_given_by_number() -> None:
    """``?1`` is a warning in Python 3.12.0 to 3.12.3: an answer 500 to whoever makes errors of warnings."""
    for path in Path(store.__file__).parent.rglob("*.py"):
        assert not re.search(r"\?\d", path.read_text(encoding="utf-8")), path
