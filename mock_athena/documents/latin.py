"""Text in Latin-1, which is all that the fonts know that every PDF reader has.

Typographic signs get their plain like, letters lose accents that Latin-1 lacks, and what is left becomes a question
mark.
"""

import unicodedata

_REPLACED = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "‑": "-",
        "−": "-",
        "≥": ">=",
        "≤": "<=",
        "≈": "~",
        "→": "->",
        "•": "-",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "…": "...",
        "μ": "µ",
        "α": "alpha",
        "β": "beta",
        "γ": "gamma",
        "δ": "delta",
        "Δ": "delta ",
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "ı": "i",
        "œ": "oe",
        "Œ": "OE",
        "€": "EUR",
        "™": "(TM)",
    }
)


def line(text: str, longest: int) -> str:
    """``text`` in Latin-1 without line breaks, cut after ``longest`` letters."""
    return cut(" ".join(text.split()), longest)


def cut(text: str, longest: int) -> str:
    """``text`` in Latin-1, cut after ``longest`` letters."""
    found = _latin(text[: longest + 1])  # never fewer letters than before, and sometimes more
    return found if len(found) <= longest else found[: longest - 3].rstrip() + "..."


def _latin(text: str) -> str:
    plain = text.translate(_REPLACED)
    if plain.isascii():
        return plain
    return "".join(_letter(letter) for letter in plain)


def _letter(letter: str) -> str:
    if ord(letter) < 256:
        return letter
    bare = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return bare or "?"
