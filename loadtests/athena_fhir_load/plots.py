"""Draws a run: one function, one picture; each answers a question that its title asks.

Colours are those of Okabe and Ito, which people of any colour vision tell apart, and no meaning is in the colour alone.
Pictures have a light ground of their own, so that they are read on a light and on a dark page.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from athena_fhir_load.figures import Figures
from athena_fhir_load.histogram import Histogram
from athena_fhir_load.journals import Decided, Journal
from athena_fhir_load.judging import callers_of
from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit.explain import most
from mock_athena.ratelimit.limits import Limit
from mock_athena.ratelimit.policies import OFF, Policy

INK, GREY, GROUND = "#212b36", "#5f6b76", "#fbfbfa"
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#aa4499"
_LINES = ((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."), (PURPLE, ":"))
_STEPS = 800
_MOST_CALLERS = 16
_MOST_BARS = 120
_LONG_ENOUGH = 4.0  # seconds: what takes less says little about a pace

Draw = Callable[[Journal, Policy, Mapping[str, Any], Mapping[str, Any] | None, Path], bool]


def drawn(
    journal: Journal, policy: Policy, figures: Mapping[str, Any], run: Mapping[str, Any] | None, folder: Path
) -> list[str]:
    """Every picture for which there is something to draw, in ``folder``; answers the names of the files."""
    made = []
    for name, draw in PICTURES.items():
        if draw(journal, policy, figures, run, folder / f"{name}.png"):
            made.append(f"{name}.png")
    return made


def drawn_without(run: Mapping[str, Any], folder: Path) -> list[str]:
    """What can be drawn of the generator's notes alone."""
    figures: Figures = {"decision": {"histograms": {"answer": {}, "refusal": {}}}}
    nothing = Journal((), {}, "", "")
    chosen = {name: PICTURES[name] for name in ("latency", "capacity")}
    return [f"{name}.png" for name, draw in chosen.items() if draw(nothing, OFF, figures, run, folder / f"{name}.png")]


def envelope(journal: Journal, policy: Policy, figures: Mapping[str, Any], _: Any, path: Path) -> bool:
    """What the callers that asked most were admitted, against what the policy allows at the very most."""
    busiest = _busiest(journal, figures)
    if not busiest or most(policy, 1) is None:
        return False
    figure, axes = _axes(
        "Did anybody get more than the policy allows?", "seconds since the caller's first request", "requests admitted"
    )
    longest = max(own[-1].judged.instant - own[0].judged.instant for own in busiest.values()) or NANOSECONDS
    steps = [step * longest // _STEPS for step in range(_STEPS + 1)]
    allowed = [most(policy, step + 1) or 0 for step in steps]
    along = [step / NANOSECONDS for step in steps]
    axes.fill_between(along, allowed, max(allowed) * 1.08, step="post", color=VERMILION, alpha=0.13, linewidth=0)
    axes.step(along, allowed, where="post", color=INK, linewidth=1.2, label="most that any caller may have")
    for (quota, own), (colour, style) in zip(busiest.items(), _LINES, strict=False):
        spent = [(instant - own[0].judged.instant) / NANOSECONDS for instant in _spent(own)]
        axes.step(
            spent,
            range(1, len(spent) + 1),
            where="post",
            color=colour,
            linestyle=style,
            linewidth=1.8,
            label=_short(quota),
        )
    axes.set_ylim(0, max(allowed) * 1.08)
    axes.set_xlim(0, along[-1])
    axes.text(0.02, 0.9, "beyond the limit", transform=axes.transAxes, color=VERMILION, fontsize=9)
    return _saved(figure, axes, path, "lower right")


def occupancy(journal: Journal, policy: Policy, figures: Mapping[str, Any], _: Any, path: Path) -> bool:
    """How full the window was, of the callers that asked most, at every decision; one panel each."""
    limit = _shortest(policy)
    busiest = _busiest(journal, figures)
    if limit is None or not busiest:
        return False
    size = (7.6, 1.2 + 1.15 * len(busiest))
    figure, grid = pyplot.subplots(
        len(busiest), 1, figsize=size, sharex=True, squeeze=False, constrained_layout=True, facecolor=GROUND
    )
    begin = min(own[0].judged.instant for own in busiest.values())
    # Of a fixed window or a bucket any stretch may hold more than the quota.
    allowed = most(Policy("one", (limit,)), limit.window * NANOSECONDS) or limit.quota
    for axes, (quota, own), (colour, _style) in zip(grid[:, 0], busiest.items(), _LINES, strict=False):
        _dressed(axes, "", "", "")
        along, filled = _filled(_spent(own), limit, begin)
        axes.fill_between(along, filled, step="post", color=colour, alpha=0.75, linewidth=0)
        axes.axhline(allowed, color=INK, linewidth=1.2)
        axes.set(ylim=(0, max(allowed, *filled, 1) * 1.3), yticks=sorted({0, allowed // 2, allowed}))
        axes.set_title(_short(quota), loc="right", fontsize=8, color=INK, pad=2)
    grid[0, 0].set_title(f"How full was the window of {limit.window} s?", loc="left", fontsize=11, color=INK)
    grid[-1, 0].set_xlabel("seconds since the first decision (line: the most that the limit allows)", color=INK)
    figure.supylabel(f"admitted within the last {limit.window} s", fontsize=9, color=INK)
    figure.savefig(path, dpi=110, facecolor=GROUND)
    pyplot.close(figure)
    return True


def timeline(journal: Journal, policy: Policy, figures: Mapping[str, Any], _: Any, path: Path) -> bool:
    """Admitted and refused in each second, or in as many as make bars that can be told apart."""
    if not journal.decided:
        return False
    begin = journal.decided[0].judged.instant
    longest = max(each.judged.instant for each in journal.decided) - begin
    width = -(-(longest + 1) // (_MOST_BARS * NANOSECONDS))  # seconds
    admitted, refused = Counter[int](), Counter[int]()
    for each in journal.decided:
        (admitted if each.judged.allowed else refused)[(each.judged.instant - begin) // (width * NANOSECONDS)] += 1
    bars = range(max([*admitted, *refused]) + 1)
    each_ = "a second" if width == 1 else f"{width:,} seconds"
    figure, axes = _axes(
        "How many were admitted, and told to come later?",
        "seconds since the first decision",
        f"requests decided in {each_}",
    )
    along = [bar * width for bar in bars]
    below = [admitted[bar] for bar in bars]
    drawn_as: dict[str, Any] = {"width": 0.9 * width, "align": "edge"}
    axes.bar(along, below, color=BLUE, label="admitted", **drawn_as)
    _hatched(axes.bar, along, [refused[bar] for bar in bars], bottom=below, **drawn_as)
    return _saved(figure, axes, path, "above")


def _hatched(bars: Callable[..., Any], along: Sequence[float], values: Sequence[int], **more: Any) -> None:
    """Refused requests, in every picture alike."""
    bars(along, values, color=ORANGE, hatch="///", edgecolor=GROUND, linewidth=0, label="refused (429)", **more)


def shares(journal: Journal, policy: Policy, figures: Mapping[str, Any], _: Any, path: Path) -> bool:
    """What each caller asked for and got; the busiest, where there are many."""
    callers = figures["callers"][:_MOST_CALLERS]
    if not callers:
        return False
    figure, axes = _axes("Who got how much?", "requests", "", height=1.6 + 0.27 * len(callers))
    names = [_short(caller["caller"]) for caller in callers]
    admitted = [caller["admitted"] for caller in callers]
    rows = range(len(callers))  # names that are shortened may be alike
    axes.barh(rows, admitted, color=BLUE, label="admitted")
    _hatched(axes.barh, rows, [caller["refused"] for caller in callers], left=admitted)
    axes.set_yticks(rows, names)
    axes.invert_yaxis()
    left_out = len(figures["callers"]) - len(callers)
    if left_out:
        axes.set_xlabel(f"requests ({left_out:,} callers that asked less are not shown)")
    return _saved(figure, axes, path, "above")


def latency(
    journal: Journal, policy: Policy, figures: Mapping[str, Any], run: Mapping[str, Any] | None, path: Path
) -> bool:
    """How long answers took: by the emulator's clock, and by the generator's from the time at which each was due."""
    told = figures["decision"]["histograms"]
    lines = [("200 and the like, within the emulator", Histogram.from_json(told["answer"]), SKY, "--")]
    lines.append(("429, within the emulator", Histogram.from_json(told["refusal"]), ORANGE, "--"))
    for kind, label, colour in (
        ("answered", "200 and the like, since it was due", BLUE),
        ("refused", "429, since it was sent", VERMILION),
    ):
        if run and kind in run["latency"]:
            lines.append((label, Histogram.from_json(run["latency"][kind]), colour, "-"))
    lines = [line for line in lines if len(line[1])]
    if not lines:
        return False
    figure, axes = _axes(
        "How long did answers take?", "milliseconds (logarithmic)", "share of answers that took no longer, %"
    )
    for label, histogram, colour, style in lines:
        points = list(histogram.cumulated())
        axes.step(
            [x for x, _ in points],
            [100 * y for _, y in points],
            where="post",
            color=colour,
            linestyle=style,
            linewidth=1.6,
            label=f"{label} ({len(histogram):,})",
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    for share in (50, 99):
        axes.axhline(share, color=GREY, linewidth=0.6, linestyle=":")
    axes.set_ylim(0, 101)
    return _saved(figure, axes, path, "below")


def optimum(journal: Journal, policy: Policy, figures: Mapping[str, Any], _: Any, path: Path) -> bool:
    """How long each kind of caller took for what it was admitted, against the least that the policy allows."""
    best: dict[str, Mapping[str, Any]] = {}
    for caller in figures["callers"]:
        if caller["times_the_least"] and caller["least_seconds"] >= _LONG_ENOUGH:
            best.setdefault(caller["group"], caller)
    callers = sorted(best.values(), key=lambda caller: caller["times_the_least"])[:_MOST_CALLERS]
    if not callers:
        return False
    title = "How far from the optimum, and at what price?"
    figure, axes = _axes(
        title, "time taken, as a multiple of the least (1 is the optimum)", "", 1.5 + 0.34 * len(callers)
    )
    names = [caller["group"] for caller in callers]
    axes.barh(names, [caller["times_the_least"] for caller in callers], color=BLUE, height=0.6)
    for row, caller in enumerate(callers):
        told = f" {caller['times_the_least']:.3f} ({caller['refused']:,} refused, {caller['admitted']:,} admitted)"
        axes.text(caller["times_the_least"], row, told, va="center", fontsize=8, color=INK)
    axes.axvline(1, color=INK, linewidth=1.2)
    axes.set_xlim(0, 1.7 * max(caller["times_the_least"] for caller in callers))
    axes.invert_yaxis()
    figure.savefig(path, dpi=110, facecolor=GROUND)
    pyplot.close(figure)
    return True


def retry_after(journal: Journal, policy: Policy, figures: Mapping[str, Any], _: Any, path: Path) -> bool:
    """How long refused callers were told to wait, against how long they had to."""
    pairs = figures["retry_after"]["pairs"]
    if not pairs:
        return False
    figure, axes = _axes(
        "Was the Retry-After right?",
        "seconds after which the request would have been admitted",
        "seconds that Retry-After told",
    )
    top = max(max(told, true) for told, true in pairs) * 1.1
    axes.fill_between([0, top], [0, top], color=VERMILION, alpha=0.13, linewidth=0)
    axes.plot([0, top], [0, top], color=INK, linewidth=1)
    axes.scatter(
        [true for _, true in pairs],
        [told for told, _ in pairs],
        s=12,
        color=BLUE,
        alpha=0.5,
        linewidth=0,
        label=f"refusals ({figures['retry_after']['told']:,})",
    )
    axes.text(0.97, 0.06, "told too early", transform=axes.transAxes, color=VERMILION, fontsize=9, ha="right")
    axes.set(xlim=(0, top), ylim=(0, top))
    return _saved(figure, axes, path, "upper left")


def capacity(
    journal: Journal, policy: Policy, figures: Mapping[str, Any], run: Mapping[str, Any] | None, path: Path
) -> bool:
    """What was offered in each second and what was answered, and how long it took."""
    if not run or not run["timeline"]:
        return False
    told = sorted((int(second), each) for second, each in run["timeline"].items())
    along = [second for second, _ in told]
    figure, (rates, times) = pyplot.subplots(
        2, 1, figsize=(7.6, 5.6), sharex=True, constrained_layout=True, facecolor=GROUND
    )
    _dressed(rates, "What came, and what was carried?", "", "requests in a second")
    rates.plot(along, [each["offered"] for _, each in told], color=INK, linewidth=1.2, linestyle="--", label="due")
    rates.plot(along, [each["answered"] for _, each in told], color=BLUE, linewidth=1.8, label="answered")
    for kind, colour, style in (("refused", ORANGE, "-."), ("dropped", VERMILION, ":"), ("failed", PURPLE, "-")):
        if any(each[kind] for _, each in told):
            rates.plot(
                along, [each[kind] for _, each in told], color=colour, linestyle=style, linewidth=1.8, label=kind
            )
    rates.legend(frameon=False, fontsize=8, loc="upper left")
    rates.set_ylim(0)
    _dressed(times, "", "seconds since the load began", "ms since it was due")
    for share, colour, style in ((0.5, BLUE, "-"), (0.99, VERMILION, "--")):
        values = [Histogram.from_json(each["latency"]).quantile(share) for _, each in told]
        times.plot(along, values, color=colour, linestyle=style, linewidth=1.6, label=f"p{100 * share:g}")
    times.set_yscale("log")
    times.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    times.legend(frameon=False, fontsize=8, loc="upper left")
    figure.savefig(path, dpi=110, facecolor=GROUND)
    pyplot.close(figure)
    return True


def compared(runs: Sequence[tuple[str, Mapping[str, Any]]], path: Path) -> None:
    """The latencies within the emulator of several runs, in one picture."""
    figure, axes = _axes(
        "How long did answers take within the emulator?",
        "milliseconds (logarithmic)",
        "share of answers that took no longer, %",
    )
    for (name, figures), (colour, style) in zip(runs, _LINES, strict=False):
        for kind, width in (("answer", 1.8), ("refusal", 0.9)):
            histogram = Histogram.from_json(figures["decision"]["histograms"][kind])
            points = list(histogram.cumulated())
            label = f"{name}: {'429' if kind == 'refusal' else '200 and the like'} ({len(histogram):,})"
            axes.step(
                [x for x, _ in points],
                [100 * y for _, y in points],
                where="post",
                color=colour,
                linestyle=style,
                linewidth=width,
                label=label,
            )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_ylim(0, 101)
    _saved(figure, axes, path, "below")


PICTURES: dict[str, Draw] = {
    "envelope": envelope,
    "occupancy": occupancy,
    "timeline": timeline,
    "shares": shares,
    "optimum": optimum,
    "retry-after": retry_after,
    "latency": latency,
    "capacity": capacity,
}


def _busiest(journal: Journal, figures: Mapping[str, Any]) -> dict[str, list[Decided]]:
    """The callers that asked most, at most one of a kind, four in all."""
    chosen = {caller["group"]: caller["caller"] for caller in reversed(figures["callers"])}
    by_quota = callers_of(each for each in journal.decided if each.route != "oauth")
    names = [caller["caller"] for caller in figures["callers"] if caller["caller"] in set(chosen.values())]
    return {name: by_quota[name] for name in names[: len(_LINES)]}


def _spent(own: Sequence[Decided]) -> list[int]:
    """When a caller spent each unit of its quota."""
    return [each.judged.instant for each in own if each.judged.allowed for _ in range(each.judged.cost)]


def _shortest(policy: Policy) -> Limit | None:
    windows = [limit for limit in policy.limits if limit.window and limit.counts]
    return min(windows, key=lambda limit: limit.window, default=None)


def _filled(instants: Sequence[int], limit: Limit, begin: int) -> tuple[list[float], list[int]]:
    """Units in the window that ends at each instant at which one comes or goes."""
    window = limit.window * NANOSECONDS
    changes = sorted({*instants, *(instant + window for instant in instants)})
    filled = [bisect_right(instants, at) - bisect_right(instants, at - window) for at in changes]
    return [(at - begin) / NANOSECONDS for at in changes], filled


def _short(quota: str) -> str:
    """A quota's name without what all have in common."""
    name = re.sub(r"^client (load-[0-9a-f]{8}-)?", "", quota).removesuffix(" at production")
    name = re.sub(r"-[0-9]{9,}$", "", name)  # of clients that a run registers once more each time
    return name if len(name) <= 32 else f"{name[:20]}…{name[-11:]}"


def _axes(title: str, x: str, y: str, height: float = 4.2) -> tuple[Figure, Axes]:
    figure, axes = pyplot.subplots(figsize=(7.6, height), constrained_layout=True, facecolor=GROUND)
    _dressed(axes, title, x, y)
    return figure, axes


def _dressed(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_facecolor(GROUND)
    axes.set_title(title, loc="left", fontsize=11, color=INK)
    axes.set_xlabel(x, color=INK)
    axes.set_ylabel(y, color=INK)
    axes.tick_params(labelsize=8, colors=INK)
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _saved(figure: Figure, axes: Axes, path: Path, legend: str) -> bool:
    """Write it; the legend is within the plot, or where no line can run through it: above or below."""
    match legend:
        case "above":
            axes.legend(frameon=False, fontsize=8, loc="upper right", bbox_to_anchor=(1.0, 1.12), ncols=2)
        case "below":
            axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2)
        case "upper left":
            axes.legend(frameon=False, fontsize=8, loc="upper left")
        case _:
            axes.legend(frameon=False, fontsize=8, loc="lower right")
    figure.savefig(path, dpi=110, facecolor=GROUND)
    pyplot.close(figure)
    return True
