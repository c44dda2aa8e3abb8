"""``docs/reference/control-api.md``: every route below ``/_mock``, with the docstring of its view."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from itertools import groupby

from werkzeug.routing import Rule

from mock_athena import Settings, create_app
from mock_athena.web.control import PREFIX
from mock_athena.web.flask_app import flask_app
from tests.docs.reference.markdown import page, prose, table

_SHOWN = ("GET", "POST", "PUT", "PATCH", "DELETE")


def control_page() -> str:
    """The page."""
    routes = list(_routes())
    return page(
        "Control API",
        "Who may use it, and how, with commands to paste: [Control API](../control-api.md). "
        'Errors are `{"error": "…"}`.',
        table(("Route", ""), ((f"`{method} {path}`", told.partition("\n")[0]) for method, path, told in routes)),
        *(
            part
            for thing, found in groupby(routes, key=lambda route: _thing(route[1]))
            for part in (f"## {thing}", *(_route(*each) for each in found))
        ),
    )


def _thing(path: str) -> str:
    return re.split(r"[/.]", path.removeprefix(PREFIX + "/"))[0]


def _route(method: str, path: str, told: str) -> str:
    return f"### {method} {path}\n\n{told}"


def _routes() -> Iterator[tuple[str, str, str]]:
    """Method, path and docstring of each, in alphabetical order of the paths."""
    app = create_app(Settings(clock="manual"))
    try:
        flask = flask_app(app.world)
        rules = [rule for rule in flask.url_map.iter_rules() if rule.rule.startswith(PREFIX + "/")]
        found = [(rule.rule, method, rule) for rule in rules for method in _SHOWN if method in (rule.methods or ())]
        for path, method, rule in sorted(found, key=lambda each: (_thing(each[0]), each[0], _SHOWN.index(each[1]))):
            yield method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path), _told(flask.view_functions[rule.endpoint], rule)
    finally:
        app.close()


def _told(view: object, rule: Rule) -> str:
    if not view.__doc__:
        message = f"the view of {rule.rule} has no docstring, which the reference shows"
        raise ValueError(message)
    return prose(cleandoc(view.__doc__))
