"""Text that others wrote, so that it can be shown and sent on whatever is in it."""

import json
from typing import Any


def json_text(value: Any, **options: Any) -> str:
    """JSON in readable letters; escaped where half of a surrogate pair is in it, which UTF-8 does not have."""
    text = json.dumps(value, ensure_ascii=False, **options)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, **options)
    return text


def printable(text: str) -> str:
    """The text with a mark in place of what steers a terminal or cannot be written; its lines stay."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)
