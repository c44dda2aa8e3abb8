"""Criteria that are asked of a resource's body, since no index answers them, and what results are sorted by.

The parameters are those that the registry does not index, and the modifiers that ask for what an index does not keep.
How each is compared: https://hl7.org/fhir/R4/search.html#ptypes. What is not of its element's type matches nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from mock_athena.fhir.instants import Range
from mock_athena.fhir.parameters import SearchParameter
from mock_athena.fhir.registry import known_parameter
from mock_athena.fhir.resource import as_object, as_text, objects
from mock_athena.store.bodies import glanced
from mock_athena.store.criteria import (
    Condition,
    DateMatch,
    HasComposite,
    HasDate,
    HasQuantity,
    HasReference,
    HasString,
    HasText,
    HasToken,
    HasTypedIdentifier,
    IsMissing,
    Negated,
    PointsToIdentifier,
    QuantityMatch,
    SortKey,
    Token,
)
from mock_athena.store.elements import fold, range_of, reference_of, reference_text, texts_of, tokens_of
from mock_athena.store.paths import values_at

Json = Any
Test = Callable[[Json], bool]
SortValue = str | int | float | None


def asked_of_body(type: str, conditions: Iterable[Condition]) -> Callable[[bytes], bool]:
    """Whether a body meets every condition."""
    tests = [_test(type, condition) for condition in conditions]

    def meets(body: bytes) -> bool:
        resource = glanced(body)
        return all(test(resource) for test in tests)

    return meets


def sort_value(type: str, key: SortKey) -> Callable[[bytes], SortValue]:
    """By what a body is sorted: the smallest of its values, from the largest on the largest; None if it has none."""
    parameter = _parameter(type, key.param)
    pick = max if key.descending else min

    def value(body: bytes) -> SortValue:
        resource = glanced(body)
        return pick(_sort_values(parameter, _values(parameter, resource)), default=None)

    return value


def _parameter(type: str, code: str) -> SearchParameter:
    parameter = known_parameter(type, code)
    assert parameter is not None  # noqa: S101 - criteria are made from the registry
    return parameter


def _values(parameter: SearchParameter, root: Json) -> list[Json]:
    return [value for path in parameter.paths for value in values_at(root, path)]


def _test(type: str, condition: Condition) -> Test:
    if isinstance(condition, Negated):
        inner = _test(type, condition.condition)
        return lambda resource: not inner(resource)
    return _of_parameter(_parameter(type, getattr(condition, "param", "")), condition)


def _of_parameter(parameter: SearchParameter, condition: Condition) -> Test:
    """The condition as a test of a resource, or of the element whose parts a composite tells of."""
    if isinstance(condition, IsMissing):
        return lambda root: (not _has_value(parameter, root)) == condition.missing
    if isinstance(condition, HasComposite):
        return _composite(parameter, condition)
    matches = _matcher(parameter, condition)

    def test(root: Json) -> bool:
        return any(_holds(matches, value) for value in _values(parameter, root))

    return test


def _has_value(parameter: SearchParameter, root: Json) -> bool:
    """Whether there is a value; a reference to a type that the parameter does not speak of is none."""
    return any(
        parameter.type != "reference" or not parameter.targets or _may_be_of(parameter.targets, value)
        for value in _values(parameter, root)
    )


def _may_be_of(targets: tuple[str, ...], value: Json) -> bool:
    """Whether a reference is to one of these types, as far as it tells."""
    text = as_text(as_object(value).get("reference"))
    type = (text and reference_of(text)[1]) or as_text(as_object(value).get("type"))
    return not type or type in targets


def _composite(parameter: SearchParameter, condition: HasComposite) -> Test:
    alternatives = [
        [_of_parameter(part, asked) for part, asked in zip(parameter.parts, parts, strict=True)]
        for parts in condition.alternatives
    ]

    def test(root: Json) -> bool:
        return any(
            all(part(element) for part in parts) for element in _values(parameter, root) for parts in alternatives
        )

    return test


def _matcher(parameter: SearchParameter, condition: Condition) -> Test:
    """The condition as a test of one value."""
    match condition:
        case HasDate(_, matches):
            return lambda value: _is_in_time(range_of(value), matches)
        case HasReference(_, targets):
            return _points_to(parameter, frozenset(targets))
        case HasQuantity(_, quantities):
            return lambda value: any(_is_quantity(as_object(value), asked) for asked in quantities)
        case HasString():
            return lambda value: any(_is_text(condition, text) for text in texts_of(value))
        case HasText(_, texts):
            return lambda value: any(fold(name).startswith(texts) for name in _names(value))
    return _token_matcher(parameter, condition)


def _token_matcher(parameter: SearchParameter, condition: Condition) -> Test:
    match condition:
        case HasToken(_, tokens):
            return lambda value: _is_one_of(tokens, tokens_of(value), folds=parameter.type == "token")
        case HasTypedIdentifier(_, identifiers):
            return lambda value: any(_is_typed(as_object(value), type, text) for type, text in identifiers)
        case PointsToIdentifier(_, tokens):
            return lambda value: _is_one_of(tokens, tokens_of(as_object(value).get("identifier", {})))
    raise TypeError(condition)  # pragma: no cover - the others are answered by tables


def _holds(matches: Test, value: Json) -> bool:
    try:
        return matches(value)
    except (ValueError, InvalidOperation):
        return False


def _is_one_of(tokens: Iterable[Token], found: Iterable[tuple[str, str]], *, folds: bool = True) -> bool:
    return any(_is_token(token, each, folds) for each in found for token in tokens)


def _is_token(token: Token, found: tuple[str, str], folds: bool) -> bool:
    system, code = found
    if token.system is not None and token.system != system:
        return False
    return token.code is None or token.code == code or (folds and token.code.casefold() == code.casefold())


def _is_text(condition: HasString, text: str) -> bool:
    if condition.mode == "exact":
        return text in condition.texts
    folded = fold(text)
    if condition.mode == "contains":
        return any(part in folded for part in condition.texts)
    return folded.startswith(condition.texts)


_IN_TIME: dict[str, Callable[[Range, Range], bool]] = {
    "eq": lambda has, asked: has.low >= asked.low and has.high <= asked.high,
    "ne": lambda has, asked: not (has.low >= asked.low and has.high <= asked.high),
    "gt": lambda has, asked: has.high > asked.high,
    "lt": lambda has, asked: has.low < asked.low,
    "ge": lambda has, asked: has.high > asked.high or has.low >= asked.low,
    "le": lambda has, asked: has.low < asked.low or has.high <= asked.high,
    "sa": lambda has, asked: has.low >= asked.high,
    "eb": lambda has, asked: has.high <= asked.low,
    "overlaps": lambda has, asked: has.low < asked.high and has.high > asked.low,
}


def _is_in_time(has: Range, matches: Iterable[DateMatch]) -> bool:
    return any(_IN_TIME[match.comparison](has, match.range) for match in matches)


def _points_to(parameter: SearchParameter, targets: frozenset[str]) -> Test:
    def matches(value: Json) -> bool:
        text = value if isinstance(value, str) else reference_text(value)
        if text is None:
            return False
        target, type, _, _ = reference_of(text)
        return target in targets and (not parameter.targets or not type or type in parameter.targets)

    return matches


_OF_QUANTITY: dict[str, Callable[[Decimal, QuantityMatch], bool]] = {
    "eq": lambda has, asked: asked.low <= has < asked.high,
    "ne": lambda has, asked: not asked.low <= has < asked.high,
    "gt": lambda has, asked: has > asked.value,
    "lt": lambda has, asked: has < asked.value,
    "ge": lambda has, asked: has >= asked.value,
    "le": lambda has, asked: has <= asked.value,
    "sa": lambda has, asked: has > asked.value,
    "eb": lambda has, asked: has < asked.value,
    "overlaps": lambda has, asked: asked.low <= has < asked.high,
}


def _is_quantity(quantity: dict[str, Json], asked: QuantityMatch) -> bool:
    if "value" not in quantity:
        return False
    if asked.system is not None and quantity.get("system", "") != asked.system:
        return False
    units = (quantity.get("code"),) if asked.system else (quantity.get("code"), quantity.get("unit"))
    if asked.unit is not None and asked.unit not in units:
        return False
    return _OF_QUANTITY[asked.comparison](_number(quantity["value"]), asked)


def _number(value: Json) -> Decimal:
    """A number of JSON with its digits; true and false are none, and neither is a text.

    Raises:
        ValueError, InvalidOperation: it is none.
    """
    if isinstance(value, str):
        message = f"{value!r} is no number"
        raise ValueError(message)
    return Decimal(str(value))


def _names(value: Json) -> Iterator[str]:
    """What a CodeableConcept, Coding or Identifier is called; a plain text is its own name."""
    if isinstance(value, str):
        yield value
        return
    concept = as_object(value)
    texts = [concept.get("text"), concept.get("display"), as_object(concept.get("type")).get("text")]
    texts += [coding.get("display") for coding in objects(concept.get("coding"))]
    yield from (text for text in map(as_text, texts) if text)


def _is_typed(identifier: dict[str, Json], type: Token, text: str) -> bool:
    return identifier.get("value") == text and _is_one_of((type,), tokens_of(as_object(identifier.get("type"))))


def _sort_values(parameter: SearchParameter, values: Iterable[Json]) -> Iterator[Any]:
    for value in values:
        try:
            yield from _sortable(parameter, value)
        except (ValueError, KeyError, InvalidOperation):
            continue


def _sortable(parameter: SearchParameter, value: Json) -> list[str] | list[int] | list[float]:
    match parameter.type:
        case "string":
            return [fold(text) for text in texts_of(value)]
        case "date":
            return [range_of(value).low]
        case "reference":
            text = value if isinstance(value, str) else reference_text(value)
            return [text] if text else []
        case "quantity":
            return [float(_number(as_object(value)["value"]))]
        case _:
            return [code for _, code in tokens_of(value)]
