"""From one parameter and its value to a criterion; the registry says what a name means.

``name``, ``name:modifier``, the chains ``name.other`` and ``name:Type.other``, and ``_has:Type:name:other``:
https://hl7.org/fhir/R4/search.html#modifiers, #chaining, #has.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from mock_athena.errors import Forbidden
from mock_athena.fhir.registry import RESOURCE_TYPES, ResourceType, SearchParameter, pointing_to
from mock_athena.search import values
from mock_athena.search.circumstances import Circumstances
from mock_athena.store.criteria import (
    Chained,
    Condition,
    Criterion,
    HasComposite,
    HasDate,
    HasId,
    HasQuantity,
    HasReference,
    HasString,
    HasText,
    HasToken,
    HasTypedIdentifier,
    InCompartment,
    IsMissing,
    IsPointedTo,
    Negated,
    PointsToIdentifier,
    Selection,
    Token,
)
from mock_athena.store.elements import fold

_MOST_LINKS = 4
"""Chains and reverse chains within each other."""


def is_known(kind: ResourceType, name: str) -> bool:
    """Whether a name is one of the type's parameters, with whatever follows it."""
    code = name.partition(":")[0].partition(".")[0]
    if not kind.linked and (code == "_has" or "." in name):
        return False
    return code == "_has" or kind.parameter(code) is not None


def criterion(kind: ResourceType, name: str, text: str, circumstances: Circumstances, depth: int = 0) -> Criterion:
    """What ``name=text`` asks of a resource of type ``kind``; its name is known.

    Raises:
        ValueError: says what is wrong with it.
        Forbidden: it asks about a type that the caller may not search.
    """
    if depth > _MOST_LINKS:
        message = f"more than {_MOST_LINKS} resources linked to each other"
        raise ValueError(message)
    if name.partition(":")[0] == "_has":
        return _reverse_chain(kind, name, text, circumstances, depth)
    link, dot, rest = name.partition(".")
    code, _, modifier = link.partition(":")
    parameter = kind.parameter(code)
    if parameter is None:
        message = f"{kind.name} has no search parameter {code!r}; it has {', '.join(sorted(kind.parameters))}"
        raise ValueError(message)
    if link.endswith(":"):
        message = f"expected a modifier after {code}:"
        raise ValueError(message)
    if dot:
        return _chain(parameter, modifier, rest, text, circumstances, depth)
    _require_modifier(parameter, modifier)
    return _of_value(_Given(kind, parameter, modifier, text, circumstances))


class _Given(NamedTuple):
    """One parameter as it came."""

    kind: ResourceType
    parameter: SearchParameter
    modifier: str
    text: str
    circumstances: Circumstances

    @property
    def texts(self) -> tuple[str, ...]:
        """The values between commas, still escaped."""
        texts = tuple(part for part in values.alternatives(self.text) if part)
        if not texts:
            message = "expected a value"
            raise ValueError(message)
        return texts


def _of_value(given: _Given) -> Condition:
    special = _BY_MODIFIER.get(given.modifier)
    return special(given) if special else _BY_TYPE[given.parameter.type](given)


def _chain(
    parameter: SearchParameter, type: str, rest: str, text: str, circumstances: Circumstances, depth: int
) -> Criterion:
    """``parameter.rest``: about what is pointed to."""
    if parameter.type != "reference":
        message = f"{parameter.code} is a {parameter.type}; only a reference can be followed by a chain"
        raise ValueError(message)
    if type:
        _require_target(parameter, type)
    possible = (type,) if type else parameter.targets or tuple(RESOURCE_TYPES)
    known = [name for name in possible if RESOURCE_TYPES[name].searchable and is_known(RESOURCE_TYPES[name], rest)]
    if not known:
        message = f"{' or '.join(possible)} has no search parameter {rest.partition(':')[0]!r}"
        raise ValueError(message)
    allowed = [name for name in known if circumstances.reach.grants(name, "s")]
    if not allowed:
        raise _not_allowed(known[0])
    return Chained(parameter.code, tuple(_selection(name, rest, text, circumstances, depth) for name in allowed))


def _reverse_chain(kind: ResourceType, name: str, text: str, circumstances: Circumstances, depth: int) -> Criterion:
    """``_has:Type:param:rest``: about what points here."""
    _, type, code, rest = [*name.split(":", 3), "", "", ""][:4]
    if (type, code) not in pointing_to(kind.name) or not rest:
        message = f"expected _has:Type:parameter:name, in which a reference parameter of Type points to {kind.name}"
        raise ValueError(message)
    if not is_known(RESOURCE_TYPES[type], rest):
        message = f"{type} has no search parameter {rest.partition(':')[0]!r}"
        raise ValueError(message)
    if not circumstances.reach.grants(type, "s"):
        raise _not_allowed(type)
    return IsPointedTo(code, _selection(type, rest, text, circumstances, depth))


def _selection(type: str, name: str, text: str, circumstances: Circumstances, depth: int) -> Selection:
    """What is linked to, as far as the caller may see it."""
    kind = RESOURCE_TYPES[type]
    asked = criterion(kind, name, text, circumstances, depth + 1)
    return Selection(type, (*circumstances.reach.criteria(kind, "s"), asked), kind.date)


def _not_allowed(type: str) -> Forbidden:
    message = (
        f"this asks about {type}, and the token has no scope that grants 's' (search) on it; request one with a scope "
        f"such as system/{type}.rs"
    )
    return Forbidden(message)


def _require_modifier(parameter: SearchParameter, modifier: str) -> None:
    if not modifier or modifier in parameter.modifiers:
        return
    if parameter.type == "reference" and modifier in RESOURCE_TYPES:
        _require_target(parameter, modifier)
        return
    supported = ", ".join(f":{each}" for each in parameter.modifiers) or "none"
    message = f"modifier :{modifier} is not supported here; for this {parameter.type} parameter there is {supported}"
    raise ValueError(message)


def _require_target(parameter: SearchParameter, type: str) -> None:
    possible = parameter.targets or RESOURCE_TYPES
    if type not in possible:
        message = f"{type} is no type that it can point to; expected {' or '.join(possible)}"
        raise ValueError(message)


def _missing(given: _Given) -> Condition:
    if given.text not in ("true", "false"):
        message = "expected true or false"
        raise ValueError(message)
    return IsMissing(given.parameter.code, given.text == "true")


def _not(given: _Given) -> Condition:
    return Negated(_tokens(given))


def _text(given: _Given) -> Condition:
    return HasText(given.parameter.code, _folded(given))


def _of_type(given: _Given) -> Condition:
    return HasTypedIdentifier(given.parameter.code, tuple(values.typed_identifier(text) for text in given.texts))


def _identifier(given: _Given) -> Condition:
    return PointsToIdentifier(given.parameter.code, tuple(values.token(text) for text in given.texts))


def _tokens(given: _Given) -> Condition:
    if given.parameter.code == "_id":
        return HasId(tuple(values.id(given.circumstances.known_id(values.unescaped(text))) for text in given.texts))
    return HasToken(given.parameter.code, tuple(values.token(text) for text in given.texts))


def _strings(given: _Given) -> Condition:
    if given.modifier == "exact":
        return HasString(given.parameter.code, tuple(values.unescaped(text) for text in given.texts), "exact")
    return HasString(given.parameter.code, _folded(given), "contains" if given.modifier else "starts")


def _folded(given: _Given) -> tuple[str, ...]:
    folded = tuple(fold(values.unescaped(text)) for text in given.texts)
    if not all(folded):
        # Every text starts with nothing.
        message = "expected letters, digits or signs to look for"
        raise ValueError(message)
    return folded


def _uris(given: _Given) -> Condition:
    return HasToken(given.parameter.code, tuple(Token(None, values.unescaped(text)) for text in given.texts))


def _dates(given: _Given) -> Condition:
    return HasDate(given.parameter.code, tuple(values.date(text, given.circumstances.now) for text in given.texts))


def _quantities(given: _Given) -> Condition:
    return HasQuantity(given.parameter.code, tuple(values.quantity(text) for text in given.texts))


def _composites(given: _Given) -> Condition:
    return HasComposite(given.parameter.code, tuple(_parts(given, text) for text in given.texts))


def _parts(given: _Given, text: str) -> tuple[Condition, ...]:
    parameters, texts = given.parameter.parts, values.parts(text)
    if len(texts) != len(parameters) or not all(texts):
        message = f"expected {'$'.join(f'{{{part.code}}}' for part in parameters)}"
        raise ValueError(message)
    return tuple(
        _of_value(given._replace(parameter=parameter, text=part))
        for parameter, part in zip(parameters, texts, strict=True)
    )


def _references(given: _Given) -> Condition:
    kind, parameter = given.kind, given.parameter
    is_ours, known_id = given.circumstances.is_ours, given.circumstances.known_id
    targets: Sequence[str] = tuple(
        target
        for text in given.texts
        for target in values.references(values.unescaped(text), parameter, is_ours, known_id, given.modifier)
    )
    # What the compartment is made of is answered by the compartment, which the index is laid out for.
    by_patient = parameter.code in ("patient", "subject") and kind.patient in parameter.paths
    if by_patient and all(target.startswith("Patient/") for target in targets):
        return InCompartment(tuple(target.removeprefix("Patient/") for target in targets))
    return HasReference(parameter.code, tuple(targets))


_BY_TYPE: Mapping[str, Callable[[_Given], Condition]] = {
    "token": _tokens,
    "string": _strings,
    "date": _dates,
    "reference": _references,
    "uri": _uris,
    "quantity": _quantities,
    "composite": _composites,
}
_BY_MODIFIER: Mapping[str, Callable[[_Given], Condition]] = {
    "missing": _missing,
    "not": _not,
    "text": _text,
    "of-type": _of_type,
    "identifier": _identifier,
}
