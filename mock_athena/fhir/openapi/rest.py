"""The paths of one resource type, by the interactions that its row in the registry has.

https://hl7.org/fhir/R4/http.html#summary
"""

import re

from mock_athena.fhir.openapi import results
from mock_athena.fhir.openapi.answers import BUNDLE, OF_GETS, OF_POSTS, answer, refusals, resource
from mock_athena.fhir.openapi.security import needed
from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.values import search_parameter
from mock_athena.fhir.openapi.words import FORM, Json, body, content, fhir, in_path, ref, refs
from mock_athena.fhir.registry import ResourceType

_VERSION: Json = {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"}
_ANY: Json = {"*/*": {"schema": {}}}


def paths(kind: ResourceType, served: Served) -> dict[str, Json]:
    """The paths of a type, without what writes."""
    of_type = f"{served.base}/{kind.name}"
    found = {
        f"{of_type}{below}": {"get": made(kind, served)}
        for interaction, below, made in (
            ("read", "/{id}", _read),
            ("history-instance", "/{id}/_history", _history_of_instance),
            ("vread", "/{id}/_history/{version}", _vread),
            ("search-type", "", _search),
            ("history-type", "/_history", _history_of_type),
        )
        if interaction in kind.interactions
    }
    if kind.searchable:
        found[f"{of_type}/_search"] = {"post": _search_by_post(kind, served)}
    if is_in_compartments(kind) and served.profile.compartment_search:
        below = f"{served.base}/Patient/{{id}}/{kind.name}"
        found |= {
            below: {"get": _within(_search(kind, served), kind, served)},
            f"{below}/_search": {"post": _within(_search_by_post(kind, served), kind, served)},
        }
    return found


def is_in_compartments(kind: ResourceType) -> bool:
    """Whether it can be searched below a patient."""
    return kind.searchable and bool(kind.patient) and kind.patient != "id"


def operation(kind: ResourceType, interaction: str, id: str, summary: str, *, writes: bool = False) -> Json:
    """What every operation on a type says.

    Args:
        interaction: code of https://hl7.org/fhir/R4/valueset-type-restful-interaction.html, or ``$`` and a name.
        id: the operation's, without the type.
    """
    return {
        "operationId": f"{id}{kind.name}",
        "tags": [kind.name],
        "summary": summary,
        "x-fhir-interaction": interaction,
        "security": needed(kind.name, writes=writes),
    }


def id_of(kind: ResourceType, served: Served) -> Json:
    """The parameter of a path that names a resource."""
    return in_path("id", f"Id of the {kind.name}.", served.patient if kind.name == "Patient" else "1")


def _read(kind: ResourceType, served: Served) -> Json:
    return {
        **operation(kind, "read", "read", f"Read the current version of a {kind.name}."),
        "parameters": [id_of(kind, served), *refs("parameters", results.of_reads(served))],
        "responses": {
            "200": _version(kind, served, f"The {kind.name}."),
            **({"304": ref("responses", "NotModified")} if served.profile.versions else {}),
            **refusals(served, 410, *OF_GETS),
        },
    }


def _vread(kind: ResourceType, served: Served) -> Json:
    version = in_path("version", "Number of the version, as `meta.versionId` says it.", "1", _VERSION)
    return {
        **operation(kind, "vread", "vread", f"Read one version of a {kind.name}."),
        "parameters": [id_of(kind, served), version, *refs("parameters", results.of_reads(served))],
        "responses": {
            "200": _version(kind, served, f"That version of the {kind.name}."),
            "304": ref("responses", "NotModified"),
            **refusals(served, 410, *OF_GETS),
        },
    }


def _version(kind: ResourceType, served: Served, told: str) -> Json:
    """A Binary is answered as what it contains, unless a format of FHIR is asked for."""
    found = resource(served, kind.name, told) if served.profile.versions else _unversioned(kind, served, told)
    if kind.name == "Binary":
        found["content"] = {**found["content"], **_ANY}
    return found


def _unversioned(kind: ResourceType, served: Served, told: str) -> Json:
    """A resource of which no version is told."""
    has = (("Last-Modified", kind.dated), ("Location", served.profile.read_location))
    return answer(served, told, fhir(ref("schemas", kind.name)), *(name for name, there in has if there))


def _history_of_instance(kind: ResourceType, served: Served) -> Json:
    return {
        **operation(kind, "history-instance", "history", f"List the versions of a {kind.name}, newest first."),
        "parameters": [id_of(kind, served), *_of_history()],
        "responses": {"200": BUNDLE, **refusals(served, 410, *OF_GETS)},
    }


def _history_of_type(kind: ResourceType, served: Served) -> Json:
    return {
        **operation(kind, "history-type", "historyOfAll", f"List all versions of type {kind.name}, newest first."),
        "parameters": _of_history(),
        "responses": {"200": BUNDLE, **refusals(served, 410, *OF_GETS)},
    }


def _of_history() -> list[Json]:
    return refs("parameters", ("_since", "_at", *results.OF_LISTS, "Prefer"))


def _search(kind: ResourceType, served: Served) -> Json:
    return {
        **operation(kind, "search-type", "search", f"Search {kind.name}."),
        "description": _combinations(kind, strict=served.strict),
        "parameters": [*searched_by(kind), *_shown_by(kind), ref("parameters", "Prefer")],
        "responses": {"200": BUNDLE, **refusals(served, 410, *OF_GETS)},
    }


def _combinations(kind: ResourceType, *, strict: bool) -> str:
    does, unless = ("refused", "lenient") if strict else ("ignored", "strict")
    told = f"Parameters that are unknown are {does}, unless `Prefer: handling={unless}` is sent. "
    if not kind.required:
        return told + "Every parameter may be left out."
    wanted = "; ".join(" and ".join(f"`{name}`" for name in combination) for combination in kind.required)
    return f"{told}One of these combinations at least is required: {wanted}."


def _search_by_post(kind: ResourceType, served: Served) -> Json:
    return {
        **operation(kind, "search-type", "searchByPost", f"Search {kind.name}, with the parameters in a form."),
        "description": "Parameters in the query count as well.",
        "parameters": [ref("parameters", "Prefer")],
        "requestBody": body(
            "What a query would have.", content(ref("schemas", f"Search{kind.name}"), FORM), required=False
        ),
        "responses": {"200": BUNDLE, **refusals(served, 410, *OF_POSTS)},
    }


def _within(search: Json, kind: ResourceType, served: Served) -> Json:
    told = in_path("id", "Id of the Patient whose compartment is searched.", served.patient)
    return {
        **search,
        "operationId": search["operationId"].replace("search", "searchCompartment", 1),
        "summary": f"Search {kind.name} in a patient's compartment.",
        "parameters": [told, *search["parameters"]],
        "security": needed(kind.name),
    }


def searched_by(kind: ResourceType) -> list[Json]:
    """The search parameters of a type, its own and those that it has in common with others."""
    return [*refs("parameters", (_name(kind, code) for code in kind.parameters)), *refs("parameters", kind.common)]


def _shown_by(kind: ResourceType) -> list[Json]:
    """The parameters that say how the matches come."""
    return refs("parameters", (*results.of_searches(kind), *(_name(kind, name) for name in results.of_type(kind))))


def parameters(kind: ResourceType, served: Served) -> dict[str, Json]:
    """The components of a type that its searches refer to."""
    own = {code: search_parameter(kind, each, served) for code, each in kind.parameters.items()}
    return {_name(kind, code): told for code, told in {**own, **results.of_type(kind)}.items()}


def _name(kind: ResourceType, code: str) -> str:
    return f"{kind.name}.{code}"


def form(kind: ResourceType) -> Json:
    """The schema of a search by POST."""
    told = [*searched_by(kind), *_shown_by(kind)]
    places = [each["$ref"] for each in told]
    return {
        "type": "object",
        "properties": {re.split(r"[./]", place)[-1]: {"$ref": f"{place}/schema"} for place in places},
    }
