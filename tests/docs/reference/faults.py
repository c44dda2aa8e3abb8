"""``docs/reference/faults.md``: kinds of faults, rules and scenarios."""

from collections.abc import Iterator

from mock_athena.faults.catalogue import fault_class, names, parameters, teaches
from mock_athena.faults.parameters import described
from mock_athena.faults.rules import Match, Rule
from mock_athena.faults.scenarios import load, shipped
from tests.docs.reference.markdown import page, prose, table
from tests.docs.reference.source import attributes_of


def faults_page() -> str:
    """The page."""
    return page(
        "Faults and scenarios",
        "[How to arm them, and how to write a scenario](../faults.md). `mock-athena faults` prints the same lists, and "
        "`mock-athena faults --schema` the JSON Schema of a scenario file.",
        "## Scenarios",
        table(("`--scenario`", "Shows", "Made of"), map(_scenario, shipped())),
        "## A rule",
        "Keys of a `[[fault]]` in a scenario, of the body of `POST /_mock/faults`, and parameters of `X-Mock-Fault`.",
        table(("Key", "Means"), _keys()),
        "Keys of `match`; what is left out matches all.",
        table(("Key", "Means"), ((f"`{name}`", told) for name, told in attributes_of(Match).items())),
        "## Kinds",
        *(part for name in names() for part in _kind(name)),
    )


def _scenario(name: str) -> tuple[str, str, str]:
    found = load(name)
    kinds = dict.fromkeys(rule.kind for rule in found.rules)
    return f"`{name}`", found.teaches, ", ".join(f"[`{kind}`](#{kind})" for kind in kinds)


def _keys() -> Iterator[tuple[str, str]]:
    told = attributes_of(Rule)
    yield "`kind`", told.pop("kind")
    yield "`with`", "the parameters of the kind, below"
    yield "`match`", "which requests it is about, below"
    for name, means in told.items():
        if name not in ("fault", "seed"):
            yield f"`{name}`", means


def _kind(name: str) -> Iterator[str]:
    made = fault_class(name)
    yield f"### {name}"
    yield prose(teaches(name))
    others = [phase for phase in made().phases() if phase != made.at]
    yield f"Strikes at `{made.at if made.at in made().phases() else others[0]}`" + (
        f"; also possible: {', '.join(f'`{phase}`' for phase in others)}."
        if len(others) and made.at in made().phases()
        else "."
    )
    found = parameters(name)
    if found:
        rows = ((f"`{each.name}`", described(each.type), _default(each.default)) for each in found)
        yield table(("Parameter", "Expected", "Default"), rows)


def _default(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(f"`{each}`" for each in value) or "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`" if value != "" else "none"
