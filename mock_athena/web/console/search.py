"""The search builder: parameters from the registry with what they take, and the search itself, answered by the very
code of the API. Without scripts another row is one more form that is sent.
"""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from flask import Response, request

from mock_athena.documents.words import loaded
from mock_athena.fhir.registry import RESULT_PARAMETERS, ResourceType, SearchParameter, offered, reverse_includes
from mock_athena.fhir.resource import Resource, as_object, as_text, objects
from mock_athena.web.console import commands, inside
from mock_athena.web.console.console import asset
from mock_athena.web.console.data import Place, counts_of
from mock_athena.web.console.told import Line, line_of, words_of
from mock_athena.web.entries import Answered
from mock_athena.web.parameters import Pairs, pairs_of
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.searchset import url_of

_MOST_ROWS = 50
_MOST_SHOWN = 200
_MANY = 50_000
_EXAMPLES = {
    "token": "code, system|code, |code",
    "string": "the beginning of a text",
    "date": "2026-01, ge2026-01-01",
    "reference": "Type/id or id",
    "uri": "the whole URL",
    "quantity": "gt5.4, 5.4|http://unitsofmeasure.org|mg",
    "composite": "values joined by $",
}
_OF_RESULTS = {
    "_count": "how many on a page, such as 50",
    "_elements": "names of elements, joined by commas",
    "_format": "json",
    "_include": "what it points to: Type:parameter",
    "_pretty": "true",
    "_revinclude": "what points to it: Type:parameter",
    "_sort": "a parameter; -date for the latest first",
    "_summary": "true, text, data, count or false",
    "_total": "none, estimate or accurate",
}


class Help(NamedTuple):
    """What a parameter takes."""

    name: str
    type: str
    takes: str
    modifiers: str
    comparators: str


class Issue(NamedTuple):
    """One issue of an OperationOutcome."""

    severity: str
    code: str
    text: str
    where: str


class Results(NamedTuple):
    """What a search was answered.

    Attributes:
        lines: of the matches, then of what came along. total: None where it is not told. following: the parameters of
            the next page; none on the last.
    """

    status: int
    lines: list[tuple[Line, str]]
    total: int | None
    following: Pairs
    issues: list[Issue]
    left_out: int


def search(place: Place) -> Response:
    """The form, and what is found."""
    asked = _asked()
    pairs = _with_practice(place, asked.pairs)
    kind = offered(place.console.world.profile.surface).get(place.kind.name)
    reads_all = not asked.anyway and _reads_all(place, pairs)
    results = None if reads_all else _found(place, [*pairs, *asked.cursor])
    rows = [*asked.pairs, *[("", "")] * (asked.more or not asked.pairs)]
    return place.console.show(
        "search.html",
        search_script=asset("search.js"),
        environment=place.environment,
        type=place.kind.name,
        types=[name for name, each in offered(place.console.world.profile.surface).items() if each.searchable],
        rows=rows,
        hints=[_hint(kind or place.kind, name) for name, _ in rows],
        help=[*_helps(kind or place.kind)],
        includes=_includes(kind or place.kind),
        results=results,
        anyway=f"{_address(place, asked.pairs)}&do=all" if reads_all else "",
        following=_address(place, results.following) if results and results.following else "",
        back=_address(place, asked.pairs) if asked.cursor else "",
        href=place.href,
        url=url_of(place.url, pairs),
        token=commands.token_command(place.console.world, place.console.origin, place.kind.name),
        curl=commands.curl(place.url, pairs),
        python=commands.python(place.url, pairs),
    )


class _Asked(NamedTuple):
    """What the form says: the parameters, which page, whether one more row is wanted, and that it may take long."""

    pairs: Pairs
    cursor: Pairs
    more: bool
    anyway: bool


def _asked() -> _Asked:
    sent = pairs_of(request.query_string.decode("latin-1"))
    names = [value.strip() for name, value in sent if name == "name"]
    values = [value.strip() for name, value in sent if name == "value"]
    pairs = [(name, value) for name, value in zip(names, values, strict=False) if name][:_MOST_ROWS]
    cursor = [pair for pair in sent if pair[0] == "cursor"][:1]
    # Whoever turns pages has waited already.
    return _Asked(pairs, cursor, ("do", "more") in sent, bool(cursor) or ("do", "all") in sent)


def _reads_all(place: Place, pairs: Pairs) -> bool:
    """Whether no index helps, so that each of very many resources would be read."""
    found = [place.kind.parameter(name.partition(":")[0].partition(".")[0]) for name, _ in pairs]
    searched = [parameter for parameter in found if parameter]
    sorts = any(name == "_sort" for name, _ in pairs)
    if not (searched or sorts) or any(parameter.indexed for parameter in searched):
        return False
    return counts_of(place.console, place.here, place.here.store.snapshot())[place.kind.name] > _MANY


def _with_practice(place: Place, pairs: Pairs) -> Pairs:
    said = any(name.partition(":")[0] == "ah-practice" for name, _ in pairs)
    return pairs if said else [*pairs, *place.practice]


def _address(place: Place, pairs: Pairs) -> str:
    rows = [each for name, value in pairs if name != "cursor" for each in (("name", name), ("value", value))]
    return f"{place.href(place.kind.name)}?{urlencode([*rows, *(pair for pair in pairs if pair[0] == 'cursor')])}"


def _found(place: Place, pairs: Pairs) -> Results:
    return _results(inside.answered(f"{FHIR_BASE}/{place.kind.name}", urlencode(pairs), place.environment))


def _results(answered: Answered) -> Results:
    body = as_object(json.loads(answered.body or b"{}"))
    entries = objects(body.get("entry"))
    told = [(_resource(each), as_text(as_object(each.get("search")).get("mode"))) for each in entries]
    outcomes = [each for each, _ in told if each.get("resourceType") == "OperationOutcome"]
    if body.get("resourceType") == "OperationOutcome":
        outcomes.append(body)
    found = [(line_of(each), mode) for each, mode in told if each.get("resourceType") != "OperationOutcome"]
    total = body.get("total")
    return Results(
        status=answered.status,
        lines=found[:_MOST_SHOWN],
        total=total if isinstance(total, int) else None,
        following=_following(body),
        issues=[issue for outcome in outcomes for issue in _issues(outcome)],
        left_out=max(0, len(found) - _MOST_SHOWN),
    )


def _resource(entry: Resource) -> Resource:
    return loaded(json.dumps(as_object(entry.get("resource"))).encode())


def _following(bundle: Resource) -> Pairs:
    urls = [as_text(each.get("url")) for each in objects(bundle.get("link")) if each.get("relation") == "next"]
    return pairs_of(urlsplit(urls[0]).query) if urls else []


def _issues(outcome: Resource) -> Iterator[Issue]:
    for each in objects(outcome.get("issue")):
        details = each.get("details")
        text = details if isinstance(details, str) else words_of(details)
        yield Issue(
            as_text(each.get("severity")),
            as_text(each.get("code")),
            text or as_text(each.get("diagnostics")),
            words_of(each.get("expression") or each.get("location") or ""),
        )


def _helps(kind: ResourceType) -> Iterator[Help]:
    for parameter in (*kind.parameters.values(), *kind.common.values()):
        yield _help(parameter)
    for name in RESULT_PARAMETERS:
        if kind.takes(name):
            yield Help(name, "of the results", _OF_RESULTS[name], "", "")


def _help(parameter: SearchParameter) -> Help:
    takes = _EXAMPLES[parameter.type]
    if parameter.presence:
        takes = "true or false"
    if parameter.targets:
        takes = f"{' or '.join(parameter.targets[:4])}{', …' if len(parameter.targets) > 4 else ''}: {takes}"
    if parameter.parts:
        takes = "$".join(part.code for part in parameter.parts)
    modifiers = " ".join(f":{each}" for each in parameter.modifiers)
    return Help(parameter.code, parameter.type, takes, modifiers, " ".join(parameter.comparators))


def _hint(kind: ResourceType, name: str) -> str:
    """What is told beside a row, once it is known which parameter it is."""
    code = name.partition(":")[0].partition(".")[0]
    parameter = kind.parameter(code)
    if parameter is None:
        return _OF_RESULTS.get(code, "") if code != "_has" else "_has:Type:parameter:name"
    return told(_help(parameter))


def told(help: Help) -> str:
    """A parameter's help in one line."""
    parts = (help.type, help.takes, help.comparators and f"after {help.comparators}", help.modifiers)
    return " · ".join(part for part in parts if part)


def _includes(kind: ResourceType) -> Sequence[str]:
    return [*(f"{kind.name}:{code}" for code in kind.followed), *reverse_includes(kind)]
