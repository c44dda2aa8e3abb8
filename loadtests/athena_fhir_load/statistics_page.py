"""What came of requests so far, 429s apart: a tab of locust's own UI, a page, ``/rate-limits``, and as JSON."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from athena_fhir_load.journals import LoadError
from athena_fhir_load.page import TITLES, table, whole
from athena_fhir_load.running_load import Load, load_of
from athena_fhir_load.summary import BAD, Row, short

_TAB = "rate-limits"
_COLUMNS = ("what", "found", "should")


def add_page(environment: Any) -> None:
    """Add it to the UI."""
    _add_tab(environment)
    views = Blueprint("rate_limits", __name__)

    @views.get("/rate-limits")
    def rate_limits() -> Response:
        return Response(_page(environment), content_type="text/html; charset=utf-8")

    @views.get("/rate-limits.json")
    def as_json() -> Response:
        load = _load(environment)
        return jsonify(load.notes.as_json() if load else {})

    environment.web_ui.app.register_blueprint(views)


def _add_tab(environment: Any) -> None:
    """A tab, as locust's ``extend_web_ui.py`` makes one: its table is sent with locust's own figures."""
    structure = [{"key": name, "title": title} for name, title in zip(_COLUMNS, TITLES, strict=True)]
    environment.web_ui.template_args |= {
        "extendedTabs": [{"title": "Rate limits", "key": _TAB}],
        "extendedTables": [{"key": _TAB, "structure": structure}],
    }

    def with_ours(answer: Response) -> Response:
        if request.path.endswith("/stats/requests") and answer.is_json:
            rows = [{name: getattr(row, name) for name in _COLUMNS} for row in _rows_of(environment)]
            told = answer.get_json() | {"extended_stats": [{"key": _TAB, "data": rows}]}
            answer.set_data(json.dumps(told))
        return answer

    environment.web_ui.app.after_request(with_ours)


def _load(environment: Any) -> Load | None:
    try:
        return load_of(environment)
    except LoadError:
        return None


def _page(environment: Any) -> str:
    refresh = '<meta http-equiv="refresh" content="2">'
    return whole("Rate limits", [refresh, table(_rows_of(environment)), '<p class="soft"><a href="./">locust</a></p>'])


def _rows_of(environment: Any) -> list[Row]:
    load = _load(environment)
    return _rows(load) if load else [Row("the run", "not begun yet", "start it on locust's page")]


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
