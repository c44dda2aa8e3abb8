"""A summary in Markdown, as CI shows it beside a change: what failed, with a command that shows it again."""

from collections.abc import Mapping
from typing import Any

from athena_fhir_conformance.reports.matrix import NOT_RUN, WORST_FIRST, Json, exchanges_of, headline, matrix, unshown
from athena_fhir_conformance.requirements import requirements
from athena_fhir_conformance.verdicts import Verdict

_MOST = 50  # of a kind that are written out; a summary that is too long is not shown at all


def render(document: Mapping[str, Any]) -> str:
    """The summary of a run."""
    target, counts = document["target"], document["counts"]
    software = f", {cell(target['software'])}" if target["software"] else ""
    run = f"{document['requests']:,} requests in {document['seconds']:.1f} s, begun {document['begun']}"
    lines = [
        "## Conformance",
        "",
        f"**{cell(headline(document))}**",
        "",
        f"`{target['url']}` (profile {target['profile']}{software}), {run}",
        "",
        f"| | {' | '.join(verdict.value for verdict in Verdict)} |",
        f"|---|{'---|' * len(Verdict)}",
        f"| checks | {' | '.join(str(counts[verdict.value]) for verdict in Verdict)} |",
        _requirements(document),
        "",
    ]
    for verdict, title in (("error", "Errors of the suite"), ("fail", "Failures"), ("warning", "Warnings")):
        lines += _told(document, verdict, title)
    return "\n".join([*lines, *_skipped(document)]).rstrip() + "\n"


def cell(text: str) -> str:
    """Text that is text in a cell of a table."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _requirements(document: Mapping[str, Any]) -> str:
    found = [row.verdict for row in matrix(document)]
    return f"| requirements | {' | '.join(str(found.count(each)) for each in WORST_FIRST if each != NOT_RUN)} |"


def _told(document: Mapping[str, Any], verdict: str, title: str) -> list[str]:
    found = [check for check in document["checks"] if check["verdict"] == verdict]
    if not found:
        return []
    lines = [f"### {title}", ""]
    for check in found[:_MOST]:
        lines += _check(document, check)
    if len(found) > _MOST:
        lines.append(f"… and {len(found) - _MOST} more: the HTML report has them.")
    return [*lines, ""]


def _check(document: Mapping[str, Any], check: Json) -> list[str]:
    known = requirements()
    lines = [f"- **{cell(check['id'])}**: {cell(check['reason'])}"]
    for id in check["requirements"]:
        if id in known:
            row = known[id]
            named = f"[{id}]({row.link})" if row.link else id
            lines.append(f"  - {named} {row.level}: {cell(row.statement)}")
    last = [exchange["curl"] for exchange in exchanges_of(document, check)][-1:]
    return [*lines, *(f"  - `{curl.replace('`', chr(39))}`" for curl in last)]


def _skipped(document: Mapping[str, Any]) -> list[str]:
    most = unshown(document)
    if not most:
        return []
    return ["### Could not be shown", "", *(f"- {times}: {cell(reason)}" for reason, times in most[:_MOST]), ""]
