"""The searches that US Core requires: with values that are in the data, what is found fits, and what fits is found."""

from athena_fhir_conformance import us_core
from athena_fhir_conformance.asking import found, not_taken
from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.requirements import requirements
from athena_fhir_conformance.sample import PAGE, Json, Sample, next_url
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.us_core import Parameter, Search
from athena_fhir_conformance.verdicts import omit, skip

_SAYS = " can be searched by "


def required() -> list[object]:
    """One case for each row of the list such as ``Goal can be searched by patient``."""
    rows = [row for row in requirements().values() if row.id.startswith("USC-") and _SAYS in row.statement]
    found = []
    for row in rows:
        type, _, names = row.statement.partition(_SAYS)
        search = Search(type, tuple(names.split(" & ")), row.level)
        found.append(case(search, id=f"{type}-{'-'.join(search.names)}", requirements=(row.id,)))
    return found


@cases("search", required())
@check()
def what_is_known_is_found_and_what_is_found_fits(target: Target, sample: Sample, search: Search) -> None:
    judged(target, sample, search)


def truthful() -> list[object]:
    """One case for each other combination of US Core."""
    asked = {(row.statement.partition(_SAYS)[0], row.statement.partition(_SAYS)[2]) for row in requirements().values()}
    return [
        case(search, id=f"{search.type}-{'-'.join(search.names)}")
        for search in us_core.searches()
        if (search.type, " & ".join(search.names)) not in asked and search.level == "SHOULD" and len(search.names) < 4
    ]


@cases("search", truthful())
@check("CAP-031")
def a_search_that_is_declared_works(target: Target, sample: Sample, search: Search) -> None:
    judged(target, sample, search)


def judged(target: Target, sample: Sample, search: Search) -> None:
    """Precision and recall of a search, with the values of a resource that was seen."""
    if not target.offers(search.type, "search-type"):
        omit(f"{search.type} is not declared to be searched")
    if missing := [name for name in search.names if name not in target.parameters(search.type)]:
        omit(f"{search.type} does not declare {', '.join(missing)}")
    known, asked = values_for(sample, search)
    more = {"intent": "proposal,plan,order,option"} if wants_intent(target, search) else {}
    answer = target.get(search.type, params={**asked, **more, "_count": str(PAGE)})
    if target.profile.required_combinations and not_taken(answer):
        omit("not one of the combinations that the real API takes")
    matches = found(answer)
    parameters = us_core.parameters(search.type)
    for each in matches:
        for name, value in asked.items():
            assert parameters[name].holds(each, unescaped(value), target.base), (
                f"{answer}: {search.type}/{each.get('id')} does not match {name}"
            )
    here = {str(each.get("id")) for each in matches}
    assert known["id"] in here or next_url(answer), f"{answer}: {search.type}/{known['id']} matches and is not found"
    complete(target, sample, search, asked, here if not next_url(answer) else None)


def complete(target: Target, sample: Sample, search: Search, asked: dict[str, str], here: set[str] | None) -> None:
    """Whatever was seen before and matches is there."""
    parameters = us_core.parameters(search.type)
    if here is None:
        return
    wanted = {
        each["id"]
        for each in sample.resources(search.type)
        if all(parameters[name].holds(each, unescaped(value), target.base) for name, value in asked.items())
    }
    missing = wanted - here
    assert not missing, (
        f"{len(missing)} {search.type} that match {'&'.join(asked)} are not found: {sorted(missing)[:3]}"
    )


def wants_intent(target: Target, search: Search) -> bool:
    return target.profile.required_combinations and search.type == "MedicationRequest" and "intent" not in search.names


def unescaped(value: str) -> str:
    return value.replace("\\", "")


def values_for(sample: Sample, search: Search) -> tuple[Json, dict[str, str]]:
    """A resource that has values for all parameters, and those values."""
    parameters = us_core.parameters(search.type)
    seen = sample.resources(search.type)
    for resource in seen:
        asked = {name: value_of(parameters[name], resource) for name in search.names if name in parameters}
        if len(asked) == len(search.names) and all(asked.values()):
            return resource, asked
    skip(f"no {search.type} that was seen has values for {', '.join(search.names)}")


def value_of(parameter: Parameter, resource: Json) -> str:
    return str(resource["id"]) if parameter.name == "_id" else parameter.known(resource)


def dated() -> list[object]:
    """Types whose dates US Core wants compared, by the parameter that is searched together with the patient."""
    found = {}
    for search in us_core.searches():
        for name in search.names:
            parameter = us_core.parameters(search.type).get(name)
            if parameter and parameter.kind == "date" and "patient" in search.names and parameter.comparators:
                found[search.type, name] = case(search.type, name, id=f"{search.type}-{name}")
    return list(found.values())


@cases("type, name", dated())
@check("SRC-031")
def dates_are_compared(target: Target, sample: Sample, type: str, name: str) -> None:
    if name not in target.parameters(type):
        omit(f"{type} does not declare {name}")
    parameter = us_core.parameters(type)[name]
    _, asked = values_for(sample, Search(type, ("patient", name), "SHALL"))
    day = asked[name].removeprefix("ge")
    everything = sample.every(type, asked["patient"])
    for prefix in ("gt", "ge", "lt", "le") if type == "Observation" else ("ge", "lt"):
        value = f"{prefix}{day}"
        answer = target.get(type, params={**sample.criterion(type, asked["patient"]), name: value})
        if target.profile.required_combinations and not_taken(answer):
            omit("not one of the combinations that the real API takes")
        here = {each["id"] for each in found(answer)}
        wanted = {each["id"] for each in everything if parameter.holds(each, value)}
        assert here <= wanted, f"{answer}: {type}/{min(here - wanted)} does not match {value}"
        assert next_url(answer) or here == wanted, f"{answer}: {len(wanted - here)} that match {value} are missing"


def with_several() -> list[object]:
    """Types and parameters that take several values with commas."""
    found = {}
    for search in us_core.searches():
        for name in search.names:
            parameter = us_core.parameters(search.type).get(name)
            if parameter and parameter.several and "patient" in search.names:
                found[search.type, name] = case(search.type, name, id=f"{search.type}-{name}")
    return list(found.values())


@cases("type, name", with_several())
@check("SRC-013")
def several_values_are_or(target: Target, sample: Sample, type: str, name: str) -> None:
    if name not in target.parameters(type):
        omit(f"{type} does not declare {name}")
    parameter = us_core.parameters(type)[name]
    patient, values = patient_with_several(sample, type, parameter)
    everything = sample.every(type, patient)
    answer = target.get(type, params={**sample.criterion(type, patient), name: ",".join(values)})
    here = {each["id"] for each in found(answer)}
    wanted = {each["id"] for each in everything if any(parameter.holds(each, unescaped(value)) for value in values)}
    assert here <= wanted, f"{answer}: {type}/{min(here - wanted)} has none of the values"
    assert next_url(answer) or here == wanted, f"{answer}: {len(wanted - here)} with one of the values are missing"


def patient_with_several(sample: Sample, type: str, parameter: Parameter) -> tuple[str, list[str]]:
    """A patient whose resources have different values of a parameter, and some of those."""
    seen: dict[str, dict[str, None]] = {}
    whose = us_core.parameters(type)["patient"]
    for each in sample.resources(type):
        if value := parameter.known(each):
            seen.setdefault(whose.known(each), {})[value] = None
    for patient, values in seen.items():
        if len(values) > 1:
            return patient, list(values)[:3]
    skip(f"no patient has {type} with different values of {parameter.name}")
