"""The five questions of ``make load``, each answered in words with its figures and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from athena_fhir_load.page import ALTS, image, whole
from athena_fhir_load.report import broke, embedded
from athena_fhir_load.summary import BUSY
from athena_fhir_load.target import GUIDES_RATE

Reports = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Answer:
    """One question.

    Attributes:
        lines: the answer. pictures: files below the folder of the whole report.
    """

    question: str
    lines: tuple[str, ...]
    pictures: tuple[str, ...]


def answers_of(reports: Reports, studies: Mapping[str, Any] | None) -> list[Answer]:
    """The answers that these runs can give."""
    answers = [_holds(name, reports[name]) for name in ("limits", "short", "sandbox") if name in reports]
    if "clients" in reports:
        answers += [_at_the_limit(reports["clients"]), _optimum(reports["clients"])]
    if "ramp" in reports:
        answers.append(_carries(reports["ramp"]))
    if studies:
        answers.append(_week(studies))
    return answers


def index(answers: Sequence[Answer], reports: Reports, folder: Path) -> str:
    """The page of all of them, with links to the report of each run."""
    body = []
    for answer in answers:
        body.append(f"<h2>{escape(answer.question)}</h2>")
        body += [f"<p>{escape(line)}</p>" for line in answer.lines]
        body += [
            image(embedded(folder / name), ALTS[Path(name).name])
            for name in answer.pictures
            if (folder / name).exists()
        ]
    links = [f'<li><a href="{name}/index.html">{escape(str(told["title"]))}</a>' for name, told in reports.items()]
    body.append(f"<h2>Every figure of each run</h2><ul>{''.join(links)}</ul>")
    return whole("Mock Athena under load", body)


def _isolation(found: Mapping[str, Any]) -> str:
    calm = f"{found['calm_callers']} callers who asked for no more than they may were refused"
    if found["refused_of_calm"]:
        return f"{calm} {found['refused_of_calm']:,} times."
    greedy = f"{found['greedy_callers']} who asked for more {found['refused_of_greedy']:,} times"
    return f"Nobody pays for others: {calm} 0 times, {greedy}."


def _holds(name: str, report: Mapping[str, Any]) -> Answer:
    limiter, waits = report["limiter"], report["retry_after"]
    question = "Does the limiter hold under load?"
    if not report["journal"]:
        told = report["generator"]["latency_ms"]
        seen = ", ".join(f"{each['n']:,} {kind}" for kind, each in told.items())
        return Answer(
            question, (f"Not judged: {report['source']} has no journal. Seen: {seen}.",), (f"{name}/latency.png",)
        )
    over, under = limiter["over_admission"], limiter["under_admission"]
    burst = next((worst for worst in limiter["worst"]), None)
    lines = [
        _sentence(
            f"{'No' if broke(report) else 'Yes'}: of {limiter['admitted']:,} admitted requests {over:,} were beyond",
            f"the policy, and of {limiter['refused']:,} refused ones {under:,} had room.",
        )
    ]
    if burst:
        lines.append(
            f"The most that any caller was admitted within {burst['window']} s was {burst['seen']} requests; "
            f"{burst['allowed']} are allowed."
        )
    if waits["told"]:
        lines.append(
            f"Refused callers were told when to come back (Retry-After): {waits['early']:,} of {waits['told']:,} times "
            f"too early, and {waits['waste_mean_s']:.2f} s later than needed in the mean, since it tells whole seconds."
        )
    if limiter["dishonest"] or limiter["went_back"]:
        lines.append(
            f"{limiter['dishonest']:,} times Remaining or Reset were not the truth, and {limiter['went_back']:,} times "
            "a decision was older than the one before it."
        )
    if report["isolation"]:
        lines.append(_isolation(report["isolation"]))
    if not report["journal"]["whole"]:
        lines.append(
            f"The journal lacks {report['journal']['forgotten']:,} exchanges: what they may explain is not judged."
        )
    return Answer(question, tuple(lines), (f"{name}/envelope.png", f"{name}/occupancy.png", f"{name}/retry-after.png"))


def _at_the_limit(report: Mapping[str, Any]) -> Answer:
    yours = any(caller["group"] == "my-client" for caller in report["callers"])
    which = (
        "Yours is beside others." if yours else "Yours is most like one of these; --my-client runs yours beside them."
    )
    lines = [f"{which} Each had a quota of its own."]
    for caller in report["callers"]:
        sent, early, share = caller["sent"], caller["came_too_early"], caller["refused"] / caller["sent"]
        line = f"{_named(caller['group'])}: {caller['refused']:,} of {sent:,} requests refused ({100 * share:.0f} %)"
        lines.append(f"{line}, {early:,} sent before it was told to come back." if early else f"{line}.")
    return Answer("What does my client do at the limit?", tuple(lines), ("clients/timeline.png", "clients/shares.png"))


def _optimum(report: Mapping[str, Any]) -> Answer:
    lines = ["The optimum is the least time in which the limit lets anybody have as many requests."]
    lines += [
        f"{caller['group']}: {caller['seconds']:.2f} s for {caller['admitted']:,} admitted requests, the least is "
        f"{caller['least_seconds']:.2f} s: {100 * (caller['times_the_least'] - 1):.1f} % above it."
        for caller in sorted(report["callers"], key=lambda caller: caller["times_the_least"] or 0)
        if caller["times_the_least"]
    ]
    return Answer("How far from the optimum is it?", tuple(lines), ("clients/optimum.png",))


def _carries(report: Mapping[str, Any]) -> Answer:
    generator, decision = report["generator"], report["decision"]
    lines = []
    told = generator["carried"]
    if told:
        lines.append(
            f"At least {told['answered']:,} requests a second, or {told['answered'] / GUIDES_RATE:.0f} clients at full "
            f"pace (8 a second each): half of them answered within {told['p50_ms']:.1f} ms after they were due, "
            f"99 % within {told['p99_ms']:.1f} ms. Load and emulator shared this machine."
        )
    else:
        lines.append("In no second of the ramp was what came answered in time: the machine is too busy to say.")
    lines.append(f"Within the emulator, half of the answers took no longer than {decision['answer_ms']['p50']:.2f} ms.")
    if decision["in_process_us"]:
        samples = decision["in_process_us"]
        least, most = (pick(sample["p50"] for sample in samples) for pick in (min, max))
        worst = max(sample["p99.9"] for sample in samples)
        lines.append(
            f"One decision of the limiter takes {least:g} to {most:g} µs (p50; p99.9 up to {worst:g} µs), "
            "however much of the day is used."
        )
    late = generator["loop_lag_ms"]
    if late["n"] and late["p99"] > BUSY:
        lines.append(
            f"This machine was too busy to say more: the load itself came up to {late['p99']:,.0f} ms late (p99)."
        )
    cpu = generator["cpu_share"]
    if cpu >= 0.8:
        lines.append(
            f"The generator itself used {100 * cpu:.0f} % of a core: more may be carried than it could ask for."
        )
    return Answer("What can the emulator itself carry?", tuple(lines), ("ramp/capacity.png", "ramp/latency.png"))


def _week(studies: Mapping[str, Any]) -> Answer:
    lines = [line for study in studies["studies"] for line in study["answers"]]
    pictures = tuple(f"simulation/{study['study']}.png" for study in studies["studies"])
    return Answer("What happens with 10,000 callers for a week?", tuple(lines), pictures)


_WAYS = {
    "Greedy": "40 a second, whatever it is told",
    "Obedient": "one after the other, waits as told when refused",
    "Guide": "125 ms between requests, waits as told when refused",
    "Polite": "7 a second, below the limit on purpose",
    "reference-client": "our client, which knows the limit and waits before it is refused",
    "my-client": "yours",
}


def _named(group: str) -> str:
    return f"{group} ({_WAYS[group]})" if group in _WAYS else group


def _sentence(*parts: str) -> str:
    return " ".join(parts)
