"""Whether what somebody brings as a record of an export job is one; what we wrote ourselves is not looked at again."""

from typing import Any, get_type_hints

from mock_athena.export import plan
from mock_athena.export.job import ExportJob, from_record
from mock_athena.state.shapes import fits


def require_intact(kind: str, value: Any) -> None:
    """Refuse a record that :class:`~mock_athena.export.kept.KeptJobs` could not have kept.

    Raises:
        ValueError: says what is wrong; or KeyError, TypeError or AttributeError, if it has not even the shape.
    """
    match kind, value:
        case "export-job", {}:
            job = from_record(value)
            for name, hint in get_type_hints(ExportJob).items():
                if not fits(getattr(job, name), hint):
                    message = f"{name} of an export job is {getattr(job, name)!r:.60}"
                    raise ValueError(message)
        case "export-plan", list():
            plan.from_record(value)
        case ("export-poll", [int(), int()]) | ("export-checksums", {}):
            pass
        case _:
            message = f"a record {kind!r:.60} that is {value!r:.60}"
            raise ValueError(message)
