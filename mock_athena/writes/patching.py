"""JSON Patch (RFC 6902) on a resource: https://hl7.org/fhir/R4/http.html#patch."""

import copy
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from mock_athena.errors import BadRequest, UnprocessableContent, shortened
from mock_athena.fhir.resource import Resource

_END = "-"
_MOST_OPERATIONS = 200


def patched(operations: Any) -> Callable[[Resource], Resource]:
    """What applies the operations of a JSON Patch to a resource, all or none.

    Raises:
        BadRequest: it is no JSON Patch.
    """
    if not isinstance(operations, list) or len(operations) > _MOST_OPERATIONS:
        message = f"expected a JSON Patch: a list of {_MOST_OPERATIONS} operations at most, such as "
        raise BadRequest(message + '[{"op": "replace", "path": "/status", "value": "cancelled"}]')
    steps = [_step(operation, index) for index, operation in enumerate(operations)]

    def apply(resource: Resource) -> Resource:
        # Under a name of its own, so that the whole can be replaced too.
        holder: dict[str, Any] = {"": copy.deepcopy(resource)}
        for index, step in enumerate(steps):
            try:
                step(holder)
            except (LookupError, ValueError, TypeError) as error:
                message = f"operation {index} ({shortened(str(operations[index]))}) cannot be applied: {error}"
                raise UnprocessableContent(message) from None
        changed = holder.get("")
        if not isinstance(changed, dict) or not isinstance(changed.get("resourceType"), str):
            message = "the patch leaves no resource"
            raise UnprocessableContent(message)
        return changed

    return apply


Holder = dict[str, Any]
Path = tuple[str, ...]


def _step(operation: Any, index: int) -> Callable[[Holder], None]:
    name = operation.get("op") if isinstance(operation, dict) else None
    if not isinstance(name, str) or name not in _OPERATIONS:
        told = shortened(repr(name), 40)
        message = f"operation {index} of the patch has op {told}; expected one of {', '.join(_OPERATIONS)}"
        raise BadRequest(message)
    needs, carry_out = _OPERATIONS[name]
    for needed in ("path", needs):
        if needed and needed not in operation:
            message = f"operation {index} of the patch ({name}) has no {needed!r}"
            raise BadRequest(message)
    path, source = _path(operation["path"], index), _path(operation.get("from", ""), index)
    return lambda holder: carry_out(holder, path, source, copy.deepcopy(operation.get("value")))


def _path(pointer: Any, index: int) -> Path:
    """The names of a JSON Pointer (RFC 6901), below the holder's."""
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        message = (
            f"operation {index} of the patch: {shortened(repr(pointer), 60)} is no JSON Pointer, such as /name/0/family"
        )
        raise BadRequest(message)
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/"))


def _above(holder: Holder, path: Path) -> Any:
    value: Any = holder
    for part in path[:-1]:
        value = value[_index(value, part)] if isinstance(value, list) else value[part]
    return value


def _index(items: list[Any], part: str, *, adding: bool = False) -> int:
    if adding and part == _END:
        return len(items)
    if not part.isascii() or not part.isdecimal() or (part[0] == "0" and part != "0"):
        message = f"{shortened(part, 40)!r} is no place in a list"
        raise ValueError(message)
    if int(part) >= len(items) + adding:
        message = f"the list has {len(items)} items, and no place {part}"
        raise ValueError(message)
    return int(part)


def _get(holder: Holder, path: Path) -> Any:
    above, last = _above(holder, path), path[-1]
    return above[_index(above, last)] if isinstance(above, list) else above[last]


def _add(holder: Holder, path: Path, _: Path, value: Any) -> None:
    above, last = _above(holder, path), path[-1]
    if isinstance(above, list):
        above.insert(_index(above, last, adding=True), value)
    else:
        above[last] = value


def _remove(holder: Holder, path: Path, _: Path, __: Any) -> None:
    above, last = _above(holder, path), path[-1]
    del above[_index(above, last) if isinstance(above, list) else last]


def _replace(holder: Holder, path: Path, _: Path, value: Any) -> None:
    _get(holder, path)
    above, last = _above(holder, path), path[-1]
    above[_index(above, last) if isinstance(above, list) else last] = value


def _copy(holder: Holder, path: Path, source: Path, _: Any) -> None:
    _add(holder, path, source, copy.deepcopy(_get(holder, source)))


def _move(holder: Holder, path: Path, source: Path, _: Any) -> None:
    if path[: len(source)] == source and path != source:
        message = "a value cannot be moved into itself"
        raise ValueError(message)
    value = _get(holder, source)
    _remove(holder, source, source, None)
    _add(holder, path, source, value)


def _test(holder: Holder, path: Path, _: Path, value: Any) -> None:
    found = _get(holder, path)
    if found != value or isinstance(found, bool) != isinstance(value, bool):
        message = f"the test fails: there is {shortened(repr(found), 60)}"
        raise ValueError(message)


# What each needs beside its path, and what it does.
_OPERATIONS: Mapping[str, tuple[str, Callable[[Holder, Path, Path, Any], None]]] = MappingProxyType(
    {
        "add": ("value", _add),
        "remove": ("", _remove),
        "replace": ("value", _replace),
        "move": ("from", _move),
        "copy": ("from", _copy),
        "test": ("value", _test),
    }
)
