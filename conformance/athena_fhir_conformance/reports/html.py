"""One page for a browser, with everything in it: no other file, no other host, nothing to be installed.

The rows are in the page as they are, so that it can be read and searched without a script; what was sent and answered
is in it as data, of which ``report.js`` makes what somebody opens.
"""

import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from athena_fhir_conformance.reports.matrix import WORST_FIRST, Json, Row, headline, matrix, unshown

_HERE = Path(__file__).parent
_LONGEST = 1500  # characters of a body that is no evidence of anything wrong


def render(document: Mapping[str, Any]) -> str:
    """The page of a run."""
    rows = matrix(document)
    parts = {
        "style": (_HERE / "report.css").read_text(encoding="utf-8"),
        "script": (_HERE / "report.js").read_text(encoding="utf-8"),
        "title": escape(f"Conformance of {document['target']['url']}"),
        "headline": escape(headline(document)),
        "tone": _tone(document),
        "facts": _facts(document),
        "counts": _counts(rows),
        "failures": _failures(document["checks"]),
        "unshown": _unshown(document),
        "verdicts": "".join(_choice(each, sum(row.verdict == each for row in rows)) for each in WORST_FIRST),
        "levels": _options(row.requirement.level for row in rows),
        "areas": _options(row.requirement.area for row in rows),
        "rows": "\n".join(_row(row) for row in rows),
        "others": _others(document["checks"]),
        "total": str(len(rows)),
        "data": _data(document),
    }
    page = (_HERE / "report.html").read_text(encoding="utf-8")
    head, *pieces = page.split("{{")
    return head + "".join(parts[name] + rest for name, _, rest in (piece.partition("}}") for piece in pieces))


def _tone(document: Mapping[str, Any]) -> str:
    counts = document["counts"]
    if counts["fail"] or counts["error"] or document["broken"] or document["unreachable"]:
        return "fail"
    return "warning" if counts["warning"] or counts["skip"] or document.get("interrupted") else "pass"


def _facts(document: Mapping[str, Any]) -> str:
    target = document["target"]
    facts = {
        "Target": target["url"],
        "Software": target["software"],
        "Profile": target["profile"],
        "Begun": document["begun"],
        "Time": f"{document['seconds']:.1f} s",
        "Requests": f"{document['requests']:,}",
        "Checks": f"{len(document['checks']):,}",
        "In doubt": document.get("doubt", ""),
        "The suite itself": " ".join(document["broken"])[:2000],
    }
    return "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items() if value)


def _counts(rows: list[Row]) -> str:
    """A bar: how many requirements have which verdict."""
    counts = [(each, sum(row.verdict == each for row in rows)) for each in WORST_FIRST]
    return "".join(
        f'<span class="{_class(each)}" style="flex-grow:{number}"></span>' for each, number in counts if number
    )


def _choice(verdict: str, number: int) -> str:
    disabled = "" if number else " disabled"
    return (
        f'<button type="button" class="verdict {_class(verdict)}" data-verdict="{verdict}" aria-pressed="false"'
        f"{disabled}>{verdict} <span>{number}</span></button>"
    )


def _options(values: Iterable[str]) -> str:
    return "".join(f"<option>{escape(value)}</option>" for value in sorted(set(values)))


def _failures(checks: list[Json]) -> str:
    """What failed, at the top, each with a button that goes to its requirement."""
    found = [check for check in checks if check["verdict"] in ("fail", "error")]
    if not found:
        return ""
    items = "".join(
        f'<li><button type="button" class="go" data-go="{escape((check["requirements"] or [""])[0])}">'
        f"{escape(check['id'])}</button> {escape(check['reason'])}</li>"
        for check in found
    )
    title = '<h2 id="failures">What failed</h2>'
    return f'<section aria-labelledby="failures">{title}<ul class="failures">{items}</ul></section>'


def _unshown(document: Mapping[str, Any]) -> str:
    """What kept checks from being done: what a team has to give, so that they can be."""
    items = "".join(
        f"<li>{times} check{'s' if times != 1 else ''}: {escape(reason)}</li>" for reason, times in unshown(document)
    )
    title = "<summary><h2>What could not be shown, and why</h2></summary>"
    return f'<details class="unshown">{title}<ul>{items}</ul></details>' if items else ""


def _row(row: Row) -> str:
    one = row.requirement
    named = f'<a href="{escape(one.link)}">{one.id}</a>' if one.link else one.id
    why = f' <span class="why">No check: {escape(row.why_not)}.</span>' if row.why_not else ""
    number = len(row.checks)
    opens = (
        f'<button type="button" class="open" aria-expanded="false">{number} check{"s" if number != 1 else ""}'
        f'<span class="hidden"> of {one.id}</span></button>'
        if number
        else "none"
    )
    return (
        f'<tr id="{one.id}" data-verdict="{row.verdict}" data-level="{one.level}" data-area="{escape(one.area)}" '
        f'data-seconds="{row.seconds:.4f}"><th scope="row">{named}</th><td>{one.level}</td>'
        f"<td>{escape(one.statement)}{why}</td>"
        f'<td>{opens}</td><td class="number">{f"{row.seconds * 1000:,.0f} ms" if number else ""}</td>'
        f'<td><span class="badge {_class(row.verdict)}">{row.verdict}</span></td></tr>'
    )


def _others(checks: list[Json]) -> str:
    """Checks that name no requirement."""
    found = [check for check in checks if not check["requirements"]]
    items = "".join(f"<li>{escape(check['id'])}: {check['verdict']} {escape(check['reason'])}</li>" for check in found)
    return f"<section><h2>Checks without a requirement</h2><ul>{items}</ul></section>" if found else ""


def _data(document: Mapping[str, Any]) -> str:
    """Checks and exchanges for the script, in a form that no HTML parser can take for markup."""
    suspicious = {
        number
        for check in document["checks"]
        if check["verdict"] in ("fail", "error", "warning")
        for number in check["evidence"]
    }
    exchanges = {
        number: exchange if int(number) in suspicious else _shortened(exchange)
        for number, exchange in document["exchanges"].items()
    }
    text = json.dumps({"checks": document["checks"], "exchanges": exchanges}, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _shortened(exchange: Json) -> Json:
    response = exchange["response"]
    body = response["body"]
    return {**exchange, "response": {**response, "body": body[:_LONGEST] + "…" if len(body) > _LONGEST else body}}


def _class(verdict: str) -> str:
    return f"is-{verdict.replace(' ', '-')}"
