"""Values that came as TOML, JSON or text, as the types that a dataclass declares; what does not fit is explained."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple, get_args, get_origin


class Parameter(NamedTuple):
    """One value that can be set; ``default`` is None where it must be."""

    name: str
    type: Any
    default: Any


def known(sent: Mapping[str, Any], expected: Iterable[str], where: str) -> None:
    """Refuse a key that means nothing.

    Raises:
        ValueError: there is one; says what was expected.
    """
    names = list(expected)
    for key in sent:
        if key not in names:
            near = get_close_matches(key, names, 1, 0.5)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            listed = ", ".join(names) or "nothing"
            message = f"{where}: unknown key {key!r}: expected {listed}{meant}"
            raise ValueError(message)


def converted(parameter: Parameter, value: Any, where: str) -> Any:
    """A value as its parameter's type.

    Raises:
        ValueError: it does not fit; says what came and what was expected.
    """
    expected, fits, made = _fitting(parameter.type, value)
    if not fits:
        message = f"{where}: {parameter.name} = {value!r}: expected {expected}"
        raise ValueError(message)
    return made


def described(type: Any) -> str:
    """What a value of a type is, in words."""
    return _fitting(type, object())[0]


def from_text(parameter: Parameter, text: str, where: str) -> Any:
    """A value that came as text, as in a header.

    Raises:
        ValueError: as :func:`converted`.
    """
    value: Any = text
    if parameter.type is bool:
        value = {"true": True, "false": False}.get(text.lower(), text)
    elif parameter.type in (int, float):
        try:
            value = int(text) if parameter.type is int else float(text)
        except ValueError:
            value = text
    elif get_origin(parameter.type) is tuple:
        value = [part.strip() for part in text.split(" ") if part.strip()]
    return converted(parameter, value, where)


def _fitting(type: Any, value: Any) -> tuple[str, bool, Any]:
    """What is expected of a type, whether a value is that, and the value as we keep it."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if get_origin(type) is Literal:
        choices = get_args(type)
        return " or ".join(repr(choice) for choice in choices), value in choices, value
    if get_origin(type) is tuple:
        texts = tuple(value) if isinstance(value, list | tuple) else (None,)
        return "a list of texts", all(isinstance(each, str) for each in texts), texts
    if type is bool:
        return "true or false", isinstance(value, bool), value
    if type is int:
        return "a whole number", number and isinstance(value, int), value
    if type is float:
        fits = number and -1e15 < value < 1e15  # which NaN is not
        return "a number", fits, float(value) if fits else 0.0
    return "a text", isinstance(value, str), value
