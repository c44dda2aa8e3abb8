"""Sentences of the notes: what the modules say, with how high things are."""

from datetime import date

from mock_athena.population.life.prospect import Life

_CONTROL = {
    "a1c": (7.0, 8.5),
    "systolic": (130, 145),
    "ldl": (100, 140),
    "tsh": (4.2, 8.0),
    "phq9": (5, 12),
    "gad7": (5, 12),
    "uric_acid": (6.0, 8.0),
    "pain": (2.5, 5.5),
    "albuminuria": (30, 300),
    "bmi": (30, 35),
}
_WORDS = "_words"


class Levels(dict[str, str]):
    """What a sentence may name: ``{a1c}`` a level, ``{a1c_words}`` how well it is controlled."""

    def __init__(self, life: Life, day: date) -> None:
        super().__init__()
        self._life = life
        self._day = day

    def __missing__(self, key: str) -> str:
        if not key.endswith(_WORDS):
            return f"{self._life.level(key, self._day):.{1 if key in ('a1c', 'tsh', 'hemoglobin') else 0}f}"
        variable = key.removesuffix(_WORDS)
        good, poor = _CONTROL.get(variable, (0, 0))
        if not good:
            return "stable"
        level = self._life.level(variable, self._day)
        return "well controlled" if level < good else "fairly controlled" if level < poor else "poorly controlled"


def said(sentence: str, levels: Levels) -> str:
    """A sentence with its levels filled in."""
    return sentence.format_map(levels) if "{" in sentence else sentence
