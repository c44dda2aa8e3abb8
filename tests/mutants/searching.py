"""Searches and pages that are wrong."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.mutants.changes import (
    answered,
    both,
    each_link,
    edited,
    searched,
)
from tests.mutants.mutant import Answers, Asked, Mutant, Part, Requests, Told
from tests.mutants.probe import FORM, PATIENT, Prober, asked, pages

_OBSERVATIONS = f"/Observation?patient={PATIENT}&_count=100"
_OF_PATIENT = f"/Condition?patient={PATIENT}"
_CRITERION = "mock_athena.search.criterion:"


def _asked_without(*names: str) -> Requests:
    """Parameters are taken off the query before anybody sees them."""

    def change(environ: dict[str, Any]) -> None:
        pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        if any(name in names for name, _ in pairs):
            environ["QUERY_STRING"] = urlencode([pair for pair in pairs if pair[0] not in names])

    return Requests(change)


def _asked_as(pattern: str, other: str) -> Requests:
    """The query is another where it looks like this."""

    def change(environ: dict[str, Any]) -> None:
        environ["QUERY_STRING"] = re.sub(pattern, other, environ.get("QUERY_STRING", ""))

    return Requests(change)


def _entries(change: Callable[[list[Any]], object]) -> Callable[[Any], None]:
    def edit(bundle: Any) -> None:
        if bundle.get("entry"):
            change(bundle["entry"])

    return edit


def _repeat_last(bundle: Any) -> None:
    if any(link["relation"] == "next" for link in bundle["link"]):
        bundle["entry"].append(bundle["entry"][0])


def _drop_last(bundle: Any) -> None:
    if any(link["relation"] == "next" for link in bundle["link"]):
        del bundle["entry"][-1]


def _count_on_page(bundle: Any) -> None:
    if "total" in bundle:
        bundle["total"] = len(bundle.get("entry", ()))


def _endless(bundle: Any) -> None:
    if not any(link["relation"] == "next" for link in bundle["link"]):
        bundle["link"].append({"relation": "next", "url": bundle["link"][0]["url"]})


def _first_alternative(healthy: Any) -> Any:
    return lambda text: healthy(text)[:1]


def _cursor_only(url: str) -> str:
    path, _, query = url.partition("?")
    return f"{path}?{urlencode([pair for pair in parse_qsl(query) if pair[0] in ('cursor', '_count')])}"


def _strings(mode: str, *, as_given: bool = False) -> Any:
    """Strings without a modifier are compared in another mode."""

    def make(healthy: Any) -> Any:
        def strings(given: Any) -> Any:
            right = healthy["string"](given)
            texts = (given.text,) if as_given else right.texts
            return right if given.modifier else replace(right, mode=mode, texts=texts)

        return {**healthy, "string": strings}

    return make


def _posted(tester: Prober) -> object:
    body = f"patient={PATIENT}".encode()
    return tester.send("POST", "/Condition/_search", {**tester.bearer(), **FORM}, body).whole


def _no_page_beyond(asked: Asked, told: Told) -> None:
    count = re.search(r"_count=(\d+)", asked.query)
    if count and int(count[1]) > 100:
        told.status = 400


def _cursor_fault(asked: Asked, told: Told) -> None:
    if "cursor=" in asked.query and told.status in (400, 410):
        told.status = 500


def _token_in_links(asked: Asked, told: Told) -> None:
    token = asked.headers.get("authorization", "").removeprefix("Bearer ")
    if searched(asked, told):
        edited(each_link("next", lambda url: f"{url}&access_token={token}"), searched).change(asked, told)


def _ended_hidden(bundle: Any) -> None:
    kept = [one for one in bundle.get("entry", ()) if "entered-in-error" not in str(one["resource"])]
    if kept:
        bundle["entry"] = kept
    else:
        bundle.pop("entry", None)


_ALL_STATES = ("/Observation?status=entered-in-error&_count=5", f"/Condition?patient={PATIENT}&_count=200")

MUTANTS = (
    Mutant(
        "total-of-the-page",
        ("SRC-011", "PAG-008"),
        "total counts the entries of the page",
        "facades without a count query",
        edited(_count_on_page, searched),
        pages(f"/Observation?patient={PATIENT}&_count=50"),
    ),
    Mutant(
        "nothing-found-as-404",
        ("SRC-005",),
        "a search that finds nothing is answered 404",
        "REST frameworks; several vendors' first versions",
        answered(
            404,
            "application/fhir+json",
            b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]}',
            both(searched, lambda _, told: b'"entry"' not in told.body),
        ),
        asked("/Patient?name=Nobodyofthisname"),
    ),
    Mutant(
        "empty-entry-list",
        ("SRC-010",),
        "a search that finds nothing has an empty list of entries",
        "JSON libraries, which do so by default",
        edited(lambda bundle: bundle.setdefault("entry", []) and None, searched),
        asked("/Patient?name=Nobodyofthisname"),
    ),
    Mutant(
        "search-mode-lacking",
        ("SRC-008",),
        "entries do not say whether they match or were included",
        "facades without modes",
        edited(_entries(lambda entries: [one.pop("search", None) for one in entries] and None), searched),
        asked(_OF_PATIENT),
    ),
    Mutant(
        "include-as-match",
        ("SRC-038", "SRC-008", "SRC-041"),
        "what was included is called a match",
        "facades that join both lists",
        edited(_entries(lambda entries: [one["search"].update(mode="match") for one in entries] and None), searched),
        asked("/MedicationRequest?_include=MedicationRequest:patient&_count=5"),
    ),
    Mutant(
        "full-url-of-another-host",
        ("SRC-007", "HDR-015"),
        "fullUrl names a host that nobody reaches",
        "fake-gcs-server #1281: 0.0.0.0",
        edited(
            _entries(
                lambda entries: (
                    [one.update(fullUrl=re.sub("//[^/]+/", "//0.0.0.0:8080/", one["fullUrl"])) for one in entries]
                    and None
                )
            ),
            searched,
        ),
        asked(_OF_PATIENT),
    ),
    Mutant(
        "self-repeats-everything",
        ("SRC-006",),
        "the self link repeats what was ignored",
        "servers that echo the URL",
        Answers(
            lambda asked, told: edited(
                each_link("self", lambda url: url.partition("?")[0] + "?" + asked.query), searched
            ).change(asked, told)
        ),
        asked(f"{_OF_PATIENT}&shoe-size=46"),
    ),
    Mutant(
        "modifier-ignored",
        ("SRC-025",),
        "modifiers that are not known are ignored",
        "servers that cut names at the colon",
        Part(_CRITERION + "_require_modifier", lambda _: lambda parameter, modifier: None),
        asked("/Patient?gender:below=female&_count=3"),
    ),
    Mutant(
        "first-of-several-values",
        ("SRC-013",),
        "of values between commas only the first counts",
        "facades that hand values on as they are",
        Part("mock_athena.search.values:alternatives", _first_alternative),
        asked("/Patient?gender=male,female&_count=50"),
    ),
    Mutant(
        "comma-never-literal",
        ("SRC-014",),
        "a comma with a backslash separates values",
        "facades that split at every comma",
        Part("mock_athena.search.values:alternatives", lambda _: lambda text: text.split(",")),
        asked(r"/Patient?gender=x\,female&_count=50"),
    ),
    Mutant(
        "repeated-parameter-replaces",
        ("SRC-012",),
        "of a parameter that is repeated only the last counts",
        "web frameworks whose query is a dictionary",
        Requests(
            lambda environ: environ.update(QUERY_STRING=urlencode(dict(parse_qsl(environ.get("QUERY_STRING", "")))))
        ),
        asked(
            f"/Observation?patient={PATIENT}&date=ge2030-01-01&date=le2040-01-01",
            f"{_OBSERVATIONS}&date=ge2024-01-01&date=lt2024-06-01",
        ),
    ),
    Mutant(
        "ge-excludes",
        ("SRC-031",),
        "ge does not find what is equal",
        "SQL facades: > for >=",
        _asked_as(r"=ge(\d)", r"=sa\1"),
        asked("/Observation?date=ge2026-01-01&_count=200", f"{_OBSERVATIONS}&date=ge2024"),
    ),
    Mutant(
        "date-prefix-ignored",
        ("SRC-031",),
        "dates are compared for equality, whatever the prefix",
        "Medplum's memory repository compares text",
        _asked_as(r"=(?:ge|gt|le|lt)(\d)", r"=\1"),
        asked(f"{_OBSERVATIONS}&date=ge2020"),
    ),
    Mutant(
        "date-ignored",
        ("SRC-030", "SRC-031", "SRC-037"),
        "date is no criterion",
        "mocks that hand out canned answers, as stripe-mock and prism do",
        _asked_without("date"),
        asked(f"{_OBSERVATIONS}&date=ge2030"),
    ),
    Mutant(
        "string-contains",
        ("SRC-022",),
        "a name is found by its middle",
        "Medplum's memory repository: 76 hits for name=a against 9",
        Part(_CRITERION + "_BY_TYPE", _strings(mode="contains")),
        asked("/Patient?name=a&_count=50", "/Patient?name=e&_count=50", "/Patient?name=n&_count=50"),
    ),
    Mutant(
        "string-case-sensitive",
        ("SRC-022",),
        "names are compared with their case",
        "SQL facades with LIKE on PostgreSQL",
        Part(_CRITERION + "_BY_TYPE", _strings(mode="exact", as_given=True)),
        lambda tester: [tester.get(f"/Patient?name={letter}&_count=50").whole for letter in "abcdefghijklm"],
    ),
    Mutant(
        "token-system-ignored",
        ("SRC-018",),
        "system|code finds the code in every system",
        "facades that keep codes alone",
        Part("mock_athena.search.values:token", lambda healthy: lambda text: healthy(text)._replace(system=None)),
        asked(f"{_OBSERVATIONS}&category=http://elsewhere.example|laboratory"),
    ),
    Mutant(
        "token-needs-system",
        ("SRC-017",),
        "a code without a system finds only codes without one",
        "servers that compare the text of both",
        Part(
            "mock_athena.search.values:token",
            lambda healthy: lambda text: healthy(text if "|" in text else f"|{text}"),
        ),
        asked(f"{_OBSERVATIONS}&category=laboratory"),
    ),
    Mutant(
        "patient-criterion-ignored",
        ("SRC-059", "SRC-027"),
        "patient is no criterion: everybody's are found",
        "mocks that hand out canned answers",
        _asked_without("patient"),
        asked("/Condition?patient=nobody"),
    ),
    Mutant(
        "reference-with-type-not-found",
        ("SRC-027",),
        "patient=Patient/id finds nothing, patient=id does",
        "node-fhir-server-core examples; facades",
        _asked_as(r"patient=Patient(/|%2F)", r"patient=Patient_"),
        asked(f"/Condition?patient=Patient/{PATIENT}"),
    ),
    Mutant(
        "id-ignored",
        ("SRC-015",),
        "_id is no criterion",
        "fhirsnake 1.1.0: searches have no parameters",
        _asked_without("_id"),
        asked(f"/Patient?_id={PATIENT}"),
    ),
    Mutant(
        "revinclude-ignored",
        ("SRC-040",),
        "_revinclude brings nothing",
        "facades",
        _asked_without("_revinclude"),
        asked(f"{_OF_PATIENT}&_revinclude=Provenance:target"),
    ),
    Mutant(
        "include-counts",
        ("SRC-041",),
        "what is included counts in total",
        "servers whose count is that of the entries",
        edited(
            lambda bundle: (
                bundle.update(
                    total=bundle["total"]
                    + sum(1 for one in bundle.get("entry", ()) if one["search"]["mode"] == "include")
                )
                if "total" in bundle
                else None
            ),
            searched,
        ),
        asked(f"{_OF_PATIENT}&_revinclude=Provenance:target"),
    ),
    Mutant(
        "post-search-without-body",
        ("SRC-002",),
        "a search by POST ignores its form",
        "frameworks that read a body once",
        Part("mock_athena.web.search:_posted_pairs", lambda _: list),
        _posted,
    ),
    Mutant(
        "strict-ignored",
        ("SRC-053",),
        "Prefer: handling=strict makes no difference",
        "most servers",
        Requests(lambda environ: environ.pop("HTTP_PREFER", None)),
        asked("/Patient?shoe-size=46", Prefer="handling=strict"),
    ),
    Mutant(
        "unknown-parameter-refused",
        ("SRC-054",),
        "an unknown parameter is refused though nobody asked for it",
        "servers that are strict by default",
        Requests(lambda environ: environ.update(HTTP_PREFER="handling=strict")),
        asked("/Patient?shoe-size=46"),
    ),
    Mutant(
        "count-only-ignored",
        ("SRC-047", "PAG-003"),
        "_summary=count brings entries",
        "facades",
        _asked_without("_summary"),
        asked("/Patient?_summary=count"),
    ),
    Mutant(
        "entered-in-error-hidden",
        ("SRC-058",),
        "what was entered in error is never shown",
        "vendors' servers that filter by status",
        edited(_ended_hidden, searched),
        asked(*_ALL_STATES),
    ),
    Mutant(
        "sort-ignored",
        ("SRC-050",),
        "_sort makes no difference",
        "facades",
        _asked_without("_sort"),
        asked(f"{_OBSERVATIONS}&_sort=date"),
    ),
    Mutant(
        "last-updated-ignored",
        ("SRC-016",),
        "_lastUpdated is no criterion",
        "facades without such an index",
        _asked_without("_lastUpdated"),
        asked("/Patient?_lastUpdated=ge2100-01-01"),
    ),
    Mutant(
        "elements-ignored",
        ("SRC-049",),
        "_elements makes no difference",
        "most facades",
        _asked_without("_elements"),
        asked("/Patient?_elements=gender&_count=2"),
    ),
    Mutant(
        "chain-ignored",
        ("SRC-045",),
        "a chained parameter is no criterion",
        "facades that know plain names alone",
        Requests(
            lambda environ: environ.update(
                QUERY_STRING=urlencode(
                    [
                        one
                        for one in parse_qsl(environ.get("QUERY_STRING", ""))
                        if not one[0].startswith("practitioner.")
                    ]
                )
            )
        ),
        asked("/PractitionerRole?practitioner.name=Nobodyofthisname"),
    ),
    Mutant(
        "next-link-of-another-host",
        ("PAG-001", "PAG-004", "PAG-006", "SRC-062", "HDR-015"),
        "the next link names a host that nobody reaches",
        "fake-gcs-server #1281: 0.0.0.0",
        edited(each_link("next", lambda url: re.sub(r"//[^/]+/", "//0.0.0.0:8080/", url)), searched),
        pages(f"/Observation?patient={PATIENT}&_count=50"),
    ),
    Mutant(
        "next-link-with-token",
        ("SRC-062",),
        "the next link has the access token in it",
        "servers that make links of the whole request",
        Answers(_token_in_links),
        lambda tester: "access_token" in str(tester.get(f"/Observation?patient={PATIENT}&_count=50").json["link"]),
    ),
    Mutant(
        "next-link-loses-criteria",
        ("PAG-006", "PAG-004"),
        "the next link forgets what was searched for",
        "servers that make links of page numbers",
        edited(each_link("next", _cursor_only), searched),
        pages(f"/Observation?patient={PATIENT}&_count=50"),
    ),
    Mutant(
        "rows-repeated",
        ("PAG-004", "SRC-009"),
        "each page repeats a row",
        "offset paging while rows are inserted",
        edited(_repeat_last, searched),
        pages(f"/Observation?patient={PATIENT}&_count=50"),
    ),
    Mutant(
        "rows-dropped",
        ("PAG-004", "SRC-011"),
        "each page lacks its last row",
        "offset paging while rows are deleted",
        edited(_drop_last, searched),
        pages(f"/Observation?patient={PATIENT}&_count=50"),
    ),
    Mutant(
        "pages-without-end",
        ("PAG-005", "PAG-004"),
        "the last page has a next link",
        "servers that add it to every page",
        edited(_endless, searched),
        pages(f"/Observation?patient={PATIENT}&_count=50"),
    ),
    Mutant(
        "count-exceeded",
        ("PAG-002",),
        "pages have twenty rows, whatever _count says",
        "facades without paging",
        _asked_without("_count"),
        asked(f"/Observation?patient={PATIENT}&_count=5"),
    ),
    Mutant(
        "large-count-refused",
        ("PAG-011",),
        "a _count above the maximum is refused",
        "servers with a fixed maximum",
        Answers(_no_page_beyond),
        asked("/Patient?_count=5000"),
    ),
    Mutant(
        "forged-page-as-defect",
        ("PAG-013",),
        "a page token that was changed is a 500",
        "servers that decode it without care",
        Answers(_cursor_fault),
        asked(f"/Observation?patient={PATIENT}&cursor=forged"),
    ),
    Mutant(
        "paging-lost-with-post",
        ("PAG-015",),
        "results of a search by POST have no next link",
        "servers that make links of the URL",
        edited(
            lambda bundle: bundle.update(link=[one for one in bundle["link"] if one["relation"] != "next"]),
            both(searched, lambda asked, _: asked.method == "POST"),
        ),
        lambda tester: tester.send("POST", "/Observation/_search", {**tester.bearer(), **FORM}, b"_count=5").whole,
    ),
)
