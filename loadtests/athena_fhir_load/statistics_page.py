"""A page in locust's own UI, ``/rate-limits``: what came of requests so far, 429s apart; and the same as JSON."""

from typing import Any

from flask import Blueprint, Response, jsonify

from athena_fhir_load.journals import LoadError
from athena_fhir_load.page import table, whole
from athena_fhir_load.running_load import Load, load_of
from athena_fhir_load.summary import BAD, Row, short


def add_page(environment: Any) -> None:
    """Add it to the UI."""
    views = Blueprint("rate_limits", __name__)

    @views.get("/rate-limits")
    def rate_limits() -> Response:
        return Response(_page(environment), content_type="text/html; charset=utf-8")

    @views.get("/rate-limits.json")
    def as_json() -> Response:
        load = _load(environment)
        return jsonify(load.notes.as_json() if load else {})

    environment.web_ui.app.register_blueprint(views)


def _load(environment: Any) -> Load | None:
    try:
        return load_of(environment)
    except LoadError:
        return None


def _page(environment: Any) -> str:
    load = _load(environment)
    rows = _rows(load) if load else [Row("the run", "not begun yet", "start it on locust's page")]
    refresh = '<meta http-equiv="refresh" content="2">'
    return whole("Rate limits", [refresh, table(rows), '<p class="soft"><a href="./">locust</a></p>'])


def _rows(load: Load) -> list[Row]:
    notes, total = load.notes, load.notes.total
    sent = total["answered"] + total["refused"] + total["failed"]
    rows = [
        Row("requests due", f"{total['offered']:,}", "of callers with times of their own"),
        Row("dropped: due, and not sent", f"{total['dropped']:,}", "too many of the caller's were open"),
        Row(
            "refused (429)",
            f"{total['refused']:,}",
            f"{100 * total['refused'] / sent:.1f} % of what was sent" if sent else "",
        ),
        Row("the budget", "any number" if load.left is None else f"{load.left:,} left", load.target.origin),
    ]
    if load.problem:
        rows.insert(0, Row("the run was ended", load.problem, "", BAD))
    for kind, told in notes.latency.items():
        if len(told):
            since = "since it was sent" if kind == "refused" else "since it was due"
            found = " · ".join(
                f"p{100 * share:g} {short(told.quantile(share))} ms" for share in (0.5, 0.9, 0.99, 0.999)
            )
            rows.append(Row(f"{kind}, {since}", found, f"{len(told):,}"))
    rows += [Row(f"failed: {why}", f"{times:,}") for why, times in notes.failures.most_common(10)]
    rows.append(Row("callers", ", ".join(f"{name} {number}" for name, number in sorted(notes.users.items()))))
    return rows
