"""Whether what somebody brings as a record of an export job is one; what we wrote ourselves is not looked at again."""

from typing import Any, Literal, get_args, get_origin, get_type_hints

from mock_athena.export import plan
from mock_athena.export.job import ExportJob, from_record

_END = 253_402_300_800_000_000_000  # nanoseconds: no number of ours is as large as the year 10000


def require_intact(kind: str, value: Any) -> None:
    """Refuse a record that :class:`~mock_athena.export.kept.KeptJobs` could not have kept.

    Raises:
        ValueError: says what is wrong; or KeyError, TypeError or AttributeError, if it has not even the shape.
    """
    match kind, value:
        case "export-job", {}:
            job = from_record(value)
            for name, hint in get_type_hints(ExportJob).items():
                if not _is(getattr(job, name), hint):
                    message = f"{name} of an export job is {getattr(job, name)!r:.60}"
                    raise ValueError(message)
        case "export-plan", list():
            plan.from_record(value)
        case ("export-poll", [int(), int()]) | ("export-checksums", {}):
            pass
        case _:
            message = f"a record {kind!r:.60} that is {value!r:.60}"
            raise ValueError(message)


def _is(value: Any, hint: Any) -> bool:
    """Whether a value is of a type, as far as JSON knows types."""
    of = get_args(hint)
    if get_origin(hint) is tuple:
        return isinstance(value, tuple | list) and all(_is(each, of[0]) for each in value)
    if get_origin(hint) is Literal:
        return value in of
    if of:
        return any(_is(value, each) for each in of)
    if hint is int and isinstance(value, int) and not 0 <= value < _END:
        return False
    return isinstance(value, hint) and (hint is bool or not isinstance(value, bool))
