"""The report of an identification: JSON, a policy file for the emulator, and lines for a terminal."""

import json
from dataclasses import asdict
from math import ceil
from typing import Any

from athena_fhir_conformance.limits.conclusion import Limit, conclude
from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.honesty import Honest
from athena_fhir_conformance.limits.safety import safe

SURE = 0.9
"""From here on it is said to be known."""

_DEFAULT_COSTS = {"fhir": 1, "bulk": 1, "documents": 1, "public": 0, "oauth": 0}
# What the emulator has not is written as what is nearest, with a remark.
_NEAREST = {
    "opened-window": (
        "sliding-window",
        "The first request opens its window; a sliding one, written here, admits no more.",
    ),
    "shifted-window": (
        "fixed-window",
        "Its windows begin at instants of its own; the emulator's at multiples of their length.",
    ),
    "sliding-counter": (
        "sliding-window",
        "It counts two fixed windows; the log that is written here may admit some sooner.",
    ),
}
_ENDS = {
    "sure": "one hypothesis is left",
    "alike": "no further probe would tell what is left apart",
    "spent": "the budget is spent",
    "unlimited": "nothing was refused within the budget",
    "contradicted": "what was seen fits no known family: somebody else may spend the same quota, or it is another kind",
    "locked": "we were locked out",
    "failed": "the server gave no usable answers",
}


def as_json(found: Findings, target: str) -> dict[str, Any]:
    """The report.

    ``policy`` is the built-in policy that it is or null; ``limits`` are tables of a policy file with ``confidence`` and
    ``evidence``.
    """
    concluded = conclude(found)
    honesty = found.honesty
    return {
        "target": target,
        "policy": concluded.policy,
        "also": list(concluded.also),
        "limits": [limit.as_json() for limit in concluded.limits],
        "confidence": concluded.confidence,
        "alternatives": list(concluded.alternatives),
        "several_counters": found.several_counters,
        "alternates": found.alternates,
        "per": {"value": found.per, "evidence": found.per_evidence},
        "costs": found.costs,
        "token_endpoint": [limit.as_json() for limit in concluded.token_endpoint],
        "tells": concluded.tells,
        "honest": {name: _honest(getattr(honesty, name)) for name in ("retry_after", "reset", "remaining")}
        if honesty
        else {},
        "safe": safe(concluded, found),
        "ended": _ENDS[found.burst.end] if found.burst else "",
        "problem": found.problem,
        "not_asked": found.not_asked,
        "requests": found.probes,
        "refused": sum(each.verdict == "refused" for each in found.seen),
        "seconds": round(found.seconds, 1),
    }


def _honest(field: Honest) -> dict[str, Any]:
    return {**asdict(field), "true": field.true}


def as_toml(found: Findings) -> str:
    """A policy file, for ``mock-athena serve --limits FILE``."""
    concluded = conclude(found)
    name = (concluded.policy or "inferred").replace("+", "-")[:40]
    lines = [
        f"# Inferred from {found.probes} requests; confidence {concluded.confidence:.1%}.",
        f"name = {json.dumps(name)}",
    ]
    if not concluded.limits:
        lines.insert(1, "# No limit was met, or none that is of a known family: this limits nothing.")
    lines += [f'per = "{found.per or "client"}"', f'tells = "{concluded.tells}"']
    for limit in concluded.limits:
        lines += ["", *_table("limits", limit)]
    costs = {
        route: cost for route, cost in found.costs.items() if cost is not None and cost != _DEFAULT_COSTS.get(route)
    }
    if costs and concluded.limits:
        lines += ["", "[costs]", *(f"{route} = {cost}" for route, cost in costs.items())]
    for limit in concluded.token_endpoint:
        lines += ["", *_table("token_endpoint", limit)]
    return "\n".join(lines) + "\n"


def _table(key: str, limit: Limit) -> list[str]:
    kind, remark = _NEAREST.get(limit.kind, (limit.kind, ""))
    lines = [f"[[{key}]]  # {limit.evidence}", *([f"# {remark}"] if remark else [])]
    if limit.window != ceil(limit.window):
        lines.append(f"# It takes {limit.window} s; the emulator counts in whole ones.")
    lines += [f'kind = "{kind}"', f"name = {json.dumps(limit.name)}", f"quota = {limit.quota}"]
    if limit.window:
        lines.append(f"window = {ceil(limit.window)}")
    return lines + [f"{name} = {json.dumps(value)}" for name, value in limit.more.items()]


def lines(found: Findings) -> list[str]:
    """The report for a terminal."""
    report = as_json(found, "")
    if found.problem:
        return [f"Nothing was learned: {found.problem.rstrip('.')}.", f"{found.probes} requests were sent."]
    name = report["policy"] or "none of the built-in ones"
    known = "Policy" if report["confidence"] >= SURE else "Not identified for sure; likeliest"
    said = [f"{known}: {name}" + (f" (or {', '.join(report['also'])})" if report["also"] else "")]
    said.append(f"Confidence: {report['confidence']:.1%}; {report['ended']}")
    said += _limit_lines(report)
    said += [f"  not ruled out: {text}" for text in report["alternatives"]]
    said += _question_lines(found, report)
    said += [f"Safe: {text}" for text in report["safe"]]
    said += [f"Not asked: {question}: {reason}" for question, reason in found.not_asked.items()]
    said.append(f"{found.probes} requests, {report['refused']} of them refused, in {found.seconds:.1f} s")
    return said


def _limit_lines(report: dict[str, Any]) -> list[str]:
    said: list[str] = []
    for limit in report["limits"]:
        window = f" in {limit['window']:,} s" if "window" in limit else " in flight"
        more = "".join(
            f", {key.replace('_', ' ')} {value}"
            for key, value in limit.items()
            if key in ("charge_denied", "penalty") and value
        )
        known = f"({limit['evidence']}, {limit['confidence']:.1%})"
        said.append(f"  {limit['name']}: {limit['kind']}, {limit['quota']:,}{window}{more} {known}")
    for limit in report["token_endpoint"]:
        known = f"({limit['evidence']}, {limit['confidence']:.1%})"
        said.append(f"  token endpoint: {limit['kind']}, {limit['quota']} in {limit['window']} s {known}")
    return said


def _question_lines(found: Findings, report: dict[str, Any]) -> list[str]:
    said: list[str] = []
    if found.several_counters:
        said.append("Not one counter: a new connection was admitted while another was refused")
    if found.alternates:
        said.append("It changes its mind from one request to the next: several processes that count apart, or chance")
    if found.per:
        said.append(f"Quota of each: {found.per}; {found.per_evidence}")
    if found.costs:
        said.append(
            "Costs: " + ", ".join(f"{route} {'?' if cost is None else cost}" for route, cost in found.costs.items())
        )
    for field, honest in report["honest"].items():
        if honest["true"] is not None:
            word = "true" if honest["true"] else f"not true ({honest['early']} too early, {honest['late']} too late)"
            said.append(f"{field.replace('_', '-')}: {word}, told {honest['told']} times")
    return said
