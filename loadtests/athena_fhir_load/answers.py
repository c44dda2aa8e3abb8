"""The five questions of ``make load``, each answered in words with its figures and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from athena_fhir_load.page import image, whole
from athena_fhir_load.report import embedded

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
            image(embedded(folder / name), answer.question) for name in answer.pictures if (folder / name).exists()
        ]
    links = [f'<li><a href="{name}/index.html">{escape(str(told["title"]))}</a>' for name, told in reports.items()]
    body.append(f"<h2>Every figure of each run</h2><ul>{''.join(links)}</ul>")
    return whole("Mock Athena under load", body)


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
            f"{'Yes' if not over + under else 'No'}: of {limiter['admitted']:,} admitted requests {over:,} were beyond",
            f"the policy, and of {limiter['refused']:,} refused ones {under:,} had room.",
        )
    ]
    if burst:
        lines.append(f"The fullest {burst['window']} s had {burst['seen']} requests; {burst['allowed']} are allowed.")
    if waits["told"]:
        lines.append(
            f"{waits['early']:,} of {waits['told']:,} Retry-After were too early; "
            f"they waste {waits['waste_mean_s']:.2f} s in the mean."
        )
    isolation = report["isolation"]
    if isolation:
        lines.append(
            f"{isolation['calm_callers']} callers within their limits were refused 0 times beside "
            f"{isolation['refused_of_greedy']:,} refusals of {isolation['greedy_callers']} others."
        )
    if not report["journal"]["whole"]:
        lines.append(
            f"The journal lacks {report['journal']['forgotten']:,} exchanges: what they may explain is not judged."
        )
    return Answer(question, tuple(lines), (f"{name}/envelope.png", f"{name}/occupancy.png", f"{name}/retry-after.png"))


def _at_the_limit(report: Mapping[str, Any]) -> Answer:
    lines = []
    for caller in report["callers"]:
        sent, early = caller["sent"], caller["came_too_early"]
        lines.append(
            f"{caller['group']}: {caller['refused']:,} of {sent:,} refused, {early:,} came before they were told to."
        )
    return Answer("What does my client do at the limit?", tuple(lines), ("clients/timeline.png", "clients/shares.png"))


def _optimum(report: Mapping[str, Any]) -> Answer:
    lines = [
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
            f"{told['answered']:,} requests in a second as they came, p50 {told['p50_ms']:.1f} ms and p99 "
            f"{told['p99_ms']:.1f} ms since they were due. Generator and emulator shared this machine."
        )
    else:
        lines.append("In no second of the ramp was what came answered in time: the machine is too busy to say.")
    lines.append(f"Within the emulator an answer took {decision['answer_ms']['p50']:.2f} ms (p50).")
    lines += [
        f"One decision of the limiter, {100 * sample['day_used']:.0f} % of the day used: p50 {sample['p50']:g} µs, "
        f"p99 {sample['p99']:g} µs, p99.9 {sample['p99.9']:g} µs."
        for sample in decision["in_process_us"]
    ]
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


def _sentence(*parts: str) -> str:
    return " ".join(parts)
