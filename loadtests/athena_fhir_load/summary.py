"""A report in rows: what was looked at, what was found, what it should be; for a terminal and for a page."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from athena_fhir_load.thresholds import held

Figures = Mapping[str, Any]

BUSY = 100.0  # milliseconds

GOOD, BAD, SAID = "ok", "BAD", ""


class Row(NamedTuple):
    """One figure.

    Attributes:
        should: what it has to be; empty where it is only told. verdict: ``ok``, ``BAD`` or empty.
    """

    what: str
    found: str
    should: str = ""
    verdict: str = SAID


def sections_of(figures: Figures) -> dict[str, list[Row]]:
    """All rows, by question."""
    sections = {
        "Does the limiter hold?": _limiter(figures),
        "What do callers do at the limit?": list(_callers(figures)),
        "Who pays for whom?": list(_fairness(figures)),
        "How long does it take?": list(_latency(figures)),
        "Can the figures be trusted?": list(_trust(figures)),
        "Thresholds": list(_thresholds(figures)),
    }
    return {title: rows for title, rows in sections.items() if rows}


def lines_of(figures: Figures) -> list[str]:
    """All rows, for a terminal."""
    lines = []
    for title, rows in sections_of(figures).items():
        lines.append(title)
        lines += [f"  {row.verdict:<3} {row.what:<44} {row.found:<32} {row.should}".rstrip() for row in rows]
    return lines


def _limiter(figures: Figures) -> list[Row]:
    told, waits = figures["limiter"], figures["retry_after"]
    if not figures["journal"]:
        return [
            Row("the limiter", "not judged", "no decision of it stands in a journal, and a client's clock cannot tell")
        ]
    rows = [
        Row("requests admitted, refused", f"{told['admitted']:,}, {told['refused']:,}", f"policy {figures['policy']}"),
        _none("admitted beyond the policy", told["over_admission"], of=told["admitted"]),
        _none("refused though there was room", told["under_admission"], of=told["refused"]),
    ]
    for worst in told["worst"]:
        what = f"fullest window of {worst['limit']} ({worst['window']:,} s)"
        rows.append(_row(what, worst["seen"], f"at most {worst['allowed']:,}", worst["seen"] <= worst["allowed"]))
    if told["utilisation_mean"] is not None:
        found = f"{_percent(told['utilisation_mean'])} mean, {_percent(told['utilisation_least'])} least"
        rows.append(
            Row(f"quota used by who was refused ({told['saturated_callers']})", found, "100 % is all that is allowed")
        )
    if waits["told"]:
        rows.append(_none("Retry-After too early", waits["early"], of=waits["told"]))
        found = f"{waits['waste_mean_s']:.2f} s mean, {waits['waste_max_s']:.2f} s most"
        rows.append(Row("Retry-After longer than needed by", found, "below 1 s, where whole seconds are the reason"))
    if told["honest_share"] is not None:
        rows.append(
            _row("Remaining and Reset that were true", _percent(told["honest_share"]), "100 %", not told["dishonest"])
        )
    return rows


def _callers(figures: Figures) -> Iterator[Row]:
    groups: dict[str, list[Figures]] = {}
    for caller in figures["callers"]:
        groups.setdefault(caller["group"], []).append(caller)
    for group, callers in list(groups.items())[:12]:
        sent, admitted = (sum(caller[name] for caller in callers) for name in ("sent", "admitted"))
        early = sum(caller["came_too_early"] for caller in callers)
        amplified = f", {sent / admitted:.2f} sent for each admitted" if admitted else ""
        optimum = [caller["times_the_least"] for caller in callers if caller["times_the_least"]]
        nearest = f"{sum(optimum) / len(optimum):.3f} x the least time" if optimum else ""
        found = f"{sent - admitted:,} of {sent:,} refused, {early:,} early"
        yield Row(f"{group} ({len(callers)})", found, (nearest + amplified).lstrip(", "))


def _fairness(figures: Figures) -> Iterator[Row]:
    for told in figures["fairness"]:
        found = f"Jain {told['jain']:.3f}, least/most {told['least_to_most']:.2f}"
        yield Row(f"{told['group']} ({told['of']})", found, "1.000 is even")
    isolation = figures["isolation"]
    if isolation:
        yield Row(
            f"callers within their limits ({isolation['calm_callers']})",
            f"{isolation['refused_of_calm']:,} refused",
            f"beside {isolation['refused_of_greedy']:,} refusals of {isolation['greedy_callers']} greedy ones",
            "" if isolation["refused_of_calm"] else GOOD,
        )
        beside, alone = isolation["beside_ms"], isolation["alone_ms"]
        if alone["n"]:
            found = f"p50 {beside['p50']:.2f} ms beside, {alone['p50']:.2f} ms without"
            yield Row("their answers, within the emulator", found, f"p99 {beside['p99']:.2f} and {alone['p99']:.2f} ms")


def _latency(figures: Figures) -> Iterator[Row]:
    decision = figures["decision"] or {"in_process_us": (), "answer_ms": {"n": 0}, "refusal_ms": {"n": 0}}
    for sample in decision["in_process_us"]:
        found = f"p50 {sample['p50']:g}, p99 {sample['p99']:g}, p99.9 {sample['p99.9']:g} µs"
        yield Row(
            f"one decision, {100 * sample['day_used']:.0f} % of the day used", found, "in this process, here and now"
        )
    for what, name in (
        ("200 and the like, within the emulator", "answer_ms"),
        ("429, within the emulator", "refusal_ms"),
    ):
        if decision[name]["n"]:
            yield Row(what, _milliseconds(decision[name]), f"{decision[name]['n']:,} answers")
    for kind, told in (figures["generator"] or {}).get("latency_ms", {}).items():
        since = "since it was sent" if kind == "refused" else "since it was due"
        if told["n"]:
            yield Row(f"{kind}, {since}", _milliseconds(told), f"{told['n']:,} at the generator")


def _trust(figures: Figures) -> Iterator[Row]:
    if figures["journal"]:
        yield from _journal(figures)
    if figures["generator"]:
        yield from _generator(figures["generator"])


def _journal(figures: Figures) -> Iterator[Row]:
    journal = figures["journal"]
    found = "whole" if journal["whole"] else f"{journal['forgotten']:,} forgotten, {journal['missing']:,} missing"
    should = f"{journal['exchanges']:,} exchanges, {journal['seconds']:.1f} s"
    if not journal["whole"]:
        should += "; what is missing may excuse a refusal, so such are not judged: --journal-size keeps more"
    yield Row("the journal", found, should)
    unproven = figures["limiter"]["unproven"]
    if unproven:
        yield Row("not judged, for what is missing", f"{unproven:,}", "")


def _generator(generator: Figures) -> Iterator[Row]:
    yield Row("requests due, not sent in time (dropped)", f"{generator['offered']:,}, {generator['dropped']:,}", "")
    cpu = generator["cpu_share"]
    each = f"of one core in each of {generator['processes']} processes"
    yield Row(
        "the generator's own CPU",
        _percent(cpu),
        each + ("" if cpu < 0.9 else ": it was at its limit, so times are the generator's"),
    )
    if generator["lag_ms"]["n"]:
        yield Row("sent later than due by", _milliseconds(generator["lag_ms"]), "")
    late = generator["loop_lag_ms"]
    if late["n"]:
        busy = "this machine was too busy to say much of times" if late["p99"] > BUSY else ""
        yield Row("the generator woke later than it wanted by", _milliseconds(late), busy)
    if generator["carried"]:
        told = generator["carried"]
        found = f"{told['answered']:,} answers in a second"
        yield Row("the most that was carried", found, f"p50 {told['p50_ms']:.1f} ms, p99 {told['p99_ms']:.1f} ms")


def _thresholds(figures: Figures) -> Iterator[Row]:
    for told in figures.get("thresholds", ()):
        found = "nothing was answered" if told["found"] is None else f"{told['found']:g}"
        yield _row(told["what"], found, f"at most {told['most']:g}", held([told]))


def _none(what: str, found: int, of: int) -> Row:
    return _row(what, f"{found:,} of {of:,}", "0", not found)


def _row(what: str, found: object, should: str, good: bool) -> Row:
    text = f"{found:,}" if isinstance(found, int) else str(found)
    return Row(what, text, should, GOOD if good else BAD)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _milliseconds(told: Figures) -> str:
    return f"p50 {short(told['p50'])}, p99 {short(told['p99'])}, p99.9 {short(told['p99.9'])} ms"


def short(value: float) -> str:
    """Three digits that count, and no exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
