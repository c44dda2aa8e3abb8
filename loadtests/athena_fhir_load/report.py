"""The verdict on a run: ``python -m athena_fhir_load.report --journal URL|FILE``, and after every run of locust.

In a folder: ``index.html``, which needs nothing else, the pictures, ``report.json`` for CI, and the journal, of which
the report can be made again. Exit code 1: the limiter broke its policy. 2: there was nothing to judge, or an argument
was wrong.
"""

import argparse
import base64
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from athena_fhir_load.ending import ended
from athena_fhir_load.figures import Figures, figures_of
from athena_fhir_load.journals import DataError, Journal, LoadError, fetched, read
from athena_fhir_load.page import page
from athena_fhir_load.summary import lines_of
from athena_fhir_load.thresholds import Thresholds
from mock_athena.errors import ConfigurationError
from mock_athena.ratelimit import policy_named
from mock_athena.ratelimit.policies import Policy
from mock_athena.ratelimit.policy_files import policy_of

BROKEN, NOTHING_TO_JUDGE = 1, 2


def written(
    journal: Journal,
    folder: Path | None,
    title: str,
    *,
    limits: str = "",
    run: Mapping[str, Any] | None = None,
    thresholds: Thresholds | None = None,
    pictures: bool = True,
) -> Figures:
    """Judge a journal, and write the report into a folder, if there is one.

    Args:
        limits: the name of the policy, where the journal does not say. pictures: whether to draw any.

    Raises:
        LoadError: nothing was limited, or nobody says by which policy.
    """
    policy = _policy(journal, limits)
    if not journal.decided:
        whose = f" of client {journal.client!r}" if journal.client else ""
        message = f"{journal.source}: {len(journal.entries):,} exchanges, and the limiter decided on none{whose}: "
        message += "nothing to judge."
        raise LoadError(message + " Were requests sent, with a valid token, and is the policy not 'off'?")
    figures: Figures = {"title": title} | figures_of(journal, policy, run)
    if thresholds and figures["generator"]:
        figures["thresholds"] = thresholds.checked(figures["generator"])
    if folder:
        _write(journal, policy, figures, run, folder, pictures=pictures)
    return figures


def _write(
    journal: Journal, policy: Policy, figures: Figures, run: Mapping[str, Any] | None, folder: Path, *, pictures: bool
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    journal.write(folder / "journal.json")
    if run is not None:
        (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    drawn: list[str] = []
    if pictures:
        from athena_fhir_load import plots  # half a second that a wrong argument need not wait for

        drawn = plots.drawn(journal, policy, figures, run, folder)
    (folder / "report.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    (folder / "index.html").write_text(
        page(figures, {name: embedded(folder / name) for name in drawn}), encoding="utf-8"
    )


def embedded(path: Path) -> str:
    """A picture as a data URL."""
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()


def broke(figures: Mapping[str, Any]) -> bool:
    """Whether the limiter did anything that its policy does not allow."""
    limiter = figures["limiter"]
    kinds = ("over_admission", "under_admission", "dishonest", "went_back")
    return any(limiter[kind] for kind in kinds) or bool(figures["retry_after"]["early"])


def journal_at(where: str, client: str = "") -> Journal:
    """The journal at an address, or in a file; of one client alone, where one is named.

    Raises:
        LoadError: it is neither.
    """
    if "://" in where:
        return fetched(where).of(client)
    return read(Path(where)).of(client)


def _policy(journal: Journal, limits: str) -> Policy:
    name = limits or journal.policy
    if not name:
        message = (
            f"{journal.source} does not say by which policy it was decided: name it with --limits, such as mission"
        )
        raise LoadError(message)
    try:
        if journal.written and not limits:
            return policy_of(journal.written, journal.source)
        return policy_named(name)
    except ConfigurationError as error:
        raise LoadError(f"{error}. Name the policy with --limits") from None


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m athena_fhir_load.report", description=__doc__)
    parser.add_argument(
        "--journal", required=True, metavar="URL|FILE", help="a running emulator, or a file of its journal"
    )
    parser.add_argument("--client", default="", help="judge the requests of this client alone")
    parser.add_argument(
        "--limits", default="", help="policy by name, or a .toml file of one; the emulator's if left out"
    )
    parser.add_argument("--out", type=Path, default=Path("build/load/report"), help="folder (default: %(default)s)")
    parser.add_argument("--title", default="", help="of the report")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    asked = _arguments(arguments)
    try:
        journal = journal_at(asked.journal, asked.client)
        title = asked.title or (f"{asked.client} at {journal.source}" if asked.client else journal.source)
        figures = written(journal, asked.out, title, limits=asked.limits)
    except OSError as error:
        sys.stderr.write(f"{asked.out} cannot be written: {error.strerror}\n")
        return NOTHING_TO_JUDGE
    except (LoadError, DataError) as error:
        sys.stderr.write(f"{error}\n")
        return NOTHING_TO_JUDGE
    sys.stdout.write("\n".join([*lines_of(figures), f"report: {asked.out / 'index.html'}", ""]))
    return BROKEN if broke(figures) else 0


if __name__ == "__main__":
    sys.exit(ended(main))
