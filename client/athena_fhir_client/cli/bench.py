"""``athena-fhir bench``."""

import click

from athena_fhir_client.bench.emulated import Emulated, running, started
from athena_fhir_client.bench.methods import METHODS, Reference, there
from athena_fhir_client.bench.report import Cell, as_json, claims, rows
from athena_fhir_client.cli.show import document, table
from athena_fhir_client.pace.strategies import Strategy


@click.command(epilog="Example: athena-fhir bench --size 100 --method spaced --method paced --real-time")
@click.option(
    "--size",
    "sizes",
    type=click.IntRange(1),
    multiple=True,
    default=(100, 1000, 5000),
    show_default=True,
    metavar="N",
    help="How many resources to fetch.",
)
@click.option(
    "--method", "names", type=click.Choice(list(METHODS)), multiple=True, help="Only this one; all otherwise."
)
@click.option("--endpoint", metavar="URL", help="Of an emulator that runs already; one is started otherwise.")
@click.option(
    "--real-time", is_flag=True, help="On the machine's clock. Otherwise on one that stands, and waits cost nothing."
)
@click.option("--json", "as_document", is_flag=True, help="The cells as JSON.")
def bench(
    sizes: tuple[int, ...], names: tuple[str, ...], endpoint: str | None, real_time: bool, as_document: bool
) -> None:
    """Measure the guide's table: so many resources by individual calls, paged search, batches …

    Every figure is from the emulator's journal, of a client with a quota of its own for each cell; what is computed
    from them is marked with *.
    """
    if endpoint:
        cells = _measured(running(endpoint), sizes, names)
    else:
        with started(virtual=not real_time) as emulated:
            cells = _measured(emulated, sizes, names)
    if as_document:
        document(as_json(cells))
        return
    table("measured, from the journal", ("", *(f"{size:,} resources" for size in sorted(set(sizes)))), rows(cells))
    click.echo("* computed: fewer requests than one for each resource")
    for line in claims(cells):
        click.echo(line)


def _measured(emulated: Emulated, sizes: tuple[int, ...], names: tuple[str, ...]) -> list[Cell]:
    with emulated.client(Strategy.PACED) as looking:
        known = there(looking, max(sizes))
    return [_cell(emulated, name, known[:size]) for size in sorted(set(sizes)) for name in names or METHODS]


def _cell(emulated: Emulated, name: str, wanted: list[Reference]) -> Cell:
    method = METHODS[name]
    with emulated.client(method.strategy) as client:
        got = method.run(client, wanted)
        measured = emulated.measured(client)
    click.echo(
        f"{method.label}: {got:,} resources, {measured.requests:,} requests, {measured.seconds:,.1f} s", err=True
    )
    return Cell(name, method.label, len(wanted), got, measured)
