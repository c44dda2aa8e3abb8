"""The options that ``export`` and ``sync`` share, and what they make."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import click

from athena_fhir_client.bulk.asked import LEVELS, ExportRequest
from athena_fhir_client.bulk.export import Options
from athena_fhir_client.bulk.waiting import Polling
from athena_fhir_client.cli.context import Wanted

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--level", type=click.Choice(LEVELS), help="Default: Group if --group is given, else Patient."),
    click.option("--group", default="", metavar="ID", help="Of the Group, such as a-1.C-500001."),
    click.option("--type", "types", multiple=True, metavar="TYPE", help="Only these; several with commas."),
    click.option("--type-filter", "type_filters", multiple=True, metavar="QUERY", help="Such as 'Observation?code=…'."),
    click.option("--elements", multiple=True, metavar="NAME", help="Only these elements of each resource."),
    click.option("--patient", "patients", multiple=True, metavar="ID", help="Only these patients."),
    click.option("--associated", multiple=True, metavar="WHAT", help="Such as LatestProvenanceResources."),
    click.option("--lenient", is_flag=True, help="Run also if the server does not support a parameter."),
    click.option(
        "--workers", type=click.IntRange(1, 32), default=4, show_default=True, metavar="N", help="Files at a time."
    ),
    click.option(
        "--patience",
        type=float,
        default=60.0,
        show_default=True,
        metavar="MINUTES",
        help="Until a job is taken to be stuck.",
    ),
    click.option("--gzip/--no-gzip", default=True, show_default=True, help="Ask for compressed files."),
    click.option(
        "--on-bad",
        type=click.Choice(["stop", "skip", "keep"]),
        default="stop",
        show_default=True,
        help="A file that is still wrong after it was fetched again: stop, skip its bad lines, or keep it as it came.",
    ),
    click.option("--delete/--no-delete", default=True, show_default=True, help="Delete the server's copy in the end."),
)


@dataclass(frozen=True, slots=True)
class Bulk:
    """What the options say."""

    request: ExportRequest
    options: Options

    def options_for(self, wanted: Wanted) -> Options:
        """On an emulator's clock one thread takes part, so it does everything."""
        return replace(self.options, workers=1) if wanted.emulator_clock else self.options


def bulk_options(command: F) -> F:
    """Adds the options; the command gets a :class:`Bulk` as ``bulk``."""

    @functools.wraps(command)
    def called(*arguments: Any, **given: Any) -> Any:
        return command(*arguments, bulk=_bulk(given), **given)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called  # type: ignore[return-value]


def _bulk(given: dict[str, Any]) -> Bulk:
    taken = {name: given.pop(name) for name in _NAMES}
    try:
        request = ExportRequest(
            level=taken["level"] or ("Group" if taken["group"] else "Patient"),
            group=taken["group"],
            types=_split(taken["types"]),
            type_filters=taken["type_filters"],
            elements=_split(taken["elements"]),
            patients=_split(taken["patients"]),
            associated=_split(taken["associated"]),
            lenient=taken["lenient"],
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    polling = Polling(patience=taken["patience"] * 60)
    options = Options(
        workers=taken["workers"],
        polling=polling,
        on_bad=taken["on_bad"],
        compressed=taken["gzip"],
        delete=taken["delete"],
    )
    return Bulk(request, options)


_NAMES = (
    *("level", "group", "types", "type_filters", "elements", "patients", "associated", "lenient"),
    *("workers", "patience", "gzip", "on_bad", "delete"),
)


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for value in values for part in value.split(",") if part)
