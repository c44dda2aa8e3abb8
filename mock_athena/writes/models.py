"""The second opinion on a resource: the R4B models of fhir.resources, which are R4's for the types served here.

The models accept any code, and not everything that R4 requires is required by them, so they come after
:mod:`mock_athena.writes.structure`; what both find is told once. They are loaded with the first write.
"""

from collections.abc import Sequence

from mock_athena.errors import Issue
from mock_athena.fhir.resource import Resource


def model_problems(resource: Resource, known: Sequence[Issue]) -> list[Issue]:
    """What the model of a resource's type finds wrong that is not among ``known``."""
    # A fifth of a second: who only reads never waits for it.
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    type = resource["resourceType"]
    try:
        get_fhir_model_class(type).model_validate(resource)
    except ValidationError as error:
        told = [path for problem in known for path in problem.expression]
        found = ((_path(type, each["loc"]), each["msg"]) for each in error.errors(include_url=False))
        return [
            Issue("error", "invalid", f"{path}: {text}", (path,)) for path, text in found if not _is_told(path, told)
        ]
    except KeyError as error:
        path, unknown = f"{type}.contained", str(error.args[0]).removeprefix("R4.").removesuffix("Type")
        return [Issue("error", "structure", f"{path}: there is no resource type {unknown} in R4", (path,))]
    except Exception as error:  # the models themselves break on some shapes, such as a URL that is a number
        return [] if known else [Issue("error", "invalid", f"{type}: its model cannot read it ({error!r})", (type,))]
    return []


def _path(type: str, place: Sequence[int | str]) -> str:
    return type + "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in place)


def _is_told(path: str, told: Sequence[str]) -> bool:
    """Whether something was told of this element, of one within it, or of one that it is within."""
    return any(
        path == each or path.startswith((f"{each}.", f"{each}[")) or each.startswith((f"{path}.", f"{path}["))
        for each in told
    )
