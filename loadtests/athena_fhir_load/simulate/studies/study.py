"""What a study finds: a question, a table, an answer made of the figures, and the outcomes behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from athena_fhir_load.simulate.outcome import Outcome

Cell = str | int | float
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One question answered.

    Attributes:
        rows: one cell for each of ``columns``.
        answers: sentences, whose numbers are of the table.
    """

    name: str
    question: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    answers: tuple[str, ...]
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)

    @property
    def decisions(self) -> int:
        """How many requests were decided on."""
        return sum(outcome.decisions for outcome in self.outcomes)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "study": self.name,
            "question": self.question,
            "answers": list(self.answers),
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "outcomes": [outcome.as_json() for outcome in self.outcomes],
        }

    def column(self, name: str, **where: Cell) -> list[Any]:
        """The cells of a column, of the rows that have these cells in other columns."""
        at = self.columns.index(name)
        chosen = {self.columns.index(column): cell for column, cell in where.items()}
        return [row[at] for row in self.rows if all(row[place] == cell for place, cell in chosen.items())]


def scaled(number: float, scale: float) -> int:
    """So many of them at this scale, and one at least."""
    return max(1, round(number * scale))


def table(study: Study) -> str:
    """The table as lines of text."""
    cells = [study.columns, *([_text(cell) for cell in row] for row in study.rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(study.columns))]
    return "\n".join(_line(row, widths) for row in cells)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join((first, *others)).rstrip()


def _text(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:,.3f}" if abs(cell) < 10 else f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell
