"""The table of ``docs/benchmarks.md`` from the raw figures of one run."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

Raw = Mapping[str, Any]


def markdown(raw: Raw) -> str:
    """All tables as Markdown, of what was measured."""
    tables = {
        "start": _start,
        "search": _requests,
        "export": _export,
        "generate": _generate,
        "limiters": _exactness,
        "pacing": _pacing,
    }
    return "\n".join(table(raw) for what, table in tables.items() if what in raw)


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"**{title}**", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows), ""])


def _start(raw: Raw) -> str:
    rows = [
        (name, f"{median(found):.2f} s", f"{min(found):.2f}–{max(found):.2f}", f"{median(found) / _ours(raw):.2f}")
        for name, found in raw["start"].items()
    ]
    return _table("Start to first 200", ("", "median", "range", "by ours"), rows)


def _ours(raw: Raw) -> float:
    ours: list[float] = raw["start"]["ours"]
    return median(ours)


def _requests(raw: Raw) -> str:
    rows = []
    for what in ("read", "search"):
        ours = _rate(raw[what]["ours"])
        for name, cells in raw[what].items():
            rate = _rate(cells)
            size = next((cell["bytes"] for cell in cells if "bytes" in cell), 0)
            told = (_often(rate), f"{rate / ours:.2g}") if rate else ("failed", "-")
            rows.append((what, name, *told, f"{size:,}"))
    return _table("Answers a second, 16 connections", ("", "", "median", "by ours", "bytes"), rows)


def _often(rate: float) -> str:
    """Answers a second, or the seconds that one takes."""
    return f"one in {1 / rate:,.0f} s" if rate < 0.5 else f"{rate:,.1f}" if rate < 100 else f"{rate:,.0f}"


def _rate(cells: Sequence[Raw]) -> float:
    found = [cell["perSecond"] for cell in cells if "perSecond" in cell]
    return median(found) if found else 0.0


def _export(raw: Raw) -> str:
    rows = []
    for name, runs in raw["export"].items():
        good = [run for run in runs if "seconds" in run]
        if not good:
            rows.append((name, runs[0]["failed"], "-", "-", "-"))
            continue
        count = good[0]["resources"]
        wall, cpu = median(run["seconds"] for run in good), median(run["cpu"] for run in good)
        rows.append((name, f"{count:,}", f"{wall:.2f} s", f"{cpu:.2f} s", f"{count / cpu:,.0f}"))
    return _table("`Patient/$export`, all files", ("", "resources", "wall", "server's CPU", "resources by CPU s"), rows)


def _generate(raw: Raw) -> str:
    rows = [
        (name, f"{run['resources']:,}", f"{run['seconds']:.2f} s", f"{run['resources'] / run['seconds']:,.0f}")
        for name, run in raw["generate"].items()
    ]
    return _table("Synthetic patients, command to end", ("", "resources", "wall", "resources a second"), rows)


def _exactness(raw: Raw) -> str:
    rows = [
        (
            f"{name}, over HTTP",
            "",
            "",
            f"{found['statuses'].get('200', found['statuses'].get(200, 0))} of {found['ideal']}",
            "",
        )
        for name, found in raw["exactness"].items()
    ]
    for name, found in raw["limiters"].items():
        admitted = f"{found['admitted']} of {found['ideal']}"
        cost = (f"{found['admittedNs'] / 1000:.2f} µs", f"{found['refusedNs'] / 1000:.2f} µs")
        rows.append((f"{name}, in process", *cost, admitted, f"{found['least17']:.3f} s"))
    head = ("", "admitting", "refusing", "admitted in 6.6 s", "least time of 17")
    return _table("16 in any 2 seconds", head, rows)


def _pacing(raw: Raw) -> str:
    rows = [
        (
            name,
            threads,
            f"{run['seconds']:.2f} s",
            f"{100 * (run['seconds'] / found['least'] - 1):+.1f} %",
            str(run["refused"]),
        )
        for threads, found in raw["pacing"].items()
        for name, run in found.items()
        if name != "least"
    ]
    return _table("100 reads at the limit", ("", "threads", "took", "over the least", "refused"), rows)
