"""``docs/reference/search.md``: the resource types, and what each can be searched by, in both profiles."""

from collections.abc import Iterator

from mock_athena.fhir.parameters import SearchParameter
from mock_athena.fhir.registry import COMMON, RESULT_PARAMETERS, offered
from mock_athena.fhir.resource_type import ResourceType
from tests.docs.reference.markdown import page, table


def search_page() -> str:
    """The page."""
    whole, real = offered("whole"), offered("athena")
    return page(
        "Search parameters",
        "[How to search](../search.md). `GET {base}/metadata` says the same. *In*: which profile has it.",
        "## Every type",
        table(("Parameter", "Type", "Looks at"), (_told(each) for each in COMMON.values())),
        f"How results come: {', '.join(f'`{name}`' for name in RESULT_PARAMETERS)}.",
        *(part for name, kind in whole.items() for part in _type(kind, real.get(name))),
    )


def _type(kind: ResourceType, real: ResourceType | None) -> Iterator[str]:
    yield f"## {kind.name}"
    if not kind.searchable:
        yield "Read by id only."
        return
    known = {**kind.parameters, **(real.parameters if real else {})}
    rows = ((*_told(each), _where(code, kind, real)) for code, each in known.items())
    yield table(("Parameter", "Type", "Looks at", "In"), rows)
    if real and real.required:
        combinations = ", or ".join(" + ".join(f"`{code}`" for code in each) for each in real.required)
        yield f"The profile `athena` wants {combinations}."


def _told(parameter: SearchParameter) -> tuple[str, str, str]:
    targets = f" to {', '.join(parameter.targets)}" if parameter.targets else ""
    parts = f" of {', '.join(f'`{each.code}`' for each in parameter.parts)}" if parameter.parts else ""
    return f"`{parameter.code}`", f"{parameter.type}{targets}{parts}", " ".join(f"`{path}`" for path in parameter.paths)


def _where(code: str, kind: ResourceType, real: ResourceType | None) -> str:
    if real is None or code not in real.parameters:
        return "mission"
    return "both" if code in kind.parameters else "athena"
