"""The diagram of an export's life is drawn from the table of moves."""

from pathlib import Path

from mock_athena.export.states import MOVES, JobState

PAGE = (Path(__file__).parents[2] / "docs" / "bulk-export.md").read_text(encoding="utf-8")


def _name(state: JobState) -> str:
    return state.replace("-", "_")  # a hyphen is no part of a name in Mermaid


def drawn() -> str:
    """The diagram in the words of Mermaid: https://mermaid.js.org/syntax/stateDiagram.html."""
    ends = [state for state in JobState if not any(move.source is state for move in MOVES)]
    return "\n".join((
        "```mermaid",
        "stateDiagram-v2",
        *(f'    state "{state}" as {_name(state)}' for state in JobState if _name(state) != state),
        f"    [*] --> {_name(JobState.IN_PROGRESS)}: kick-off",
        *(f"    {_name(move.source)} --> {_name(move.target)}: {move.cause}" for move in MOVES),
        *(f"    {_name(state)} --> [*]" for state in ends),
        "```",
    ))  # fmt: skip


def test_the_diagram_is_that_of_the_table() -> None:
    assert drawn() in PAGE, f"expected in docs/bulk-export.md:\n{drawn()}"
