"""Scopes that are not looked at, or that reach too far."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_athena.auth.scopes import parse_scopes
from tests.mutants.changes import answered, of_status
from tests.mutants.mutant import Mutant, Part
from tests.mutants.probe import GROUP, OTHER_PATIENT, Prober, asked, exported

_REACH = "mock_athena.auth.reach:_parts"


def _patient_token(tester: Prober, **changes: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tester.signed_in(**changes)['access_token']}"}


def _of_patient(*urls: str, **changes: str) -> Callable[[Prober], object]:
    def see(tester: Prober) -> object:
        bearer = _patient_token(tester, **changes)
        return [tester.send("GET", url, bearer).whole for url in urls]

    return see


def _trusting_reach(type: str) -> Any:
    """Scopes are not looked at where this type is concerned."""

    def make(healthy: Any) -> Any:
        from mock_athena.store.confinement import Part as Confined

        return lambda scopes, people: [*healthy(scopes, people), Confined("none", type, "rs")]

    return make


def _everybodys(healthy: Any) -> Any:
    return lambda scopes, people: healthy(scopes, dict.fromkeys(people))


def _either_letter(healthy: Any) -> Any:
    return lambda part, type, letter: any(healthy(part, type, each) for each in ("rs" if letter in "rs" else letter))


def _with_all_scopes(healthy: Any) -> Any:
    def job(service: Any, request: Any, caller: Any, *more: Any) -> Any:
        return healthy(service, request, replace(caller, scopes=parse_scopes("system/*.rs")), *more)

    return job


MUTANTS = (
    Mutant(
        "scope-ignored-on-one-type",
        ("SMA-082", "BKS-039", "SRC-060", "ERR-009"),
        "Condition can be read and searched without a scope for it",
        "facades: a route without its guard",
        Part(_REACH, _trusting_reach("Condition")),
        asked("/Condition?_count=1", scope="system/Patient.rs"),
    ),
    Mutant(
        "scope-ignored-everywhere",
        ("SMA-082", "BKS-039", "SRC-060", "ERR-009"),
        "any token may do anything",
        "facades that check only that the token is good",
        Part(_REACH, _trusting_reach("*")),
        asked("/Condition?_count=1", scope="system/Patient.rs"),
    ),
    Mutant(
        "patient-token-sees-everybody",
        ("SMA-075", "SRC-061"),
        "a patient/ token reaches the records of all patients",
        "facades that check only that the token is good",
        Part(_REACH, _everybodys),
        _of_patient(f"/Patient/{OTHER_PATIENT}", "/Condition?_count=50", scope="launch/patient patient/*.rs"),
    ),
    Mutant(
        "reading-grants-searching",
        ("SMA-074",),
        "a scope for reading grants searching, and the other way round",
        "servers that know .read alone and took v2 scopes for it",
        Part("mock_athena.store.confinement:Part.grants", _either_letter),
        asked("/Patient?_count=1", scope="system/Patient.r"),
    ),
    Mutant(
        "granular-scope-ignored",
        ("SMA-076", "SMA-078"),
        "what stands behind the question mark of a scope is ignored",
        "servers that cut scopes at it",
        Part("mock_athena.auth.reach:conditions", lambda _: lambda scope: ()),
        asked("/Observation?_count=100", scope="system/Observation.rs?category=laboratory"),
    ),
    Mutant(
        "granular-scopes-intersected",
        ("SMA-077",),
        "of two granular scopes of a type only the first counts",
        "servers that keep scopes by their type",
        Part(_REACH, lambda healthy: lambda scopes, people: list(healthy(scopes, people))[:1]),
        asked(
            "/Observation?_count=100",
            scope="system/Observation.rs?category=laboratory system/Observation.rs?category=vital-signs",
        ),
    ),
    Mutant(
        "wildcard-without-one-type",
        ("SMA-079",),
        "a wildcard scope does not cover Encounter",
        "servers that spell the wildcard out by hand",
        Part(
            "mock_athena.store.confinement:Part.grants",
            lambda healthy: (
                lambda part, type, letter: (
                    healthy(part, type, letter) and not (part.type == "*" and type == "Encounter")
                )
            ),
        ),
        _of_patient("/Encounter?_count=1", scope="launch/patient patient/*.rs"),
    ),
    Mutant(
        "forbidden-as-empty",
        ("SMA-082", "SRC-060", "ERR-009"),
        "a search without a scope for it finds nothing, and says so with 200",
        "servers that filter by scope and never refuse",
        answered(
            200, "application/fhir+json", b'{"resourceType":"Bundle","type":"searchset","total":0}', of_status(403)
        ),
        asked("/Condition?_count=1", scope="system/Patient.rs"),
    ),
    Mutant(
        "export-beyond-its-scope",
        ("BKS-041", "BKS-040"),
        "an export contains all types, whatever the token's scopes are",
        "sekmet-fhir 0.1.1: a scope for one type exports all",
        Part("mock_athena.export.service:ExportService._job", _with_all_scopes),
        exported("/Patient/$export", "system/Patient.rs system/Condition.rs"),
    ),
    Mutant(
        "export-of-any-type-asked-for",
        ("BKS-040",),
        "a type that the token does not cover is exported where it is asked for",
        "sekmet-fhir 0.1.1",
        Part("mock_athena.export.content:_require_all", lambda _: lambda caller, types: None),
        exported("/Patient/$export?_type=Condition", "system/Patient.rs"),
    ),
    Mutant(
        "group-of-anybody",
        ("BKO-054",),
        "the members of a Group are exported without a scope for the Group",
        "bulk-data-server 2.1.1",
        Part("mock_athena.export.service:_check_group_access", lambda _: lambda group, caller, snapshot: None),
        exported(f"/Group/{GROUP}/$export", "system/Patient.rs"),
    ),
)
