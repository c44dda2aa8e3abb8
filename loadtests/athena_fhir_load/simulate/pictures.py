"""What the pictures of all studies have in common. Needs matplotlib."""

from pathlib import Path
from typing import Any

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def figure(rows: int = 1, columns: int = 1, title: str = "") -> tuple[Any, Any]:
    """A figure with its axes, one or an array of them.

    Raises:
        RuntimeError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        message = "pictures need matplotlib: pip install matplotlib, or leave out --plots"
        raise RuntimeError(message) from error
    made = Figure(figsize=(4.8 * columns + 4.2 * (columns == 1), 3.4 * rows), layout="constrained")
    made.suptitle(title, fontsize=11)
    return made, made.subplots(rows, columns)


def saved(picture: Any, path: Path) -> None:
    """Write it, without the moment and the versions, so that the same figures are the same bytes."""
    picture.savefig(path, dpi=110, metadata={"Software": None})
