"""The table of a bench, as data, as text and as Markdown, and what becomes of the guide's claims."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from athena_fhir_client.bench.emulated import Measured

GUIDE: dict[int, tuple[float, float, float]] = {
    100: (12.5, 300.0, 99.0),
    1_000: (125.0, 600.0, 99.8),
    5_000: (625.0, 1200.0, 99.9),
}
"""Resources → what the guide says: seconds of individual calls, seconds of a bulk export, percent of cost saved."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One way of asking for so many resources.

    Attributes:
        resources: how many were asked for. got: how many came.
    """

    method: str
    label: str
    resources: int
    got: int
    measured: Measured

    @property
    def saved(self) -> float:
        """Percent of the requests that individual calls take. Computed, not measured."""
        return 100.0 * (1 - self.measured.requests / self.resources)


def as_json(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """All cells; what is computed says so in its name."""
    return [asdict(each) | {"saved_percent_computed": round(each.saved, 2)} for each in cells]


def rows(cells: Sequence[Cell]) -> list[tuple[str, ...]]:
    """One row for each way: of each size requests and seconds, as measured; what was saved, computed."""
    sizes = sorted({each.resources for each in cells})
    found: list[tuple[str, ...]] = []
    for label in dict.fromkeys(each.label for each in cells):
        of = {each.resources: each for each in cells if each.label == label}
        found.append((label, *(_cell(of.get(size)) for size in sizes)))
    return found


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "—"
    told = cell.measured
    refused = f", {told.refused} × 429" if told.refused else ""
    return f"{told.requests:,} requests, {told.seconds:,.1f} s{refused}; saves {cell.saved:.1f} %*"


def claims(cells: Sequence[Cell]) -> list[str]:
    """What becomes of the guide's claims, as far as was measured."""
    return [line for cell in cells if cell.method == "bulk" for line in _claims(cell)] + _individual(cells)


def _individual(cells: Sequence[Cell]) -> list[str]:
    told = [each for each in cells if each.method == "spaced" and each.resources in GUIDE]
    return [
        f"{each.resources:,} individual calls: the guide says {GUIDE[each.resources][0]:g} s, "
        f"the journal {each.measured.seconds:.1f} s"
        for each in told
    ]


def _claims(cell: Cell) -> list[str]:
    if cell.resources not in GUIDE:
        return []
    _, seconds, saved = GUIDE[cell.resources]
    efficient = "holds" if cell.saved >= 90 else "does not hold"
    savings = "holds" if cell.saved >= saved else "does not hold"
    times = f"the guide says {seconds / 60:g} min, the journal {cell.measured.seconds / 60:.1f} min"
    return [
        f"{cell.resources:,} resources in bulk, '90 % more efficient': {efficient} ({cell.saved:.1f} % fewer requests)",
        f"{cell.resources:,} resources in bulk, 'cost savings {saved:g} %': {savings} ({cell.saved:.2f} %)",
        f"{cell.resources:,} resources in bulk: {times}",
    ]
