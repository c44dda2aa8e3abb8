"""``athena-fhir sync``."""

from dataclasses import asdict
from pathlib import Path

import click

from athena_fhir_client.cli.bulk_options import Bulk, bulk_options
from athena_fhir_client.cli.bulk_progress import bulk_progress
from athena_fhir_client.cli.context import Wanted, shared_options
from athena_fhir_client.cli.show import document, table
from athena_fhir_client.mirror import Mirror, Sync
from athena_fhir_client.mirror.sync import DATABASE

_EPILOG = """\b
Examples:
  athena-fhir sync --out mirror
  athena-fhir sync --out mirror --type Patient,Condition --ndjson mirror/files

The first run fetches everything, later ones what changed and what was deleted since. The copy is mirror.sqlite in the
folder; it changes in one step, when all has come. Whatever ends a run, the next one goes on.
"""


@click.command(epilog=_EPILOG)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder of the copy.")
@click.option("--full", is_flag=True, help="Fetch everything again, and remove what is not there any more.")
@click.option(
    "--ndjson", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write the copy there, too."
)
@bulk_options
@shared_options
def sync(wanted: Wanted, bulk: Bulk, out: Path, full: bool, ndjson: Path | None) -> None:
    """Keep a local copy up to date, by bulk exports of what changed."""
    with wanted.client() as client, bulk_progress(client, wanted.quiet) as watch:
        report = Sync(client, bulk.request, out, bulk.options_for(wanted), watch, full).run()
    if ndjson:
        Mirror(out / DATABASE).write_ndjson(ndjson)
    if wanted.json:
        document(asdict(report))
        return
    table(f"{out}, as of {report.transaction_time}", ("type", "resources"), report.counts.items())
    click.echo(f"{report.written:,} written, {report.deleted:,} deleted, since {report.since or 'ever'}")
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
