"""Every search that US Core 3.1.1 and 6.1.0 ask of a server, with values of the data of both practices.

``searches.csv`` of the conformance suite says what is asked: the combinations of parameters and includes of the
CapabilityStatement ``us-core-server`` of either version with their level, and of each parameter its type, paths,
the comparators that are SHALL and whether several values with commas are. It was derived from the packages
``hl7.fhir.us.core`` 3.1.1 and 6.1.0 (CC0) and, for the paths, from the generated metadata of Inferno's US Core test kit
(Apache-2.0); paths of choices are those of JSON.

What is expected comes from :mod:`tests.naive`: exactly the resources of which every parameter holds, of all that there
are. So what is found matches, what is known is found, and nothing is missing.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from athena_fhir_conformance import us_core
from mock_athena import Settings, create_app
from tests import naive
from tests.mock_athena.web.in_process import Athena

Json = dict[str, Any]

BASES = {"production": "/fhir/r4", "sandbox": "/fhir/r4/sandbox"}
HOST = "http://localhost"
FEW = 1000  # resources of a type that are read as a whole again and again
KNOWN = 3  # resources whose values a combination is tried with, at each practice

ROWS = list(csv.DictReader((Path(us_core.__file__).parent / "searches.csv").read_text(encoding="utf-8").splitlines()))


WITHOUT_DATA = {("Goal", "description+patient")}
"""What no resource of the data can be found by: goals are described in words, without codes."""

NOTHING_TO_INCLUDE = {
    "PractitionerRole:endpoint",  # no Endpoint is served
    "CareTeam:participant:PractitionerRole",  # the teams name practitioners themselves
}


class Parameter(NamedTuple):
    name: str
    is_a: str
    paths: tuple[str, ...]
    comparators: tuple[str, ...]
    multiple_or: str

    def values(self, resource: Json) -> list[Any]:
        return [value for path in self.paths for value in naive.values(resource, path)]

    def holds(self, found: list[Any], asked: str, base: str) -> bool:
        if self.is_a == "reference":
            return any(naive.points_to(value, asked, base) for value in found)
        return any(naive.MATCHES[self.is_a](value, asked) for value in found)


PARAMETERS = {
    (row["version"], row["type"], row["name"]): Parameter(
        row["name"], row["is_a"], tuple(row["paths"].split()), tuple(row["comparators"].split()), row["multiple_or"]
    )
    for row in ROWS
    if row["what"] == "parameter"
}


def rows(what: str) -> list[Any]:
    return [
        pytest.param(row["version"], row["type"], row["name"], id=f"{row['version']}-{row['type']}-{row['name']}")
        for row in ROWS
        if row["what"] == what
    ]


@dataclass
class Practice:
    """One environment, and everything in it, as reading all of it shows it.

    Attributes:
        judged: searches that were found right. Most are of both versions, and the data stay as they are.
        posted: types and parameters that were asked for by POST, which leads to the same search.
    """

    athena: Athena
    path: str
    judged: set[tuple[str, tuple[tuple[str, str], ...], frozenset[str]]] = field(default_factory=set)
    posted: set[tuple[str, ...]] = field(default_factory=set)
    _all: dict[str, list[Json]] = field(default_factory=dict)
    _values: dict[tuple[str, tuple[str, ...]], list[tuple[str, list[Any]]]] = field(default_factory=dict)
    _holding: dict[tuple[str, Parameter, str], frozenset[str]] = field(default_factory=dict)

    @cached_property
    def base(self) -> str:
        return HOST + self.path

    def everything(self, type: str) -> list[Json]:
        if type not in self._all:
            self._all[type] = [each for each in self.found(type, []) if each["resourceType"] == type]
        return self._all[type]

    def values(self, type: str, parameter: Parameter) -> list[tuple[str, list[Any]]]:
        """The id of each resource and its values of a parameter."""
        key = (type, parameter.paths)
        if key not in self._values:
            self._values[key] = [(each["id"], parameter.values(each)) for each in self.everything(type)]
        return self._values[key]

    def holding(self, type: str, parameter: Parameter, text: str) -> frozenset[str]:
        """The ids of which a parameter with this value holds."""
        key = (type, parameter, text)
        if key not in self._holding:
            texts = text.split(",")
            self._holding[key] = frozenset(
                id
                for id, values in self.values(type, parameter)
                if values and any(parameter.holds(values, one, self.base) for one in texts)
            )
        return self._holding[key]

    def found(self, type: str, pairs: Sequence[tuple[str, str]], by_post: bool = False) -> list[Json]:
        """Every resource of the answer, over all its pages, what comes along included."""
        method, path = ("POST", f"{self.path}/{type}/_search") if by_post else ("GET", f"{self.path}/{type}")
        way = {"data": dict(_grouped(pairs))} if by_post else {"query_string": [*pairs, ("_count", "1000")]}
        answer = self.athena.send(method, path, self.athena.token(), **way)
        resources: list[Json] = []
        while True:
            assert answer.status_code == 200, (type, pairs, answer.text[:500])
            bundle = answer.get_json()
            assert bundle["type"] == "searchset"
            resources += [entry["resource"] for entry in bundle.get("entry", ())]
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            if not following:
                return resources
            answer = self.athena.send("GET", following[0].removeprefix(HOST), self.athena.token())


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


@pytest.fixture(scope="module")
def practices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Practice]]:
    cache = tmp_path_factory.getbasetemp().parent / "populations"
    app = create_app(Settings(clock="manual", limits="off", cache_dir=str(cache)))
    athena = Athena(app)
    yield [Practice(athena, path) for path in BASES.values()]
    app.close()


def ids(resources: Sequence[Json]) -> list[str]:
    return sorted(resource["id"] for resource in resources)


def forms(parameter: Parameter, value: Any, base: str) -> list[str]:
    """The ways to ask for a value that US Core names."""
    match parameter.is_a:
        case "reference":
            text = value if isinstance(value, str) else value.get("reference", "")
            text = text.removeprefix(f"{base}/")
            return [text] if "://" in text else [text, text.rpartition("/")[2], f"{base}/{text}"]
        case "date":
            return [each[:10] for each in _ends(value)][:1]
        case "token":
            return [f"{system}|{code}" if system else code for system, code in naive.tokens(value)][:1] + [
                code for _, code in naive.tokens(value)
            ][:1]
        case _:
            return [text.split(",")[0] for text in naive.strings(value)][:3]


def _ends(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [value[end] for end in ("start", "end") if end in value]


def examples(kind: str, asked: Sequence[Parameter], practice: Practice) -> list[Json]:
    """Resources with a value of each parameter, from all over the practice."""
    fit = [each for each in practice.everything(kind) if all(parameter.values(each) for parameter in asked)]
    return fit[:: max(1, len(fit) // KNOWN)][:KNOWN]


def require(practice: Practice, kind: str, asked: Sequence[tuple[Parameter, str]], known: Json | None = None) -> None:
    """A search finds what it must, by GET, and the first with these parameters by POST too."""
    pairs = [(parameter.name, text) for parameter, text in asked]
    expected = frozenset.intersection(*(practice.holding(kind, parameter, text) for parameter, text in asked))
    assert known is None or known["id"] in expected, pairs
    judged = (kind, tuple(pairs), expected)
    if judged not in practice.judged:
        assert ids(practice.found(kind, pairs)) == sorted(expected), pairs
        practice.judged.add(judged)
    names = (kind, *(name for name, _ in pairs))
    if names not in practice.posted:
        assert ids(practice.found(kind, pairs, by_post=True)) == sorted(expected), pairs
        practice.posted.add(names)


@pytest.mark.requirement(
    *("USC-001", "USC-002", "USC-003", "USC-004", "USC-005", "USC-006", "USC-007", "USC-008", "USC-009", "USC-010"),
    *("USC-011", "USC-012", "USC-013", "USC-014", "USC-015", "USC-016", "USC-017", "USC-018", "USC-019", "USC-020"),
    *("USC-021", "USC-022", "USC-023", "USC-024", "USC-025", "USC-026", "USC-027", "USC-028", "USC-029", "USC-030"),
    *("USC-031", "USC-032", "USC-033", "USC-034", "USC-035", "USC-036", "USC-037"),
)
@pytest.mark.parametrize(("version", "kind", "name"), rows("search"))
def test_a_search_finds_what_is_known_and_nothing_else(
    practices: list[Practice], version: str, kind: str, name: str
) -> None:
    asked = [PARAMETERS[version, kind, part] for part in name.split("+")]
    tried = 0
    for practice in practices:
        for known in examples(kind, asked, practice):
            ways = [forms(parameter, parameter.values(known)[0], practice.base) for parameter in asked]
            for n in range(max(map(len, ways)) if all(ways) else 0):
                texts = [way[n % len(way)] for way in ways]
                require(practice, kind, list(zip(asked, texts, strict=True)), known if _is_day(asked, known) else None)
                tried += 1
    assert bool(tried) == ((kind, name) not in WITHOUT_DATA), f"no {kind} has a value of each of {name}"


def _is_day(asked: Sequence[Parameter], known: Json) -> bool:
    """Whether a day contains each date: a Period of several days is in none of them."""
    periods = [p.values(known)[0] for p in asked if p.is_a == "date" and not isinstance(p.values(known)[0], str)]
    return all(period.get("start", "-")[:10] == period.get("end", "+")[:10] for period in periods)


COMPARED = [
    pytest.param(version, kind, parameter, id=f"{version}-{kind}-{name}")
    for (version, kind, name), parameter in PARAMETERS.items()
    if parameter.comparators
]


@pytest.mark.requirement("SRC-031", "SRC-034", "SRC-035")
@pytest.mark.parametrize(("version", "kind", "parameter"), COMPARED)
def test_dates_are_compared(practices: list[Practice], version: str, kind: str, parameter: Parameter) -> None:
    patient, tried = PARAMETERS[version, kind, "patient"], 0
    for practice in practices:
        for known in examples(kind, [parameter, patient], practice)[:3]:
            who = forms(patient, patient.values(known)[0], practice.base)[0]
            for end in _ends(parameter.values(known)[0]):
                for text in dict.fromkeys((end[:10], end, _elsewhere(end))):
                    for prefix in parameter.comparators:
                        require(practice, kind, [(patient, who), (parameter, prefix + text)])
                        tried += 1
                require(practice, kind, [(patient, who), (parameter, f"ge{end[:7]}"), (parameter, f"le{end[:10]}")])
    assert tried


def _elsewhere(text: str) -> str:
    """The same instant, or day, told with another offset."""
    if "T" not in text:
        return text
    moved = naive.span(text)[0].astimezone(UTC) - timedelta(hours=5)
    return f"{moved:%Y-%m-%dT%H:%M:%S}-05:00"


SEVERAL = [
    pytest.param(version, kind, parameter, id=f"{version}-{kind}-{name}")
    for (version, kind, name), parameter in PARAMETERS.items()
    if parameter.multiple_or in ("SHALL", "SHOULD")
]


@pytest.mark.requirement("SRC-013")
@pytest.mark.parametrize(("version", "kind", "parameter"), SEVERAL)
def test_values_between_commas_are_alternatives(
    practices: list[Practice], version: str, kind: str, parameter: Parameter
) -> None:
    patient = PARAMETERS[version, kind, "patient"]
    for practice in practices:
        everything = practice.everything(kind)
        codes = sorted({code for each in everything for v in parameter.values(each) for _, code in naive.tokens(v)})
        assert codes
        if len(everything) < FEW:
            require(practice, kind, [(parameter, ",".join(codes))])
        for known in examples(kind, [parameter, patient], practice)[:3]:
            who = forms(patient, patient.values(known)[0], practice.base)[0]
            for some in (codes[:1], codes[:2], codes[1:3], ["no-such-code", *codes[-1:]]):
                require(practice, kind, [(patient, who), (parameter, ",".join(some or codes))])


def _targets(practice: Practice, resource: Json, path: str) -> set[str]:
    texts = (each.get("reference", "") for each in naive.values(resource, path))
    return {text.removeprefix(f"{practice.base}/") for text in texts}


@pytest.mark.requirement("SRC-040", "CAP-018")
@pytest.mark.parametrize(("version", "kind", "name"), rows("revinclude"))
def test_what_points_to_a_match_comes_along(practices: list[Practice], version: str, kind: str, name: str) -> None:
    assert name == "Provenance:target"
    came = 0
    for practice in practices:
        patient = PARAMETERS.get((version, kind, "patient"), PARAMETERS[version, "Patient", "_id"])
        for known in examples(kind, [patient], practice)[:3]:
            pairs = [(patient.name, forms(patient, patient.values(known)[0], practice.base)[0])]
            matches = practice.found(kind, pairs)
            found = practice.found(kind, [*pairs, ("_revinclude", name)])
            urls = {f"{kind}/{each['id']}" for each in matches}
            expected = [p for p in practice.everything("Provenance") if urls & _targets(practice, p, "target")]
            along = [each for each in found if each["resourceType"] == "Provenance"]
            assert ids(along) == ids(expected)
            assert [each for each in found if each["resourceType"] == kind] == matches
            came += len(along)
    assert came


INCLUDED = {
    "MedicationRequest:medication": "medicationReference",
    "MedicationDispense:medication": "medicationReference",
    "PractitionerRole:practitioner": "practitioner",
    "PractitionerRole:endpoint": "endpoint",
    "CareTeam:participant": "participant.member",
}


@pytest.mark.requirement("SRC-038", "SRC-039", "SRC-043", "CAP-019")
@pytest.mark.parametrize(("version", "kind", "name"), rows("include"))
def test_what_a_match_points_to_comes_along(practices: list[Practice], version: str, kind: str, name: str) -> None:
    source, parameter, target = [*name.split(":"), ""][:3]
    came = 0
    for practice in practices:
        matches = practice.everything(kind)
        found = practice.found(kind, [("_include", name)])
        wanted = {url for each in matches for url in _targets(practice, each, INCLUDED[f"{source}:{parameter}"])}
        held = {url for url in wanted if url.startswith(target) and _is_held(practice, url)}
        along = {f"{each['resourceType']}/{each['id']}" for each in found if each["resourceType"] != kind}
        assert along == held
        came += len(along)
    assert bool(came) == (name not in NOTHING_TO_INCLUDE)


def _is_held(practice: Practice, url: str) -> bool:
    return practice.athena.send("GET", f"{practice.path}/{url}", practice.athena.token()).status_code == 200


@pytest.mark.requirement("CAP-017", "CAP-018", "CAP-019", "CAP-015", "CAP-016")
def test_all_of_it_is_declared(practices: list[Practice]) -> None:
    statement = practices[0].athena.send("GET", "/fhir/r4/metadata").get_json()
    declared = {row["type"]: row for row in statement["rest"][0]["resource"]}
    for row in ROWS:
        kind = declared[row["type"]]
        if row["what"] == "parameter":
            assert (row["name"], row["is_a"]) in {(each["name"], each["type"]) for each in kind["searchParam"]}
        elif row["what"] == "revinclude":
            assert row["name"] in kind["searchRevInclude"]
        elif row["what"] == "include":
            assert ":".join(row["name"].split(":")[:2]) in kind["searchInclude"]
        assert {"read", "vread", "search-type"} <= {each["code"] for each in kind["interaction"]}
