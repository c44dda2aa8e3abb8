"""``athena-fhir search``."""

from itertools import islice

import click

from athena_fhir_client.cli.context import Wanted, shared_options
from athena_fhir_client.cli.show import line, progress
from athena_fhir_client.fhir.search import Pages, resources


@click.command(
    epilog="Example: athena-fhir search Observation patient=a-500001.E-1 category=laboratory date=ge2024-01-01"
)
@click.argument("type")
@click.argument("parameters", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="No more than so many.")
@click.option("--count", is_flag=True, help="Only how many match.")
@click.option("--with-includes", is_flag=True, help="Also what _include and _revinclude bring.")
@shared_options
def search(
    wanted: Wanted, type: str, parameters: tuple[str, ...], limit: int | None, count: bool, with_includes: bool
) -> None:
    """Search for resources of TYPE, over all pages: one line of JSON for each."""
    asked = [_pair(each) for each in parameters]
    with wanted.client() as client:
        if count:
            line(_count(client.pages(type, [*asked, ("_summary", "count")])))
            return
        pages = client.pages(type, asked)
        with progress(client, type, wanted.quiet) as show:
            for number, resource in enumerate(islice(resources(pages, with_includes), limit), 1):
                line(resource)
                show(number, pages.total)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise click.UsageError(f"{text!r}: expected NAME=VALUE, such as category=LAB")
    return name, value


def _count(pages: Pages) -> int | None:
    next(iter(pages), None)
    return pages.total
