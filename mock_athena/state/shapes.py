"""Whether a JSON value that somebody brings has the shape of what is kept; what we kept is not looked at again."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

_INSTANTS = range(253_402_300_800_000_000_000)  # nanoseconds since 1970 UTC up to the year 10000, where our clock ends

Seconds = Annotated[int, range(253_402_300_800)]
"""An instant in seconds."""
End = Annotated[int, range(10**23)]
"""What lasts longer than our clock has such an end, in nanoseconds: it is compared, and never shown."""


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a type, as far as JSON knows types.

    Args:
        hint: a type as it is written beside a field. A dataclass or a ``TypedDict`` is an object with these fields and
            no others, a tuple an array of one type, and a whole number an instant in nanoseconds, or of the range that
            is annotated.
    """
    of = get_args(hint)
    if of:
        return _fits_one_of(value, get_origin(hint), of)
    if is_dataclass(hint) or is_typeddict(hint):
        return isinstance(value, dict) and _has_fields(value, get_type_hints(hint, include_extras=True))
    if hint is int:
        return _is_whole(value, _INSTANTS)
    if hint is str:
        return isinstance(value, str) and _is_whole_text(value)
    return hint is Any or isinstance(value, hint)


def _fits_one_of(value: Any, origin: Any, of: tuple[Any, ...]) -> bool:
    if origin is Annotated:
        return _is_whole(value, of[1])
    if origin is Literal:
        return isinstance(value, str) and value in of
    if origin is tuple:
        return isinstance(value, tuple | list) and all(fits(each, of[0]) for each in value)
    if origin is Mapping:
        return isinstance(value, dict) and all(fits(name, of[0]) and fits(each, of[1]) for name, each in value.items())
    return any(fits(value, each) for each in of)


def _has_fields(value: dict[str, Any], hints: dict[str, Any]) -> bool:
    return value.keys() == hints.keys() and all(fits(value[name], hint) for name, hint in hints.items())


def _is_whole(value: Any, numbers: range) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in numbers


def _is_whole_text(value: str) -> bool:
    """Whether no character of it is half of one."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
