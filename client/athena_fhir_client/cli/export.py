"""``athena-fhir export``."""

from dataclasses import replace
from pathlib import Path

import click

from athena_fhir_client.bulk import BulkExport, Report, since_last
from athena_fhir_client.bulk.report import report_json
from athena_fhir_client.bulk.state import load
from athena_fhir_client.cli.bulk_options import Bulk, bulk_options
from athena_fhir_client.cli.bulk_progress import bulk_progress
from athena_fhir_client.cli.context import Wanted, shared_options
from athena_fhir_client.cli.show import document, table

_EPILOG = """\b
Examples:
  athena-fhir export --out data --type Patient,Observation
  athena-fhir export --out data --type Patient,Observation --since-last
  athena-fhir export --out data --group a-1.C-500001 --on-bad skip

Whatever ends it, the same command goes on: with the job, and with each file where it was. In the folder: one NDJSON
file for each type, deleted.ndjson and error.ndjson if the server has any, and export.json, which says what was written.
"""


@click.command(epilog=_EPILOG)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the files.")
@click.option("--since", default="", metavar="INSTANT", help="Only what was updated after, as 2024-01-01T00:00:00Z.")
@click.option("--since-last", "last", is_flag=True, help="Only what changed since the last export into this folder.")
@click.option("--again", is_flag=True, help="Export anew what this folder has already.")
@click.option("--cancel", is_flag=True, help="Delete the job that is under way, and what came of it.")
@bulk_options
@shared_options
def export(wanted: Wanted, bulk: Bulk, out: Path, since: str, last: bool, again: bool, cancel: bool) -> None:
    """Export in bulk into a folder: kick off, wait, download, check, delete."""
    if since and last:
        message = "--since and --since-last are two answers to one question; give one"
        raise click.UsageError(message)
    folder, request = out, bulk.request
    try:
        request = replace(request, since=since)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if last:
        folder, request = since_last(out, request)
    options = bulk.options_for(wanted)
    with wanted.client() as client:
        if cancel or again:
            cancelled = BulkExport(client, request, folder, options).cancel()
            if cancel:
                click.echo("cancelled" if cancelled else "there was no job to cancel", err=True)
                return
        _tell_if_done(folder)
        with bulk_progress(client, wanted.quiet) as watch:
            report = BulkExport(client, request, folder, options, watch).run()
    _show(folder, report, as_json=wanted.json)


def _tell_if_done(folder: Path) -> None:
    state = load(folder)
    if state and state.phase == "done":
        told = f"{folder} has this export already, as of {state.transaction_time}"
        click.echo(f"{told}; --since-last fetches what changed since, --again everything", err=True)


def _show(folder: Path, report: Report, *, as_json: bool) -> None:
    state = load(folder)
    if as_json and state:
        document(report_json(state, report))
        return
    rows = [(file.name, f"{file.lines:,}", f"{file.bytes:,}") for file in report.files]
    table(f"{folder}, as of {report.transaction_time}", ("file", "lines", "bytes"), rows)
    click.echo(f"{report.total:,} resources, {report.bytes:,} bytes")
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
